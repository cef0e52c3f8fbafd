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
    pub fn attach(mut self, label: FileLabel, content: Bytes) -> Self {
        let (sha256, size) = (Sha256::digest(&content).into(), content.len() as u64);
        self.name(label, sha256, size);
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
