//! The way of an envelope from what came in to what may be kept: `pb::Envelope` → [`OpenedEnvelope`] → [`Verified`].
//! Each step is a type that only this file makes, so nothing unverified can reach the journal.

use bytes::Bytes;
use truc_document::{Header, Reason, Refusal, SignatureStanding, limits};
use truc_proto::v1 as pb;

use crate::{Context, Digest, Verdict, envelope_digest, verify};

/// An envelope of good form, with its header decoded from the very bytes that it carries. Nothing is verified yet.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenedEnvelope {
    envelope: pb::Envelope,
    header: Header,
}

/// An envelope that passed every check.
#[derive(Clone, Debug, PartialEq)]
pub struct Verified {
    envelope: pb::Envelope,
    header: Header,
    digest: Digest,
    standing: SignatureStanding,
}

/// An envelope that did not pass, with all that is wrong with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    /// What was refused.
    pub opened: OpenedEnvelope,
    /// Each check with its outcome; at least one failed.
    pub verdict: Verdict,
    /// The first failure: the answer to the sender.
    pub refusal: Refusal,
}

impl OpenedEnvelope {
    /// Judges the form: lengths and numbers of all that does not need a key, a clock or a directory.
    ///
    /// # Errors
    /// MALFORMED or TOO_LARGE with the field, or what `Header::decode` refuses with. A missing seal is not a matter of
    /// form: that is left to verification.
    pub fn open(envelope: pb::Envelope) -> Result<Self, Refusal> {
        let header = Header::decode(&envelope.header)?;
        for (field, signature) in [
            ("personal_signature", &envelope.personal_signature),
            ("seal", &envelope.seal),
        ] {
            if let Some(signature) = signature {
                check_signature(field, signature)?;
            }
        }
        check_inline(&envelope.inline_attachments, &header)?;
        Ok(Self { envelope, header })
    }

    /// As it came.
    pub fn envelope(&self) -> &pb::Envelope {
        &self.envelope
    }

    /// What its bytes say.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Runs all checks.
    ///
    /// # Errors
    /// Where any fails, everything that is known, boxed: refusals are rare, what is good should stay small.
    pub fn verify(self, context: &impl Context) -> Result<Verified, Box<Refused>> {
        let verdict = verify(&self.envelope, &self.header, context);
        if let Some(refusal) = verdict.refusal().cloned() {
            return Err(Box::new(Refused {
                opened: self,
                refusal,
                verdict,
            }));
        }
        let digest = envelope_digest(&self.envelope);
        Ok(Verified {
            envelope: self.envelope,
            header: self.header,
            digest,
            standing: verdict.standing,
        })
    }
}

impl Verified {
    /// As it came.
    pub fn envelope(&self) -> &pb::Envelope {
        &self.envelope
    }

    /// What its bytes say.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// By which the same envelope is known again: [`envelope_digest`].
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// How the personal signature stands.
    pub fn standing(&self) -> SignatureStanding {
        self.standing
    }

    /// Takes it apart: envelope, header, digest, standing.
    pub fn into_parts(self) -> (pb::Envelope, Header, Digest, SignatureStanding) {
        (self.envelope, self.header, self.digest, self.standing)
    }
}

fn check_signature(field: &str, signature: &pb::Signature) -> Result<(), Refusal> {
    for (name, bytes, length) in [
        ("key_id", &signature.key_id, 32),
        ("signature", &signature.signature, 64),
    ] {
        if bytes.len() != length {
            let message = format!("`{name}` has {} bytes, it must have {length}", bytes.len());
            return Err(Refusal::new(Reason::Malformed, message).field(format!("{field}.{name}")));
        }
    }
    let count = signature.certificates.len();
    if count > limits::CHAIN_MAX {
        let message = format!("{count} certificates came along, {} are allowed", limits::CHAIN_MAX);
        return Err(Refusal::new(Reason::TooLarge, message).field(format!("{field}.certificates")));
    }
    let large = |der: &Bytes| der.len() > limits::CERTIFICATE_BYTES_MAX;
    if let Some(at) = signature.certificates.iter().position(large) {
        let message = format!("certificate is larger than {} bytes", limits::CERTIFICATE_BYTES_MAX);
        return Err(Refusal::new(Reason::TooLarge, message).field(format!("{field}.certificates[{at}]")));
    }
    Ok(())
}

fn check_inline(inline: &[pb::InlineAttachment], header: &Header) -> Result<(), Refusal> {
    let malformed = |message: String, field: String| Err(Refusal::new(Reason::Malformed, message).field(field));
    // Before anything that takes longer with more of them.
    if inline.len() > header.attachments.len() {
        let (carried, named) = (inline.len(), header.attachments.len());
        let message = format!("{carried} contents are carried along, the header names {named} attachments");
        return malformed(message, "inline_attachments".to_owned());
    }
    let bytes: usize = inline.iter().map(|attachment| attachment.content.len()).sum();
    if bytes > limits::INLINE_BYTES_MAX {
        let message = format!(
            "{bytes} bytes of attachments are carried along, {} are allowed; upload them before sending",
            limits::INLINE_BYTES_MAX
        );
        return Err(Refusal::new(Reason::TooLarge, message).field("inline_attachments"));
    }
    for (at, attachment) in inline.iter().enumerate() {
        if attachment.sha256.len() != 32 {
            let message = format!("`sha256` has {} bytes, it must have 32", attachment.sha256.len());
            return malformed(message, format!("inline_attachments[{at}].sha256"));
        }
        if inline[..at].iter().any(|earlier| earlier.sha256 == attachment.sha256) {
            return malformed(
                "the same content is carried twice".to_owned(),
                format!("inline_attachments[{at}]"),
            );
        }
    }
    Ok(())
}
