//! A client of the VXP calls on one connection, with the headers that the library sends.

use axum::body::{Body, to_bytes};
use bytes::Bytes;
use hmac::{Hmac, Mac as _};
use hyper::{
    Request,
    client::conn::http1::{self, SendRequest},
    header::{ACCEPT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HOST},
};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tokio::net::TcpStream;
use truc_gateway::System;

use crate::exit::{Exit, Failure};

/// The library takes its timestamp once in its life.
const TIMESTAMP: &str = "24112026T035536+0704";
/// Rows of a list in one answer; the most that the gateway gives.
const PAGE: &str = "10000";

pub(super) struct Client {
    connection: SendRequest<Body>,
    authority: String,
    base: String,
    system: String,
    secret: String,
}

impl Client {
    /// Connects to `http://host:port/vxp`.
    pub(super) async fn connect(endpoint: &str, system: &System) -> Result<Self, Failure> {
        let address = endpoint.trim_start_matches("http://");
        let (authority, path) = address.split_once('/').unwrap_or((address, ""));
        let stream = TcpStream::connect(authority).await.map_err(Failure::input)?;
        stream.set_nodelay(true).map_err(Failure::input)?;
        let (connection, running) = http1::handshake(TokioIo::new(stream)).await.map_err(Failure::input)?;
        tokio::spawn(running);
        Ok(Self {
            connection,
            authority: authority.to_owned(),
            base: format!("/{path}"),
            system: system.id.clone(),
            secret: system.secret.expose().to_owned(),
        })
    }

    /// `sendEdoc`.
    pub(super) async fn send(&mut self, from: &str, package: Bytes) -> Result<(), Failure> {
        let digest = Sha256::digest(&package);
        let digest: String = digest.iter().map(|byte| format!("{byte:x}")).collect();
        let values = [
            ("from", from),
            ("servicetype", "eDoc"),
            ("messagetype", "edoc"),
            ("hash-file", &digest),
        ];
        let body = [&package[..], b"\r\n"].concat();
        self.call("sendEdoc", &values, body.into()).await.map(drop)
    }

    /// `docId` of all that waits.
    pub(super) async fn received(&mut self) -> Result<Vec<String>, Failure> {
        let values = [("servicetype", "eDoc"), ("messagetype", "edoc"), ("pageSize", PAGE)];
        let answer = self.call("getReceivedEdocList", &values, Bytes::new()).await?;
        let rows = answer["data"].as_array().map(Vec::as_slice).unwrap_or_default();
        let ids = rows.iter().filter_map(|row| row["docId"].as_str());
        Ok(ids.map(str::to_owned).collect())
    }

    /// `getEdoc`, then `updateStatus` with `done`.
    pub(super) async fn take(&mut self, doc_id: &str) -> Result<(), Failure> {
        let answer = self
            .call("getEdoc", &[("docId", doc_id)], Bytes::from_static(b"{}"))
            .await?;
        if answer["data"].as_str().is_none_or(str::is_empty) {
            return Err(Failure::new(Exit::Failed, format!("package `{doc_id}` came empty")));
        }
        let values = [("docId", doc_id), ("status", "done")];
        self.call("updateStatus", &values, Bytes::from_static(b"{}"))
            .await
            .map(drop)
    }

    async fn call(&mut self, path: &str, values: &[(&str, &str)], body: Bytes) -> Result<Value, Failure> {
        let failed = |error: &dyn std::fmt::Display| Failure::new(Exit::Failed, format!("{path}: {error}"));
        let given = [("systemid", self.system.as_str()), ("timestamp", TIMESTAMP)];
        let mut request = Request::post(format!("{}/{path}", self.base))
            .header(HOST, &self.authority)
            .header(CONTENT_TYPE, "application/octet-stream")
            .header(CONTENT_LENGTH, body.len());
        // The library asks for gzip, which is given for lists only; this client does not unpack those.
        if !path.ends_with("List") {
            request = request.header(ACCEPT_ENCODING, "gzip,deflate");
        }
        let (mut names, mut signed) = (String::new(), String::from("{"));
        for (name, value) in given.iter().chain(values) {
            if !names.is_empty() {
                names.push(';');
                signed.push(',');
            }
            names += name;
            // All of them are letters, digits and signs that JSON has no quarrel with.
            signed += &format!(r#""XroadVnpt-{name}":"{value}""#);
            request = request.header(format!("XroadVnpt-{name}"), *value);
        }
        signed.push('}');
        let mut hmac = Hmac::<Sha256>::new_from_slice(self.secret.as_bytes()).map_err(|error| failed(&error))?;
        hmac.update(signed.as_bytes());
        let request = request
            .header("XroadVnpt-sign-header-key", names)
            .header("XroadVnpt-hash-header", hex::encode(hmac.finalize().into_bytes()))
            .header("XroadVnpt-sign-header", signed)
            .body(Body::from(body))
            .map_err(|error| failed(&error))?;
        let answer = self
            .connection
            .send_request(request)
            .await
            .map_err(|error| failed(&error))?;
        let answer = to_bytes(Body::new(answer.into_body()), usize::MAX).await;
        let answer = answer.map_err(|error| failed(&error))?;
        let answer: Value = serde_json::from_slice(&answer).map_err(|error| failed(&error))?;
        if answer["status"] != "OK" {
            return Err(failed(&answer["ErrorDesc"]));
        }
        Ok(answer)
    }
}
