//! `truc send`: one signed document, one receipt.

use std::path::{Path, PathBuf};

use clap::Args;
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use truc_agency::{Draft, FileLabel, Sent};
use truc_document::{
    AgencyCode, BusinessAct, DocumentType, Header, Notation, Signer, Urgency, limits, render, suggest, zone,
};
use uuid::Uuid;

use crate::{
    access::{Acting, AgencyOptions},
    exit::{Exit, Failure},
    files,
    identity::AgencyIdentity,
    output::{Output, Table, Words},
    say,
};

/// Composes a document, signs and seals it, sends it, and prints the receipt (biên nhận).
#[derive(Args, Debug)]
pub(crate) struct Send {
    /// A receiving agency; may be given many times
    #[arg(long, required = true, value_name = "CODE", action = clap::ArgAction::Append)]
    to: Vec<AgencyCode>,
    /// Summary (trích yếu)
    #[arg(long, value_name = "TEXT")]
    subject: String,
    /// A file to attach; may be given many times, the first is the document itself
    #[arg(long, value_name = "FILE")]
    attach: Vec<PathBuf>,
    /// Urgency (độ khẩn): thường, khẩn, thượng khẩn, hỏa tốc, or the English words
    #[arg(long, value_parser = say::urgency, default_value = "normal", value_name = "URGENCY")]
    urgency: Urgency,
    /// Type (loại văn bản): name or abbreviation, such as "công văn", QĐ or official-letter
    #[arg(long = "type", value_parser = say::document_type, default_value = "official-letter", value_name = "TYPE")]
    document_type: DocumentType,
    /// Number in the register of the year (số); one made of the time of day where absent
    #[arg(long, value_name = "NUMBER")]
    number: Option<u64>,
    /// Notation (ký hiệu), such as UBND-VX; suggested by type where absent
    #[arg(long, value_name = "NOTATION")]
    notation: Option<Notation>,
    /// Last day for the receiver to be done (hạn xử lý), such as 2026-12-31
    #[arg(long, value_name = "DATE")]
    due: Option<Date>,
    /// A document that this one answers (hồi đáp); may be given many times
    #[arg(long, value_name = "ID")]
    reply_to: Vec<Uuid>,
    /// Take back a document already sent (thu hồi)
    #[arg(long, value_name = "ID", group = "act")]
    recall: Option<Uuid>,
    /// Give a document already sent new content or receivers (cập nhật)
    #[arg(long, value_name = "ID", group = "act")]
    update: Option<Uuid>,
    /// Put this document in the place of one already sent (thay thế)
    #[arg(long, value_name = "ID", group = "act")]
    replace: Option<Uuid>,
    /// Why, for --recall, --update and --replace
    #[arg(long, value_name = "TEXT", requires = "act")]
    reason: Option<String>,
    /// A paper copy follows (kèm bản giấy)
    #[arg(long)]
    paper: bool,
    /// Leave out the personal signature; taken only where the agency's policy lets it be
    #[arg(long)]
    unsigned: bool,
    /// Also write the envelope to this file, for `truc verify`
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
    #[command(flatten)]
    from: AgencyOptions,
}

/// The receipt, for people and programs.
#[derive(Serialize)]
struct Printed {
    document_id: Uuid,
    number: String,
    sender: String,
    recipients: u32,
    accepted_at: Timestamp,
    position: u64,
    envelope_sha256: String,
    journal_sha256: String,
    signature: String,
    key_id: String,
    warnings: Vec<Warned>,
}

#[derive(Serialize)]
struct Warned {
    code: String,
    message: String,
    document_id: Option<Uuid>,
}

impl Send {
    pub(crate) async fn run(self, output: &Output) -> Result<Exit, Failure> {
        let acting = self.from.connect().await?;
        let identity = acting.identity().await?;
        let header = self.header(&identity, acting.agency.clock().await?.now)?;
        let number = render(header.number, &header.notation);
        let mut draft = Draft::new(header);
        for path in &self.attach {
            draft = draft.attach_file(label(path)?, path).await.map_err(Failure::input)?;
        }
        let person = (!self.unsigned).then_some(&*identity.person);
        let composed = draft.sign(person, &identity.seal).map_err(Failure::input)?;
        if let Some(path) = &self.save {
            files::write(path, prost::Message::encode_to_vec(&composed.envelope))?;
        }
        let sent = self.deliver(&acting, composed).await?;
        let printed = Printed::of(number, &sent)?;
        output.data(&printed, || printed.table(output))?;
        Ok(Exit::Good)
    }

    async fn deliver(&self, acting: &Acting, composed: truc_agency::Composed) -> Result<Sent, Failure> {
        acting.agency.upload_all(&composed.uploads).await?;
        Ok(acting.agency.send(composed.envelope).await?)
    }

