//! A document from its header and files to the signed envelope.

use std::{
    io,
    path::{Path, PathBuf},
};

use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use truc_document::{Attachment, Header, Refusal, limits::INLINE_BYTES_MAX};
use truc_proto::v1 as pb;
use truc_signature::{Identity, sign_envelope};
use uuid::Uuid;

use crate::agency::digest;

/// An attachment of up to this size travels in the envelope while all that do have at most [`INLINE_BYTES_MAX`]
/// together; others are uploaded before. A small upload costs more than its bytes in the envelope; a large one is
/// stored once for all documents that name it.
pub const INLINE_EACH_BYTES_MAX: u64 = 64 * 1024;

/// A document in the making: a header, and the files that it names.
#[derive(Clone, Debug)]
pub struct Draft {
    header: Header,
    contents: Vec<Content>,
    with_certificates: bool,
}

#[derive(Clone, Debug)]
enum Content {
    Bytes(Bytes),
    File(PathBuf),
}

/// What the header says of a file besides its content.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileLabel {
    /// 1 to 255 characters, without a folder.
    pub name: String,
    /// Media type, such as `application/pdf`.
    pub content_type: String,
    /// 500 characters.
    pub description: String,
}

/// A signed document, ready to be sent once what it leaves to be uploaded is with the hub:
/// `agency.upload_all(&composed.uploads)`, then `agency.send(composed.envelope)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Composed {
    /// Its id, for ever.
    pub document_id: Uuid,
    /// What travels.
    pub envelope: pb::Envelope,
    /// What did not fit in.
    pub uploads: Vec<Upload>,
}

/// One attachment that is uploaded before the document is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Upload {
    /// From memory.
    Bytes(Bytes),
    /// From a file that must not change until then.
    File {
        /// Where it is.
        path: PathBuf,
        /// What the signed header says of it.
        sha256: [u8; 32],
        /// Bytes, as the signed header says.
        size: u64,
    },
}

/// Why a document could not be composed.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    /// A file could not be read.
    #[error("file `{path}` could not be read: {cause}; check its name and its permissions")]
    File {
        /// As given.
        path: PathBuf,
        /// What reading met.
        cause: io::Error,
    },
    /// The hub would refuse the header; nothing was signed.
    #[error("header is not valid: {0}")]
    Header(Refusal),
}

impl FileLabel {
    /// Without a description.
    pub fn new(name: impl Into<String>, content_type: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            content_type: content_type.into(),
            description: String::new(),
        }
    }
}

impl Draft {
    /// From a header; attachments that it already names must be with the hub.
    pub fn new(header: Header) -> Self {
        Self {
            header,
            contents: Vec::new(),
            with_certificates: true,
        }
    }

    /// The header as it stands, to be filled in further.
    pub fn header_mut(&mut self) -> &mut Header {
        &mut self.header
    }

    /// Leaves out the certificates: for keys that are registered with the hub. Saves some 700 bytes a signature.
    pub fn without_certificates(self) -> Self {
        Self {
            with_certificates: false,
            ..self
        }
    }

    /// Attaches what is in memory. The first attachment is the document itself.
    pub fn attach(self, label: FileLabel, content: Bytes) -> Self {
        let sha256 = Sha256::digest(&content).into();
        self.attach_digested(label, content, sha256)
    }

    /// As [`Draft::attach`], where the SHA-256 of the content is known already. A hub refuses what has another.
    pub fn attach_digested(mut self, label: FileLabel, content: Bytes, sha256: [u8; 32]) -> Self {
        self.name(label, sha256, content.len() as u64);
        self.contents.push(Content::Bytes(content));
        self
    }

    /// Attaches a file: small ones are read now, others when they are uploaded.
    pub async fn attach_file(mut self, label: FileLabel, path: impl AsRef<Path>) -> Result<Self, ComposeError> {
        let path = path.as_ref();
        let failed = |cause| ComposeError::File {
            path: path.to_owned(),
            cause,
        };
        let file = tokio::fs::File::open(path).await.map_err(failed)?;
        if file.metadata().await.map_err(failed)?.len() <= INLINE_EACH_BYTES_MAX {
            let content = tokio::fs::read(path).await.map_err(failed)?;
            return Ok(self.attach(label, content.into()));
        }
        let (sha256, size) = digest(file).await.map_err(failed)?;
        self.name(label, sha256, size);
        self.contents.push(Content::File(path.to_owned()));
        Ok(self)
    }

