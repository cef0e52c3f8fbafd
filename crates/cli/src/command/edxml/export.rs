//! `truc edxml export`: a document of the axis as a package.

use std::{
    collections::HashMap,
    fs::File,
    io::BufWriter,
    path::{Path, PathBuf},
};

use clap::Args;
use prost::Message as _;
use serde::Serialize;
use truc_document::{
    AgencyCode, Attachment, Header,
    edxml::{ExportOptions, IdForm, Package, Packing, Profile, WriteOptions, export, write},
};
use truc_proto::v1 as pb;
use truc_signature::OpenedEnvelope;
use uuid::Uuid;

use super::{
    report::{Noted, table},
    spool::{Paths, Spool},
};
use crate::{
    access::AgencyOptions,
    command::fetch::saved::file_name,
    exit::{Exit, Failure},
    files,
    output::{Output, Words},
};

/// Writes a document as a package: one that the hub has, by its id, or an envelope that `truc fetch --out` or
/// `truc send --save` wrote, with the files that lie beside it. Its signatures are over the axis's own bytes and do not
/// go into the package.
#[derive(Args, Debug)]
pub(crate) struct Export {
    /// The document: its id, or an envelope's file
    #[arg(value_name = "DOCUMENT")]
    document: String,
    /// Where to; `<document>.edxml` where absent
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Whose way of writing: vnpt, bkav or provincial
    #[arg(long, default_value = "vnpt", value_name = "PROFILE")]
    profile: Profile,
    /// Leave the files as they are, where VNPT's library would zip each
    #[arg(long)]
    no_zip: bool,
    /// Call a document that was no package before `<agency>,<yyyy/MM/dd>,<number>/<notation>`, not by its UUID
    #[arg(long)]
    standard_id: bool,
    #[command(flatten)]
    agency: AgencyOptions,
}

#[derive(Serialize)]
struct Printed {
    document_id: Uuid,
    file: String,
    edxml_document_id: String,
    profile: &'static str,
    attachments: usize,
    /// What the profile has no place for.
    findings: Vec<Noted>,
}

/// A document with the files that it names.
struct Found {
    header: Header,
    contents: Vec<PathBuf>,
    names: HashMap<AgencyCode, String>,
    /// Holds what was fetched until it is written.
    _spool: Spool,
}

impl Export {
    pub(crate) async fn run(self, output: &Output) -> Result<Exit, Failure> {
        let found = match self.document.parse::<Uuid>() {
            Ok(id) => self.fetch(id).await?,
            Err(_) => from_file(Path::new(&self.document))?,
        };
        let packing = match (self.no_zip, self.profile) {
            (false, Profile::Vnpt) => Packing::Zipped,
            _ => Packing::Plain,
        };
        let options = ExportOptions {
            name: &|code| found.names.get(code).cloned(),
            id: if self.standard_id {
                IdForm::Standard
            } else {
                IdForm::Uuid
            },
            packing,
            ..ExportOptions::default()
        };
        let document = export(&found.header, &options);
        let edxml_document_id = document.document_id.clone();
        let path = self
            .out
            .clone()
            .unwrap_or_else(|| PathBuf::from(format!("{}.edxml", found.header.document_id)));
        let file = File::create(&path)
            .map_err(|error| Failure::input(format!("cannot write `{}`: {error}", path.display())))?;
        let options = WriteOptions {
            profile: self.profile,
            ..WriteOptions::default()
        };
        let mut contents = Paths(found.contents.clone());
        let losses = write(
            &Package::Document(document),
            &options,
            &mut contents,
            BufWriter::new(file),
        )
        .map_err(|error| Failure::input(format!("`{}`: {error}", path.display())))?;
        let printed = Printed {
            document_id: found.header.document_id,
            file: path.display().to_string(),
            edxml_document_id,
            profile: self.profile.token(),
            attachments: found.contents.len(),
            findings: losses.iter().map(Noted::from).collect(),
        };
        output.data(&printed, || printed.text(output))?;
        Ok(Exit::Good)
    }

    async fn fetch(&self, id: Uuid) -> Result<Found, Failure> {
        let acting = self.agency.connect().await?;
        let header = acting.agency.track(id).await?.header;
        let spool = Spool::new()?;
        let mut contents = Vec::new();
        for (at, attachment) in header.attachments.iter().enumerate() {
            let path = spool.path(at);
            let mut file = tokio::fs::File::create(&path)
                .await
                .map_err(|error| Failure::input(format!("cannot write `{}`: {error}", path.display())))?;
            acting.agency.download(id, attachment.sha256, &mut file).await?;
            tokio::io::AsyncWriteExt::flush(&mut file)
                .await
                .map_err(Failure::input)?;
            contents.push(path);
        }
        // Names of all, where there are few; who sends to a thousand is read by codes.
        let mut names = HashMap::new();
        let directory = acting.agency.directory();
        let few = header
            .recipients
            .iter()
            .map(|recipient| &recipient.agency)
            .take(NAMES_MAX);
        for code in std::iter::once(&header.sender).chain(few) {
            names.insert(code.clone(), directory.agency(code).await?.name);
        }
        Ok(Found {
            header,
            contents,
            names,
            _spool: spool,
        })
    }
}

/// Agencies whose names are asked of the directory, one call each.
const NAMES_MAX: usize = 100;

fn from_file(path: &Path) -> Result<Found, Failure> {
    let wrong =
        |message: &dyn std::fmt::Display| Failure::input(format!("`{}` is no envelope: {message}", path.display()));
    let envelope = pb::Envelope::decode(files::read(path)?.as_slice()).map_err(|error| wrong(&error))?;
    let opened = OpenedEnvelope::open(envelope).map_err(|refusal| wrong(&refusal))?;
    let header = opened.header().clone();
    let spool = Spool::new()?;
    let mut contents = Vec::new();
    for (at, attachment) in header.attachments.iter().enumerate() {
        contents.push(content(path, at, attachment, opened.envelope(), &spool)?);
    }
    Ok(Found {
        header,
        contents,
        names: HashMap::new(),
        _spool: spool,
    })
}

/// Where the content of a file is: carried in the envelope, or beside it.
fn content(
    envelope: &Path,
    at: usize,
    attachment: &Attachment,
    carried: &pb::Envelope,
    spool: &Spool,
) -> Result<PathBuf, Failure> {
    let inline = carried
        .inline_attachments
        .iter()
        .find(|inline| *inline.sha256 == attachment.sha256);
    if let Some(inline) = inline {
        let path = spool.path(at);
        files::write(&path, &inline.content)?;
        return Ok(path);
    }
    let beside = envelope
        .parent()
        .unwrap_or(Path::new(""))
        .join(file_name(at, &attachment.name));
    if beside.exists() {
        return Ok(beside);
    }
    Err(Failure::input(format!(
        "the content of `{}` is neither in the envelope nor in `{}`; fetch it with `truc fetch --out`, or export the \
         document by its id",
        attachment.name,
        beside.display()
    )))
}

impl Printed {
    fn text(&self, output: &Output) -> String {
        let head = format!(
            "{} {} {} ({}, {} {})\n",
            self.document_id,
            output.words(Words("đã xuất ra", "written to")),
            self.file,
            self.profile,
            self.attachments,
            output.words(Words("tệp", "files")),
        );
        if self.findings.is_empty() {
            head
        } else {
            head + &table(&self.findings, output)
        }
    }
}
