//! `truc edxml import`: a package into the axis.

use std::{fs::File, io::BufReader, path::PathBuf};

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;
use truc_agency::{Draft, FileLabel, Staff, StatusToReport};
use truc_document::{
    AgencyCode, Header, Recipient, RecipientRole, StatusCode,
    edxml::{DocumentPackage, Finding, Package, ReadLimits, StatusPackage, draft, draft_status, read},
};
use uuid::Uuid;

use super::{
    report::{Noted, table},
    spool::Spool,
};
use crate::{
    access::{Acting, AgencyOptions},
    exit::{Exit, Failure},
    files,
    output::{Output, Table, Words},
    say,
};

/// Reads a package and sends it as the agency that it comes from: a document is signed and sealed with the agency's keys
/// and sent, a status is reported. The document's id is derived from its sender and DocumentId, so what comes later about
/// it finds it.
#[derive(Args, Debug)]
pub(crate) struct Import {
    /// The package
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// A receiving agency instead of those of the package; may be given many times
    #[arg(long, value_name = "CODE", action = clap::ArgAction::Append)]
    to: Vec<AgencyCode>,
    /// Leave out the personal signature; taken only where the agency's policy lets it be
    #[arg(long)]
    unsigned: bool,
    /// Also write the envelope to this file, for `truc verify` and `truc edxml export`
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
    #[command(flatten)]
    from: AgencyOptions,
}

/// What became of the package.
#[derive(Serialize)]
struct Printed {
    document_id: Uuid,
    /// `document` or `status`.
    kind: &'static str,
    /// Of a document: its position in the journal.
    position: Option<u64>,
    /// Of a document: agencies that it is for.
    recipients: usize,
    /// Of a status: its code.
    status: Option<&'static str>,
    /// Hub time.
    accepted_at: Timestamp,
    findings: Vec<Noted>,
}

impl Import {
    pub(crate) async fn run(self, output: &Output) -> Result<Exit, Failure> {
        let name = self.file.display().to_string();
        let file = File::open(&self.file).map_err(|error| Failure::input(format!("cannot read `{name}`: {error}")))?;
        let mut spool = Spool::new()?;
        let reading = read(BufReader::new(file), &ReadLimits::default(), &mut spool)
            .map_err(|error| Failure::new(Exit::Failed, format!("`{name}` can't be read: {error}")))?;
        let acting = self.from.connect().await?;
        let printed = match &reading.package {
            Package::Document(document) => self.send(&acting, document, &reading.findings, &spool).await?,
            Package::Status(status) => report(&acting, status, &reading.findings).await?,
        };
        output.data(&printed, || printed.text(output))?;
        Ok(Exit::Good)
    }

    async fn send(
        &self,
        acting: &Acting,
        document: &DocumentPackage,
        read: &[Finding],
        spool: &Spool,
    ) -> Result<Printed, Failure> {
        let identity = acting.identity().await?;
        let mut draft = draft(document);
        let findings = noted(read, &draft.findings);
        if let Some(sender) = draft.sender.take().filter(|sender| !same(sender, &identity.code)) {
            return Err(Failure::input(format!(
                "the package is of `{sender}`, and you are `{}`; import it with `--as {sender}`",
                identity.code
            )));
        }
        draft.sender = Some(identity.code.clone());
        if !self.to.is_empty() {
            draft.recipients = self.to.iter().map(to_act).collect();
        }
        let mut labels = Vec::new();
        let mut carried = document
            .attachments
            .iter()
            .enumerate()
            .filter(|(_, file)| file.size > 0);
        for attachment in std::mem::take(&mut draft.attachments) {
            let Some((index, _)) = carried.next() else {
                break;
            };
            labels.push((
                spool.path(index),
                FileLabel {
                    name: attachment.name,
                    content_type: attachment.content_type,
                    description: attachment.description,
                },
            ));
        }
        let header: Header = draft
            .into_header(acting.agency.clock().await?.now)
            .map_err(Failure::input)?;
        let recipients = header.recipients.len();
        let person = if self.unsigned {
            None
        } else {
            Some(acting.signer(&header.signer).await?)
        };
        let mut draft = Draft::new(header);
        for (path, label) in labels {
            draft = draft.attach_file(label, path).await.map_err(Failure::input)?;
        }
        let composed = draft.sign(person.as_deref(), &identity.seal).map_err(Failure::input)?;
        if let Some(path) = &self.save {
            files::write(path, prost::Message::encode_to_vec(&composed.envelope))?;
        }
        acting.agency.upload_all(&composed.uploads).await?;
        let sent = acting.agency.send(composed.envelope).await?;
        let at = sent.statement.accepted_at.unwrap_or_default();
        Ok(Printed {
            document_id: composed.document_id,
            kind: "document",
            position: Some(sent.statement.position),
            recipients,
            status: None,
            accepted_at: Timestamp::new(at.seconds, at.nanos).map_err(Failure::input)?,
            findings,
        })
    }
}