    fn name(&mut self, label: FileLabel, sha256: [u8; 32], size: u64) {
        let FileLabel {
            name,
            content_type,
            description,
        } = label;
        self.header.attachments.push(Attachment {
            sha256,
            size,
            name,
            content_type,
            description,
        });
    }

    /// Signs the document: by the person competent to (absent only where the sender's policy lets it be), and with the
    /// agency's seal. A header that the hub would refuse by its form is refused here.
    pub fn sign(self, person: Option<&Identity>, seal: &Identity) -> Result<Composed, ComposeError> {
        let bytes = Bytes::from(self.header.encode());
        Header::decode(&bytes).map_err(ComposeError::Header)?;
        let (mut inline, mut uploads, mut inline_bytes) = (Vec::new(), Vec::new(), 0);
        // Those attached here stand last in the header, in the same order.
        let named = self.header.attachments.len() - self.contents.len();
        for (attachment, content) in self.header.attachments[named..].iter().zip(self.contents) {
            let fits =
                attachment.size <= INLINE_EACH_BYTES_MAX && inline_bytes + attachment.size <= INLINE_BYTES_MAX as u64;
            match content {
                Content::Bytes(content) if fits => {
                    inline_bytes += attachment.size;
                    inline.push((attachment.sha256, content));
                }
                Content::Bytes(content) => uploads.push(Upload::Bytes(content)),
                Content::File(path) => {
                    uploads.push(Upload::File {
                        path,
                        sha256: attachment.sha256,
                        size: attachment.size,
                    });
                }
            }
        }
        let envelope = sign_envelope(bytes, person, seal, inline, self.with_certificates);
        Ok(Composed {
            document_id: self.header.document_id,
            envelope,
            uploads,
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use truc_document::{DocumentType, Reason, Signer};
    use truc_signature::{CertificateChain, SigningKey, dsse};

    use super::*;
    use crate::test_hub::{TestHub, id};

    fn header() -> Header {
        let signer = Signer {
            competence: String::new(),
            position: "Chủ tịch".to_owned(),
            full_name: "Nguyễn Văn A".to_owned(),
        };
        Header::new(
            id(1),
            "H54".parse().unwrap(),
            ["H40".parse().unwrap()],
            5,
            "UBND-VX".parse().unwrap(),
            DocumentType::OfficialLetter,
            "Về việc kết nối trục liên thông",
            signer,
            Timestamp::from_second(1_600_000_000).unwrap(),
        )
    }

    fn identity(seed: u8) -> Identity {
        let certificate = Bytes::from(vec![seed; 300]);
        Identity::new(
            SigningKey::from_seed([seed; 32]),
            CertificateChain {
                certificates: vec![certificate],
            },
        )
    }

    fn pdf(name: &str) -> FileLabel {
        FileLabel::new(name, "application/pdf")
    }

    fn bytes(length: u64, fill: u8) -> Bytes {
        vec![fill; length as usize].into()
    }

    fn inline(composed: &Composed) -> Vec<Bytes> {
        composed
            .envelope
            .inline_attachments
            .iter()
            .map(|it| it.content.clone())
            .collect()
    }

    #[test]
    fn header_names_what_was_attached_and_both_sign_its_bytes() {
        let (person, seal) = (identity(1), identity(2));
        let composed = Draft::new(header())
            .attach(pdf("cv.pdf"), bytes(10, 1))
            .sign(Some(&person), &seal)
            .unwrap();
        let read = Header::decode(&composed.envelope.header).unwrap();
        assert_eq!((read.document_id, composed.document_id), (id(1), id(1)));
        assert_eq!(
            (read.attachments[0].name.as_str(), read.attachments[0].size),
            ("cv.pdf", 10)
        );
        let carried = &composed.envelope.inline_attachments[0];
        assert_eq!(carried.sha256.as_ref(), read.attachments[0].sha256);
        let signatures = [
            (&composed.envelope.personal_signature, &person),
            (&composed.envelope.seal, &seal),
        ];
        for (signature, identity) in signatures {
            let signature = signature.as_ref().unwrap();
            assert_eq!(signature.key_id.as_ref(), identity.fingerprint());
            assert_eq!(signature.certificates.len(), 1);
            let (key, header) = (identity.key().public(), &composed.envelope.header);
            dsse::verify(&key, dsse::HEADER_PAYLOAD_TYPE, header, &signature.signature).unwrap();
        }
    }

    #[test]
    fn certificates_and_the_person_can_be_left_out() {
        let composed = Draft::new(header())
            .without_certificates()
            .sign(None, &identity(2))
            .unwrap();
        assert_eq!(composed.envelope.personal_signature, None);
        assert!(composed.envelope.seal.unwrap().certificates.is_empty());
    }

    #[test]
    fn large_contents_are_left_to_be_uploaded() {
        let (fits, too_large) = (bytes(INLINE_EACH_BYTES_MAX, 1), bytes(INLINE_EACH_BYTES_MAX + 1, 2));
        let draft = Draft::new(header())
            .attach(pdf("1.pdf"), too_large.clone())
            .attach(pdf("2.pdf"), fits.clone());
        let composed = draft.sign(None, &identity(2)).unwrap();
        assert_eq!(inline(&composed), [fits]);
        assert_eq!(composed.uploads, [Upload::Bytes(too_large)]);
    }

    #[test]
    fn contents_carried_along_stay_within_their_limit_together() {
        let draft = (0..20).fold(Draft::new(header()), |draft, number| {
            draft.attach(pdf(&format!("{number}.pdf")), bytes(INLINE_EACH_BYTES_MAX, number))
        });
        let composed = draft.sign(None, &identity(2)).unwrap();
        let total: usize = inline(&composed).iter().map(Bytes::len).sum();
        assert_eq!((total, composed.uploads.len()), (INLINE_BYTES_MAX, 4));
    }

    #[test]
    fn header_that_the_hub_would_refuse_is_not_signed() {
        let mut draft = Draft::new(header());
        draft.header_mut().subject = "x".repeat(501);
        let error = draft.sign(None, &identity(2)).unwrap_err();
        let ComposeError::Header(refusal) = &error else {
            panic!("{error}")
        };
        assert!(
            matches!(refusal.reason, Reason::Malformed | Reason::TooLarge),
            "{refusal}"
        );
        assert_eq!(refusal.field, "header.subject");
    }

    #[tokio::test(start_paused = true)]
    async fn files_go_inline_when_small_and_by_upload_otherwise() {
        let folder = tempfile::tempdir().unwrap();
        let (small, large) = (folder.path().join("small.pdf"), folder.path().join("large.pdf"));
        std::fs::write(&small, b"small").unwrap();
        std::fs::write(&large, bytes(300_000, 7)).unwrap();
        let draft = Draft::new(header())
            .attach_file(pdf("small.pdf"), &small)
            .await
            .unwrap();
        let draft = draft.attach_file(pdf("large.pdf"), &large).await.unwrap();
        let composed = draft.sign(None, &identity(2)).unwrap();
        assert_eq!(inline(&composed), [&b"small"[..]]);
        let read = Header::decode(&composed.envelope.header).unwrap();
        let Upload::File { path, sha256, size } = &composed.uploads[0] else {
            panic!("{:?}", composed.uploads)
        };
        assert_eq!((path, sha256, *size), (&large, &read.attachments[1].sha256, 300_000));

        let hub = TestHub::new();
        hub.agency().upload_all(&composed.uploads).await.unwrap();
        assert_eq!(hub.uploads(), [vec![7; 300_000]]);

        let missing = folder.path().join("missing.pdf");
        let error = Draft::new(header())
            .attach_file(pdf("missing.pdf"), &missing)
            .await
            .unwrap_err();
        assert!(error.to_string().contains("missing.pdf"), "{error}");
    }
}
