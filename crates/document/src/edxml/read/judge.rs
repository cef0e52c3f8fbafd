//! What an XML-DSig is worth, by its form alone.

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

use super::{super::SignatureJudgement, tree::Element};

const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);
/// An ECDSA signature over P-256 has 64 bytes; RSA has more.
const SIGNATURE_BYTES_MIN: usize = 64;

/// Judges a `Signature` element.
pub(super) fn judge(signature: &Element) -> SignatureJudgement {
    let placeholder = |why: String| SignatureJudgement::Placeholder(why);
    let Some(info) = signature.child("SignedInfo") else {
        return placeholder("it has no SignedInfo".to_owned());
    };
    let value = match signature.child("SignatureValue").map(decode) {
        None | Some(Some(0)) => return placeholder("it has no SignatureValue".to_owned()),
        Some(None) => return placeholder("its SignatureValue is no base64".to_owned()),
        Some(Some(length)) => length,
    };
    if value < SIGNATURE_BYTES_MIN {
        return placeholder(format!(
            "its SignatureValue has {value} bytes, fewer than any signature"
        ));
    }
    let certificate = signature
        .child("KeyInfo")
        .and_then(|info| info.child("X509Data"))
        .and_then(|data| data.child("X509Certificate"));
    let Some(certificate) = certificate else {
        return SignatureJudgement::NotVerifiable("it carries no certificate".to_owned());
    };
    if let Some(why) = certificate_fault(certificate) {
        return placeholder(why);
    }
    let algorithm =
        |element: Option<&Element>| element.and_then(|element| element.attribute("Algorithm").map(str::to_owned));
    let digest = algorithm(
        info.child("Reference")
            .and_then(|reference| reference.child("DigestMethod")),
    );
    let method = algorithm(info.child("SignatureMethod"));
    let why = match (method, digest) {
        (None, _) => "its SignatureMethod names no Algorithm".to_owned(),
        (_, None) => "its DigestMethod names no Algorithm".to_owned(),
        (Some(method), Some(_)) if method.ends_with("-sha1") => {
            format!("`{method}` rests on SHA-1, which is broken")
        }
        (Some(method), Some(_)) => format!("`{method}` over canonical XML is not verified here"),
    };
    SignatureJudgement::NotVerifiable(why)
}

fn bytes(element: &Element) -> Option<Vec<u8>> {
    let text: Vec<u8> = element
        .text
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    ENGINE.decode(text).ok()
}

fn decode(element: &Element) -> Option<usize> {
    bytes(element).map(|bytes| bytes.len())
}

/// What keeps a text from being a certificate: no base64, or a DER sequence of another length than its header says.
fn certificate_fault(certificate: &Element) -> Option<String> {
    let Some(bytes) = bytes(certificate) else {
        return Some("its certificate is no base64".to_owned());
    };
    let said = match bytes.as_slice() {
        [0x30, length @ 0..=0x7F, ..] => usize::from(*length) + 2,
        [0x30, 0x81, length, ..] => usize::from(*length) + 3,
        [0x30, 0x82, high, low, ..] => usize::from(u16::from_be_bytes([*high, *low])) + 4,
        _ => return Some("its certificate is no DER".to_owned()),
    };
    (said != bytes.len()).then(|| format!("its certificate says {said} bytes and has {}", bytes.len()))
}
