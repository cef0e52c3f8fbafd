//! Replies: one JSON object with `status`, `ErrorCode`, `ErrorDesc` and what the call gives.

use std::convert::Infallible;

use axum::{
    body::Body,
    http::{HeaderName, header::CONTENT_TYPE},
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use futures::stream;
use serde_json::{Map, Value, json};

use crate::{fault::Fault, language::Language};

const CONTENT: [(HeaderName, &str); 1] = [(CONTENT_TYPE, "application/json;charset=UTF-8")];

/// What a call gives besides `status`, `ErrorCode` and `ErrorDesc`: names with values. In a failure the same names stand
/// with empty values, since the library reads some without looking.
pub(crate) type Fields = &'static [(&'static str, Empty)];

/// An empty value.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Empty {
    Text,
    List,
    Count,
}

impl Empty {
    fn value(self) -> Value {
        match self {
            Self::Text => json!(""),
            Self::List => json!([]),
            Self::Count => json!(0),
        }
    }
}

pub(crate) fn good(language: Language, fields: impl IntoIterator<Item = (&'static str, Value)>) -> Response {
    let description = language.of_two("Thành công", "Good");
    json_object(
        [
            ("status", json!("OK")),
            ("ErrorCode", json!("0")),
            ("ErrorDesc", json!(description)),
        ],
        fields,
    )
}

pub(crate) fn failed(fault: &Fault, language: Language, fields: Fields) -> Response {
    let empty = fields.iter().map(|(name, empty)| (*name, empty.value()));
    let code = fault.code.number().to_string();
    let description = fault.description(language);
    json_object(
        [
            ("status", json!("FAIL")),
            ("ErrorCode", json!(code)),
            ("ErrorDesc", json!(description)),
        ],
        empty,
    )
}

/// A good reply whose `data` is made already: lists of agencies are large and the same for everybody.
pub(crate) fn good_with_data(language: Language, data: Bytes) -> Response {
    let description = language.of_two("Thành công", "Good");
    let head = format!(r#"{{"status":"OK","ErrorCode":"0","ErrorDesc":"{description}","data":"#);
    let parts = [head.into(), data, Bytes::from_static(b"}")].map(Ok::<_, Infallible>);
    (CONTENT, Body::from_stream(stream::iter(parts))).into_response()
}

/// A good reply whose `data` is a file in base64, which is written but once.
pub(crate) fn good_with_file(language: Language, file: &[u8]) -> Response {
    let description = language.of_two("Thành công", "Good");
    let mut text = String::with_capacity(file.len() / 3 * 4 + 128);
    text += r#"{"status":"OK","ErrorCode":"0","ErrorDesc":""#;
    text += description;
    text += r#"","data":""#;
    STANDARD.encode_string(file, &mut text);
    text += r#""}"#;
    json_text(text)
}

fn json_object(head: [(&'static str, Value); 3], fields: impl IntoIterator<Item = (&'static str, Value)>) -> Response {
    let object: Map<String, Value> = head
        .into_iter()
        .chain(fields)
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    json_text(Value::Object(object).to_string())
}

fn json_text(text: String) -> Response {
    (CONTENT, text).into_response()
}
