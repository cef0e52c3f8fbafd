//! What a run ends with: files, a table or JSON, and the exit code.

use std::path::Path;

use truc_simulator::{
    Language,
    report::{JournalCheck, JournalFinding, RunReport},
};

use crate::{
    command::verify_journal::Verified,
    exit::{Exit, Failure},
    files,
    output::{Lang, Output},
};

/// Broken conservation tells before all else; an interrupted run has nothing more to be judged.
pub(super) fn exit(run: &RunReport) -> Exit {
    let journal_is_clean = run.journal.as_ref().is_none_or(|journal| journal.clean);
    match () {
        () if !run.conservation_holds => Exit::Broken,
        () if !journal_is_clean => Exit::Failed,
        () if run.stopped => Exit::Interrupted,
        () if run.unexpected_count > 0 || run.missed() > 0 => Exit::Failed,
        () => Exit::Good,
    }
}

/// Writes `report.html`, `report.json`, `report.txt` and `junit.xml`.
pub(super) fn write(run: &RunReport, folder: &Path, output: &Output) -> Result<(), Failure> {
    files::make_folder(folder)?;
    let json = serde_json::to_vec_pretty(run).map_err(Failure::input)?;
    files::write(&folder.join("report.json"), json)?;
    files::write(&folder.join("report.html"), run.html(language(output.lang)))?;
    files::write(&folder.join("report.txt"), run.summary(language(output.lang), None))?;
    write_junit(run, &folder.join("junit.xml"))
}

/// Writes the run as JUnit XML.
pub(super) fn write_junit(run: &RunReport, file: &Path) -> Result<(), Failure> {
    files::write(file, run.junit().map_err(Failure::input)?)
}

/// A report's language for that of the messages.
pub(crate) fn language(lang: Lang) -> Language {
    match lang {
        Lang::Vi => Language::Vietnamese,
        Lang::En => Language::English,
    }
}

/// What the report tells of a journal.
pub(super) fn journal_check(verified: &Verified) -> JournalCheck {
    JournalCheck {
        clean: verified.is_clean(),
        records: verified.records,
        documents: verified.documents,
        signatures: verified.signatures,
        checkpoints: verified.checkpoints,
        last_position: verified.last_position,
        journal_sha256: verified.journal_sha256.clone(),
        findings: verified
            .findings
            .iter()
            .map(|finding| JournalFinding {
                position: finding.position,
                what: finding.what.clone(),
            })
            .collect(),
        findings_left_out: verified.findings_left_out,
    }
}

/// Columns of the terminal; absent where stdout is none, so that nothing is folded.
pub(crate) fn terminal_width() -> Option<u16> {
    use std::io::IsTerminal as _;
    if !std::io::stdout().is_terminal() {
        return None;
    }
    comfy_table::Table::new().width()
}
