//! `truc verify-journal`: a whole journal from its first record on: chain, checkpoints, signatures, and the statistics
//! counted anew.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use truc_signature::TrustStore;
use truc_store::{
    journal::{Embedded, EmbeddedOptions, Journal as _},
    lock::FolderLock,
    recount::{self, Options, Verification},
    snapshot::SnapshotFolder,
};

use crate::{
    exit::{Exit, Failure},
    identity,
    output::{self, Output, Table, Words},
};

/// Reads every record of a hub's folder, and says whether all holds: the chain of hashes, the hub's checkpoints, every
/// signature, the saved state, and the statistics against a count made anew. The hub must not be running.
#[derive(Args, Debug)]
pub(crate) struct VerifyJournal {
    /// Folder of a hub (.truc/hub of a sandbox), or of a sandbox
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// The trusted root, PEM; root.pem beside the folder where absent
    #[arg(long, value_name = "FILE")]
    root: Option<PathBuf>,
    /// Leave out the signatures of documents, which take about 110 µs each
    #[arg(long)]
    skip_signatures: bool,
}

#[derive(Serialize)]
pub(crate) struct Verified {
    clean: bool,
    pub(crate) records: u64,
    groups: u64,
    pub(crate) documents: u64,
    pub(crate) signatures: u64,
    pub(crate) checkpoints: u64,
    snapshot_compared: bool,
    pub(crate) last_position: u64,
    pub(crate) journal_sha256: String,
    state_sha256: String,
    deliveries: u64,
    acknowledged: u64,
    withdrawn: u64,
    waiting: u64,
    refused: u64,
    pub(crate) findings: Vec<Found>,
    pub(crate) findings_left_out: u64,
}

#[derive(Serialize)]
pub(crate) struct Found {
    pub(crate) position: u64,
    pub(crate) what: String,
}

impl VerifyJournal {
    pub(crate) fn run(self, output: &Output) -> Result<Exit, Failure> {
        let folder = if self.folder.join("hub").is_dir() {
            self.folder.join("hub")
        } else {
            self.folder.clone()
        };
        let journal = folder.join("journal");
        if !journal.is_dir() {
            return Err(Failure::input(format!(
                "`{}` holds no `journal` folder",
                folder.display()
            )));
        }
        let root = match &self.root {
            Some(root) => root.clone(),
            None => folder.parent().unwrap_or(&folder).join("root.pem"),
        };
        let bar = progress_bar();
        let verified = verify(
            &folder,
            identity::read_certificates(&root)?,
            !self.skip_signatures,
            |at, all| {
                bar.set_length(all);
                bar.set_position(at);
            },
        );
        bar.finish_and_clear();
        let verified = verified?;
        output.data(&verified, || verified.table(output))?;
        Ok(if verified.clean { Exit::Good } else { Exit::Failed })
    }
}

/// Verifies the journal of a hub's folder by these roots, and compares the saved state. `progress` is told the position
/// reached and the last one.
pub(crate) fn verify(
    folder: &Path,
    roots: Vec<Bytes>,
    signatures: bool,
    mut progress: impl FnMut(u64, u64),
) -> Result<Verified, Failure> {
    let broken = |error: &dyn std::fmt::Display| Failure::new(Exit::Failed, error);
    let trust = TrustStore::new(roots).map_err(Failure::input)?;
    let _lock = FolderLock::acquire(folder).map_err(Failure::input)?;
    let snapshot = SnapshotFolder::open(folder.join("state")).and_then(|folder| folder.load_latest());
    let snapshot = snapshot.map_err(|error| broken(&error))?;
    let options = EmbeddedOptions {
        background: false,
        ..EmbeddedOptions::default()
    };
    let journal = Embedded::open(&folder.join("journal"), options).map_err(|error| broken(&error))?;
    let last = journal.head().next.0 - 1;
    let options = Options {
        trust: &trust,
        snapshot: snapshot.as_ref(),
        signatures,
    };
    let verified = recount::verify_journal(&journal.reader(), &options, |position| progress(position.0, last));
    Ok(Verified::of(&verified.map_err(|error| broken(&error))?))
}

/// Hidden where nobody watches.
fn progress_bar() -> ProgressBar {
    if !output::is_watched() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{wide_bar} {human_pos}/{human_len} {eta}");
    ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

impl Verified {
    /// Nothing is wrong.
    pub(crate) fn is_clean(&self) -> bool {
        self.clean
    }

    fn of(verified: &Verification) -> Self {
        let totals = &verified.totals;
        Self {
            clean: verified.is_clean(),
            records: verified.records,
            groups: verified.groups,
            documents: verified.documents,
            signatures: verified.signatures,
            checkpoints: verified.checkpoints,
            snapshot_compared: verified.snapshot_compared,
            last_position: verified.head.next.0 - 1,
            journal_sha256: hex::encode(verified.head.chain),
            state_sha256: hex::encode(verified.digest),
            deliveries: totals.deliveries,
            acknowledged: totals.acknowledged,
            withdrawn: totals.withdrawn,
            waiting: totals.waiting + totals.leased,
            refused: totals.refused,
            findings: verified
                .findings
                .iter()
                .map(|finding| Found {
                    position: finding.position.0,
                    what: finding.what.clone(),
                })
                .collect(),
            findings_left_out: verified.findings_left_out,
        }
    }

    fn table(&self, output: &Output) -> String {
        let lang = output.lang;
        let mut head = Table::pairs(lang);
        head.pair(Words("Bản ghi", "Records"), self.records.to_string());
        head.pair(Words("Nhóm ghi", "Groups"), self.groups.to_string());
        head.pair(Words("Văn bản", "Documents"), self.documents.to_string());
        head.pair(
            Words("Văn bản đã kiểm tra chữ ký", "Documents whose signatures were checked"),
            self.signatures.to_string(),
        );
        head.pair(
            Words("Điểm kiểm tra của Trục", "Checkpoints of the hub"),
            self.checkpoints.to_string(),
        );
        head.pair(Words("Lượt gửi đến", "Deliveries"), self.deliveries.to_string());
        head.pair(Words("  đã nhận", "  acknowledged"), self.acknowledged.to_string());
        head.pair(Words("  đã rút lại", "  withdrawn"), self.withdrawn.to_string());
        head.pair(Words("  còn chờ", "  waiting"), self.waiting.to_string());
        head.pair(Words("Trục từ chối", "Refused by the hub"), self.refused.to_string());
        head.pair(Words("Băm nhật ký", "Journal hash"), self.journal_sha256.clone());
        let mut text = head.text();
        if !self.findings.is_empty() {
            let mut table = Table::new(lang, &[Words("Vị trí", "Position"), Words("Sai lệch", "Finding")]);
            table.right([0]);
            for finding in &self.findings {
                table.row([finding.position.to_string(), finding.what.clone()]);
            }
            text += &table.text();
        }
        let end = match self.clean {
            true => Words(
                "Nhật ký nguyên vẹn; thống kê khớp với số đếm lại.",
                "The journal is whole; the statistics equal the recount.",
            ),
            false => Words("Nhật ký KHÔNG nguyên vẹn.", "The journal is NOT whole."),
        };
        format!("{text}{}\n", end.of(lang))
    }
}
