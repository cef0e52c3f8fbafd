//! Who calls: the HMAC over the signed headers.
//!
//! The signed text is a JSON object of headers; its exact bytes are what the HMAC is over. A header that a call acts on
//! must be among them. Neither the age of the timestamp nor a text seen before refuses a call: the library takes its
//! timestamp once in its life and repeats equal calls to the byte.

use std::{collections::HashMap, sync::Arc, time::Duration};

use axum::http::{HeaderMap, HeaderName};
use hmac::{Hmac, Mac as _};
use jiff::Timestamp;
use sha2::Sha256;

use crate::{
    fault::{ErrorCode, Fault},
    systems::{System, Systems},
    times,
};

/// Before the name of every header of the library; names have no case.
const PREFIX: &str = "xroadvnpt-";

/// An authenticated call: whose it is, and the headers that it signed.
#[derive(Debug)]
pub(crate) struct Signed {
    pub(crate) system: Arc<System>,
    /// By name without prefix, in lower case.
    values: HashMap<String, String>,
}

impl Signed {
    /// A signed header; one that is empty counts as absent.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let value = self.values.get(&name.to_ascii_lowercase())?.trim();
        (!value.is_empty()).then_some(value)
    }

    /// A signed header that the call cannot do without.
    pub(crate) fn need(&self, name: &str) -> Result<&str, Fault> {
        self.get(name).ok_or_else(|| Fault::header_missing(name))
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let name = HeaderName::from_bytes(format!("{PREFIX}{name}").to_ascii_lowercase().as_bytes()).ok()?;
    // File paths may have any letters; as UTF-8 they are text all the same.
    std::str::from_utf8(headers.get(name)?.as_bytes()).ok()
}

fn wrong(field: &str, vietnamese: &str, english: &str) -> Fault {
    Fault::new(ErrorCode::CredentialInvalid, vietnamese, english).field(format!("XroadVnpt-{field}"))
}

/// Checks a call's signed headers. With `age_max` a timestamp older than that, or as much in the future, is refused.
pub(crate) fn check(
    headers: &HeaderMap,
    systems: &Systems,
    age_max: Option<Duration>,
    now: Timestamp,
) -> Result<Signed, Fault> {
    let missing = |name: &str| wrong(name, "thiếu header này", "this header is missing");
    let of = |name: &'static str| header(headers, name).ok_or_else(|| missing(name));
    let (id, text, mac) = (of("systemid")?, of("sign-header")?, of("hash-header")?);
    // Who is unknown and who signs wrongly are told the same, so that nobody learns which systems there are.
    let refused = || {
        wrong(
            "hash-header",
            "HMAC-SHA256 của `XroadVnpt-sign-header` bằng secret của hệ thống không khớp",
            "it is not the HMAC-SHA256 of `XroadVnpt-sign-header` under the secret of the system",
        )
    };
    let system = systems.find(id).ok_or_else(refused)?;
    verify(system.secret.as_bytes(), text, mac).ok_or_else(refused)?;
    let values = signed_values(headers, text, of("sign-header-key")?)?;
    let signed = Signed { system, values };
    for name in ["systemid", "timestamp"] {
        if !signed.values.contains_key(name) {
            return Err(wrong(
                "sign-header-key",
                "phải ký cả systemid và timestamp",
                "systemid and timestamp must be among the signed headers",
            ));
        }
    }
    let time = times::request_time(signed.get("timestamp").unwrap_or_default()).ok_or_else(|| {
        wrong(
            "timestamp",
            "không đúng dạng ddMMyyyy'T'HHmmss+SSSS",
            "it is not of the form ddMMyyyy'T'HHmmss+SSSS",
        )
    })?;
    if let Some(age_max) = age_max {
        let age = now.duration_since(time).unsigned_abs();
        if age > age_max {
            return Err(Fault::new(
                ErrorCode::TimeInvalid,
                format!(
                    "thời gian ký cách hiện tại {} giây, tối đa {} giây",
                    age.as_secs(),
                    age_max.as_secs()
                ),
                format!(
                    "it is {} s away from now; {} s is the most",
                    age.as_secs(),
                    age_max.as_secs()
                ),
            )
            .field("XroadVnpt-timestamp"));
        }
    }
    Ok(signed)
}

/// In constant time.
fn verify(secret: &[u8], text: &str, mac: &str) -> Option<()> {
    let mac = hex::decode(mac).ok()?;
    let mut hmac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
    hmac.update(text.as_bytes());
    hmac.verify_slice(&mac).ok()
}

/// The signed headers: each name of `keys` must stand in the text with the value that its header carries.
fn signed_values(headers: &HeaderMap, text: &str, keys: &str) -> Result<HashMap<String, String>, Fault> {
    let unreadable = || {
        wrong(
            "sign-header",
            "không phải đối tượng JSON gồm các chuỗi",
            "it is no JSON object of texts",
        )
    };
    let object: HashMap<String, serde_json::Value> = serde_json::from_str(text).map_err(|_| unreadable())?;
    let mut values = HashMap::with_capacity(object.len());
    for name in keys.split(';').map(str::trim).filter(|name| !name.is_empty()) {
        let differs = || {
            let (vietnamese, english) = (
                "giá trị trong header khác giá trị đã ký",
                "its value is not the one that was signed",
            );
            wrong(name, vietnamese, english)
        };
        let signed = object.get(&format!("XroadVnpt-{name}")).ok_or_else(differs)?;
        let signed = match signed {
            serde_json::Value::String(text) => text.clone(),
            // Numbers that a caller gave, such as a page size.
            serde_json::Value::Number(number) => number.to_string(),
            serde_json::Value::Bool(flag) => flag.to_string(),
            _ => return Err(unreadable()),
        };
        // HTTP takes blanks at both ends off a header's value.
        if header(headers, name).map(str::trim) != Some(signed.trim()) {
            return Err(differs());
        }
        values.insert(name.to_ascii_lowercase(), signed);
    }
    Ok(values)
}

#[cfg(test)]
mod tests;
