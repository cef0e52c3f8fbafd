//! Files and what a package says of them.

use std::io::Write;

use super::{
    super::{Attachment, Manifest, NAMESPACE, Packing, Profile},
    AttachmentSource, WriteError, Zipping,
    content::Content,
    xml::Xml,
};

const ZIP: &str = "application/zip";

pub(super) fn manifest<W: Write>(xml: &mut Xml<W>, manifest: &Manifest) -> Result<(), WriteError> {
    let version = [("version", manifest.version.as_str())];
    let attributes = if manifest.version.is_empty() {
        &version[..0]
    } else {
        &version
    };
    xml.open_with("edXMLManifest", attributes)?;
    for reference in &manifest.references {
        xml.open("Reference")?;
        if !reference.content_id.is_empty() {
            xml.leaf("ContentId", &format!("cid:{}", reference.content_id))?;
        }
        xml.text("ContentType", &reference.content_type)?;
        xml.text("Description", &reference.description)?;
        xml.text("AttachmentName", &reference.name)?;
        xml.close("Reference")?;
    }
    xml.close("edXMLManifest")
}

pub(super) fn attachment<W: Write>(
    xml: &mut Xml<W>,
    index: usize,
    attachment: &Attachment,
    zip: Zipping,
    contents: &mut dyn AttachmentSource,
) -> Result<(), WriteError> {
    let mut content = Content::open(index, attachment, Some(&attachment.name), contents)?;
    let packing = packing(attachment, zip, &content);
    xml.open("Attachment")?;
    let id = &attachment.content_id;
    match xml.profile {
        Profile::Bkav => xml.text("ContentId", id)?,
        _ => xml.leaf("ContentId", &format!("cid:{id}"))?,
    }
    xml.text("AttachmentName", &attachment.name)?;
    xml.text("Description", &attachment.description)?;
    xml.text("ContentType", travelling_type(attachment, packing))?;
    let around = xml.prefix();
    let declared = [("xmlns:edXML", NAMESPACE)];
    let attributes = if around.is_empty() { &declared[..] } else { &[] };
    xml.set_prefix("edXML:");
    xml.filled("ContentTransferEncoded", attributes, |out| content.write(packing, out))?;
    xml.set_prefix(around);
    xml.close("Attachment")
}

/// The client that is known of the provincial dialect puts the content first.
pub(super) fn provincial<W: Write>(
    xml: &mut Xml<W>,
    index: usize,
    attachment: &Attachment,
    zip: Zipping,
    contents: &mut dyn AttachmentSource,
) -> Result<(), WriteError> {
    let mut content = Content::open(index, attachment, None, contents)?;
    let packing = packing(attachment, zip, &content);
    xml.open("Attachment")?;
    xml.filled("Content", &[], |out| content.write(packing, out))?;
    xml.text("FileName", &attachment.name)?;
    xml.text("FileType", travelling_type(attachment, packing))?;
    xml.close("Attachment")
}

fn packing(attachment: &Attachment, zip: Zipping, content: &Content<'_>) -> Packing {
    match zip {
        _ if content.would_be_unpacked() => Packing::Zipped,
        Zipping::AsGiven => attachment.packing,
        Zipping::All => Packing::Zipped,
        Zipping::None => Packing::Plain,
    }
}

/// The media type of what travels: that of the zip, where the file is put into one.
fn travelling_type(attachment: &Attachment, packing: Packing) -> &str {
    match (packing, attachment.packing) {
        (Packing::Zipped, Packing::Plain) => ZIP,
        (Packing::Plain, Packing::Zipped) if attachment.content_type == ZIP => "application/octet-stream",
        _ => &attachment.content_type,
    }
}
