//! `truc verify`: an envelope, offline, by the very code that the hub runs.

mod beside;
mod package;

use std::path::{Path, PathBuf};

use clap::Args;
use jiff::Timestamp;
use prost::Message as _;
use serde::Serialize;
use truc_document::SigningPolicy;
use truc_proto::v1 as pb;
use truc_signature::{OpenedEnvelope, Outcome, Skip, Standalone, TrustStore, envelope_digest, verify};

use crate::{
    exit::{Exit, Failure},
    files, identity,
    output::{Lang, Output, Table, Words},
    sandbox::Sandbox,
    say,
};

/// Checks an envelope that `truc fetch --out` or `truc send --save` wrote: each check with its result, also of the
/// attachments that lie beside it; or an edXML package: whether it can be read and is whole, and what its XML signature is
/// worth. Nothing is asked of a hub.
#[derive(Args, Debug)]
pub(crate) struct Verify {
    /// The envelope (a serialized truc.v1.Envelope), or an edXML package
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The trusted root, PEM; the sandbox's where absent
    #[arg(long, value_name = "FILE")]
    root: Option<PathBuf>,
    /// Judge at this instant, such as 2020-09-01T08:00:00+07:00; that of the envelope's making where absent
    #[arg(long, value_name = "TIME")]
    at: Option<Timestamp>,
    /// What is asked of the personal signature: required, pilot or off
    #[arg(long, value_name = "POLICY", default_value = "required")]
    policy: SigningPolicy,
    /// A revoked certificate, PEM, with the instant from which it is revoked: FILE@TIME
    #[arg(long, value_name = "FILE@TIME")]
    revoked: Vec<String>,
    /// Folder of the sandbox
    #[arg(long, env = "TRUC_DATA", default_value = ".truc", value_name = "DIR")]
    data: PathBuf,
}

#[derive(Serialize)]
struct Printed {
    file: String,
    good: bool,
    document_id: String,
    sender: String,
    subject: String,
    envelope_sha256: String,
    judged_at: Timestamp,
    signature: Option<&'static str>,
    checks: Vec<Checked>,
}

/// One check with what came out.
#[derive(Serialize)]
struct Checked {
    check: String,
    #[serde(skip)]
    vietnamese: String,
    /// `passed`, `failed` or `skipped`.
    outcome: &'static str,
    reason: Option<String>,
    message: Option<String>,
}

impl Verify {
    pub(crate) fn run(self, output: &Output) -> Result<Exit, Failure> {
        if package::is_package(&self.file)? {
            return package::verify(&self.file, output);
        }
        let opened = open(&self.file)?;
        let header = opened.header();
        let now = self.at.unwrap_or(header.created_at);
        let verdict = verify(opened.envelope(), header, &self.context(now)?);
        let mut checks: Vec<Checked> = verdict
            .checks()
            .iter()
            .map(|(check, outcome)| Checked::of(check.title(), check.vietnamese(), outcome))
            .collect();
        checks.extend(beside::check(&self.file, header, &opened.envelope().inline_attachments));
        let printed = Printed {
            file: self.file.display().to_string(),
            good: checks.iter().all(|checked| checked.outcome != "failed"),
            document_id: header.document_id.to_string(),
            sender: header.sender.to_string(),
            subject: header.subject.clone(),
            envelope_sha256: hex::encode(envelope_digest(opened.envelope())),
            judged_at: now,
            signature: verdict.standing().map(|standing| standing.token()),
            checks,
        };
        output.data(&printed, || printed.table(output))?;
        Ok(if printed.good { Exit::Good } else { Exit::Failed })
    }

    fn context(&self, now: Timestamp) -> Result<Standalone, Failure> {
        let root = self.root.clone().unwrap_or_else(|| Sandbox::at(&self.data).root_file());
        let trust = TrustStore::new(identity::read_certificates(&root)?)
            .map_err(|error| Failure::input(format!("`{}`: {error}", root.display())))?;
        let mut context = Standalone {
            policy: self.policy,
            ..Standalone::new(trust, now)
        };
        for given in &self.revoked {
            let (fingerprint, from) = revoked(given)?;
            context.revoked.insert(fingerprint, from);
        }
        Ok(context)
    }
}

fn open(path: &Path) -> Result<OpenedEnvelope, Failure> {
    let wrong = |message: &dyn std::fmt::Display| {
        Failure::new(Exit::Failed, format!("`{}` is no envelope: {message}", path.display()))
    };
    let envelope = pb::Envelope::decode(files::read(path)?.as_slice()).map_err(|error| wrong(&error))?;
    OpenedEnvelope::open(envelope).map_err(|refusal| wrong(&refusal))
}

fn revoked(given: &str) -> Result<(truc_signature::Digest, Timestamp), Failure> {
    let (path, from) = given
        .rsplit_once('@')
        .ok_or_else(|| Failure::input(format!("`{given}` names no instant; write FILE@TIME with `--revoked`")))?;
    let from = from
        .parse()
        .map_err(|error| Failure::input(format!("`{from}` is no instant: {error}")))?;
    let certificates = identity::read_certificates(Path::new(path))?;
    Ok((truc_signature::sha256(&certificates[0]), from))
}

impl Checked {
    fn of(check: &str, vietnamese: &str, outcome: &Outcome) -> Self {
        let (outcome, reason, message) = match outcome {
            Outcome::Passed => ("passed", None, None),
            Outcome::Failed(refusal) => (
                "failed",
                Some(refusal.reason.to_string()),
                Some(refusal.message.clone()),
            ),
            Outcome::Skipped(Skip::WaitsFor(other)) => ("skipped", None, Some(format!("waits for: {other}"))),
            Outcome::Skipped(Skip::Policy(policy)) => {
                ("skipped", None, Some(format!("not asked for: policy {policy}")))
            }
        };
        Self {
            check: check.to_owned(),
            vietnamese: vietnamese.to_owned(),
            outcome,
            reason,
            message,
        }
    }
}

impl Printed {
    fn table(&self, output: &Output) -> String {
        let lang = output.lang;
        let mut head = Table::pairs(lang);
        head.pair(Words("Văn bản", "Document"), self.document_id.clone());
        head.pair(Words("Cơ quan gửi", "Sender"), self.sender.clone());
        head.pair(Words("Trích yếu", "Subject"), self.subject.clone());
        head.pair(Words("Xét tại", "Judged at"), say::time(self.judged_at));
        let end = match self.good {
            true => Words("Gói tin hợp lệ.", "The envelope is good."),
            false => Words("Gói tin KHÔNG hợp lệ.", "The envelope is NOT good."),
        };
        format!("{}{}{}\n", head.text(), table(&self.checks, lang), end.of(lang))
    }
}

/// The checks for people.
fn table(checks: &[Checked], lang: Lang) -> String {
    let heads = [
        Words("Kiểm tra", "Check"),
        Words("Kết quả", "Outcome"),
        Words("Vì sao", "Why"),
    ];
    let mut table = Table::new(lang, &heads);
    for checked in checks {
        let outcome = match checked.outcome {
            "passed" => Words("đạt", "passed"),
            "failed" => Words("KHÔNG ĐẠT", "FAILED"),
            _ => Words("bỏ qua", "skipped"),
        };
        let title = match lang {
            Lang::Vi => &checked.vietnamese,
            Lang::En => &checked.check,
        };
        let why = [&checked.reason, &checked.message]
            .into_iter()
            .flatten()
            .cloned()
            .collect::<Vec<_>>()
            .join(": ");
        table.row([title.clone(), outcome.of(lang).to_owned(), why]);
    }
    table.text()
}
