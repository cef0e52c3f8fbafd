//! Files: where one begins, and its content.

use std::io::Read;

use super::{
    super::{
        super::{Position, ReadError, ReadErrorCode},
        input::Input,
        tree::{Content, Element, Extra},
    },
    Parser, ROOT_PROVINCIAL,
};

impl<R: Read> Parser<'_, '_, R> {
    pub(super) fn is_provincial(&self) -> bool {
        self.open.first().is_some_and(|root| &*root.name == ROOT_PROVINCIAL)
    }

    /// Whether a file begins.
    pub(super) fn is_file(&self, element: &Element) -> bool {
        let list = if self.is_provincial() {
            "Manifest"
        } else {
            "AttachmentEncoded"
        };
        matches!(self.open.as_slice(), [_, around] if around.is_ours(list)) && element.is_ours("Attachment")
    }

    /// Whether the content of a file begins.
    pub(super) fn is_content(&self, element: &Element) -> bool {
        let (list, content) = if self.is_provincial() {
            ("Manifest", "Content")
        } else {
            ("AttachmentEncoded", "ContentTransferEncoded")
        };
        matches!(self.open.as_slice(), [_, around, file] if around.is_ours(list) && file.is_ours("Attachment"))
            && element.is_ours(content)
    }

    pub(super) fn begin_file(&mut self, at: Position) -> Result<(), ReadError> {
        self.files += 1;
        if self.files > self.limits.attachments_max {
            let max = self.limits.attachments_max;
            return Err(ReadError::new(
                ReadErrorCode::TooManyAttachments,
                at,
                format!("there are more than {max} files"),
            ));
        }
        Ok(())
    }

    pub(super) fn content(&mut self, empty: bool) -> Result<Content, ReadError> {
        let at = self.at();
        let index = self.files - 1;
        let attachment = self.open.last();
        let twice = attachment.is_some_and(|attachment| {
            attachment
                .children
                .iter()
                .any(|child| matches!(child.extra.as_deref(), Some(Extra::Content(_))))
        });
        if twice {
            return Err(ReadError::new(
                ReadErrorCode::NotWellFormed,
                at,
                "a file has two contents",
            ));
        }
        let name = attachment
            .and_then(|attachment| {
                attachment
                    .child("AttachmentName")
                    .or_else(|| attachment.child("FileName"))
            })
            .map(|name| name.trimmed().to_owned());
        if empty {
            // Nothing follows the tag that would belong to it.
            let nothing: &[u8] = b"<";
            let mut input = Input::new(nothing, self.limits);
            return self.contents.take(&mut input, index, name.as_deref());
        }
        self.contents.take(self.reader.get_mut(), index, name.as_deref())
    }
}