fn to_act(agency: &AgencyCode) -> Recipient {
    Recipient {
        agency: agency.clone(),
        role: RecipientRole::ToAct,
    }
}

/// The same agency, in whichever form its code is written.
fn same(one: &AgencyCode, other: &AgencyCode) -> bool {
    one == other || one.to_current().is_some() && one.to_current() == other.to_current()
}

async fn report(acting: &Acting, package: &StatusPackage, read: &[Finding]) -> Result<Printed, Failure> {
    let draft = draft_status(package);
    let findings = noted(read, &draft.findings);
    if let Some(reporter) = draft.reporter.filter(|reporter| !same(reporter, acting.code())) {
        return Err(Failure::input(format!(
            "the status is of `{reporter}`, and you are `{}`; import it with `--as {reporter}`",
            acting.code()
        )));
    }
    let document = draft
        .document_id
        .ok_or_else(|| Failure::input("the status names no document in `ResponseFor/DocumentId`"))?;
    let status: StatusCode = draft
        .status
        .ok_or_else(|| Failure::input(format!("`{}` is no status of QCVN 102:2016", package.status_code)))?;
    let report = StatusToReport {
        staff: draft.staff.map(|staff| Staff {
            department: staff.department,
            full_name: staff.staff,
            email: staff.email,
            phone: staff.mobile,
        }),
        ..StatusToReport::new(document, status).because(draft.description)
    };
    let reported = acting.agency.report(report).await?;
    Ok(Printed {
        document_id: document,
        kind: "status",
        position: None,
        recipients: 0,
        status: Some(status.code()),
        accepted_at: reported.reported_at,
        findings,
    })
}

/// What reading and mapping found, each once.
fn noted(read: &[Finding], mapped: &[Finding]) -> Vec<Noted> {
    let again = |finding: &&Finding| {
        read.iter()
            .any(|other| other.code == finding.code && other.path.ends_with(&finding.path))
    };
    let mapped = mapped.iter().filter(|finding| !again(finding));
    read.iter().chain(mapped).map(Noted::from).collect()
}

impl Printed {
    fn text(&self, output: &Output) -> String {
        let mut head = Table::pairs(output.lang);
        head.pair(Words("Văn bản", "Document"), self.document_id.to_string());
        if let Some(status) = self.status.and_then(|code| code.parse().ok()) {
            head.pair(Words("Trạng thái", "Status"), say::status(status, output.lang));
        }
        if let Some(position) = self.position {
            head.pair(Words("Số nơi nhận", "Recipients"), self.recipients.to_string());
            head.pair(Words("Vị trí nhật ký", "Journal position"), position.to_string());
        }
        head.pair(Words("Trục nhận lúc", "Accepted at"), say::time(self.accepted_at));
        let findings = if self.findings.is_empty() {
            String::new()
        } else {
            table(&self.findings, output)
        };
        head.text() + &findings
    }
}