    fn header(&self, identity: &AgencyIdentity, now: Timestamp) -> Result<Header, Failure> {
        let signatory = &identity.signatory;
        let signer = Signer {
            competence: signatory.capacity.prefix().to_owned(),
            position: signatory.position.clone(),
            full_name: signatory.full_name.clone(),
        };
        let notation = match &self.notation {
            Some(notation) => notation.clone(),
            None => suggest(self.document_type, "CQ", "VP").map_err(Failure::input)?,
        };
        let mut header = Header::new(
            document_id(now),
            identity.code.clone(),
            self.to.iter().cloned(),
            self.number.unwrap_or_else(|| number_of(now)),
            notation,
            self.document_type,
            self.subject.clone(),
            signer,
            now,
        );
        header.urgency = self.urgency;
        header.due_on = self.due;
        header.in_reply_to.clone_from(&self.reply_to);
        header.paper_follows = self.paper;
        header.act_reason = self.reason.clone().unwrap_or_default();
        let acts = [
            (BusinessAct::Recall, self.recall),
            (BusinessAct::Update, self.update),
            (BusinessAct::Replace, self.replace),
        ];
        if let Some((act, target)) = acts.into_iter().find_map(|(act, target)| Some((act, target?))) {
            (header.act, header.act_targets) = (act, vec![target]);
        }
        Ok(header)
    }
}

/// A UUIDv7 of hub time, so that ids sort by it in a replayed year too.
fn document_id(now: Timestamp) -> Uuid {
    let seconds = u64::try_from(now.as_second()).unwrap_or_default();
    let nanoseconds = u32::try_from(now.subsec_nanosecond()).unwrap_or_default();
    Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, seconds, nanoseconds))
}

/// A number for who keeps no register: second of the day and hundredth, so that two documents hardly share one.
fn number_of(now: Timestamp) -> u64 {
    let time = zone::VIETNAM.to_datetime(now).time();
    let second =
        u64::try_from(i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second()));
    let hundredth = u64::try_from(time.subsec_nanosecond() / 10_000_000);
    second.unwrap_or_default() * 100 + hundredth.unwrap_or_default() + 1
}

fn label(path: &Path) -> Result<FileLabel, Failure> {
    let name = path.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| Failure::input(format!("`{}` has no file name in UTF-8", path.display())))?;
    if name.chars().count() > limits::FILE_NAME_MAX {
        let max = limits::FILE_NAME_MAX;
        return Err(Failure::input(format!(
            "file name `{name}` is longer than {max} characters; rename it"
        )));
    }
    Ok(FileLabel::new(name, content_type(name)))
}

fn content_type(name: &str) -> &'static str {
    match name
        .rsplit_once('.')
        .map(|(_, extension)| extension.to_ascii_lowercase())
        .as_deref()
    {
        Some("pdf") => "application/pdf",
        Some("docx") => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        Some("xlsx") => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        Some("doc") => "application/msword",
        Some("xls") => "application/vnd.ms-excel",
        Some("xml" | "edxml") => "application/xml",
        Some("txt") => "text/plain",
        Some("zip") => "application/zip",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        _ => "application/octet-stream",
    }
}

impl Printed {
    fn of(number: String, sent: &Sent) -> Result<Self, Failure> {
        let statement = &sent.statement;
        let at = statement.accepted_at.unwrap_or_default();
        Ok(Self {
            document_id: statement.document_id.parse().map_err(Failure::input)?,
            number,
            sender: statement.sender.clone(),
            recipients: statement.recipient_count,
            accepted_at: Timestamp::new(at.seconds, at.nanos).map_err(Failure::input)?,
            position: statement.position,
            envelope_sha256: hex::encode(&statement.envelope_digest),
            journal_sha256: hex::encode(&statement.journal_hash),
            signature: hex::encode(&sent.receipt.signature),
            key_id: hex::encode(&sent.receipt.key_id),
            warnings: sent
                .warnings
                .iter()
                .map(|warning| Warned {
                    code: warning.code.clone(),
                    message: warning.message.clone(),
                    document_id: warning.document_id,
                })
                .collect(),
        })
    }

    fn table(&self, output: &Output) -> String {
        let mut table = Table::pairs(output.lang);
        table.pair(Words("Văn bản", "Document"), self.document_id.to_string());
        table.pair(Words("Số, ký hiệu", "Number"), self.number.clone());
        table.pair(Words("Cơ quan gửi", "Sender"), self.sender.clone());
        table.pair(Words("Số nơi nhận", "Recipients"), self.recipients.to_string());
        table.pair(Words("Trục nhận lúc", "Accepted at"), say::time(self.accepted_at));
        table.pair(Words("Vị trí nhật ký", "Journal position"), self.position.to_string());
        table.pair(Words("Băm nhật ký", "Journal hash"), self.journal_sha256.clone());
        for warning in &self.warnings {
            table.pair(
                Words("Lưu ý", "Warning"),
                format!("{}: {}", warning.code, warning.message),
            );
        }
        table.text()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_and_number_are_of_hub_time() {
        let now: Timestamp = "2020-09-01T01:30:00.25Z".parse().unwrap();
        let (seconds, _) = document_id(now).get_timestamp().unwrap().to_unix();
        assert_eq!(seconds, 1_598_923_800);
        assert_eq!(number_of(now), (8 * 3600 + 30 * 60) * 100 + 25 + 1);
    }

    #[test]
    fn media_types_go_by_extension() {
        assert_eq!(content_type("Công văn.PDF"), "application/pdf");
        assert_eq!(content_type("noextension"), "application/octet-stream");
    }
}
