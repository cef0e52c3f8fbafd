//! An edXML package: whether it can be read, whether it is whole, and what its XML signature is worth.

use std::{
    fs::File,
    io::{self, BufReader, Read as _},
    path::Path,
};

use serde::Serialize;
use truc_document::edxml::{FindingCode, ReadLimits, Reading, SignatureJudgement, read};

use super::{Checked, table};
use crate::{
    command::edxml::report::{self, Noted, Report},
    exit::{Exit, Failure},
    output::{Output, Table, Words},
};

/// Bytes in which a package shows itself; what stands before its declaration is skipped.
const START_BYTES: u64 = 2048;
/// What a package that is whole has none of.
const INCOMPLETE: &[FindingCode] = &[
    FindingCode::ElementMissing,
    FindingCode::AttachmentContentMissing,
    FindingCode::AttachmentEmpty,
    FindingCode::ReferenceWithoutAttachment,
];

#[derive(Serialize)]
struct Printed {
    good: bool,
    #[serde(flatten)]
    report: Report,
    checks: Vec<Checked>,
}

/// Whether a file is edXML, by its first bytes.
pub(super) fn is_package(path: &Path) -> Result<bool, Failure> {
    let failed = |error: io::Error| Failure::input(format!("cannot read `{}`: {error}", path.display()));
    let mut start = Vec::new();
    File::open(path)
        .and_then(|file| file.take(START_BYTES).read_to_end(&mut start))
        .map_err(failed)?;
    // In UTF-16 too, to be refused by what it is.
    let text: Vec<u8> = start.into_iter().filter(|byte| *byte != 0).collect();
    let has = |mark: &[u8]| text.windows(mark.len()).any(|window| window == mark);
    Ok(has(b"<?xml") || has(b"<edXML") || has(b"<EdXMLEnvelope"))
}

/// Checks a package and prints what came out.
pub(super) fn verify(path: &Path, output: &Output) -> Result<Exit, Failure> {
    let name = path.display().to_string();
    let file = File::open(path).map_err(|error| Failure::input(format!("cannot read `{name}`: {error}")))?;
    let mut nowhere = |_: usize, _: &[u8]| Ok(());
    let reading = read(BufReader::new(file), &ReadLimits::default(), &mut nowhere);
    let checks = match &reading {
        Ok(reading) => checks(reading),
        Err(error) => vec![checked(
            Words("đọc được", "readable"),
            "failed",
            Some(error.code.code()),
            Some(format!("{}: {}", error.at, error.message)),
        )],
    };
    let printed = Printed {
        good: checks.iter().all(|checked| checked.outcome != "failed"),
        report: Report::of(name, &reading),
        checks,
    };
    output.data(&printed, || printed.text(output))?;
    Ok(if printed.good { Exit::Good } else { Exit::Failed })
}

fn checks(reading: &Reading) -> Vec<Checked> {
    let lacking = reading
        .findings
        .iter()
        .find(|finding| INCOMPLETE.contains(&finding.code));
    let whole = match lacking {
        None => checked(Words("đầy đủ", "whole"), "passed", None, None),
        Some(finding) => checked(
            Words("đầy đủ", "whole"),
            "failed",
            Some(finding.code.code()),
            Some(format!("{} {}", finding.path, finding.found).trim_end().to_owned()),
        ),
    };
    let mut checks = vec![checked(Words("đọc được", "readable"), "passed", None, None), whole];
    if let Some(judgement) = report::judgement(&reading.package) {
        let outcome = match judgement {
            SignatureJudgement::Placeholder(_) => "failed",
            SignatureJudgement::Absent | SignatureJudgement::NotVerifiable(_) => "skipped",
        };
        let code = match judgement {
            SignatureJudgement::Absent => FindingCode::SignatureAbsent,
            SignatureJudgement::Placeholder(_) => FindingCode::SignaturePlaceholder,
            SignatureJudgement::NotVerifiable(_) => FindingCode::SignatureNotVerifiable,
        };
        checks.push(checked(
            Words("chữ ký XML", "XML signature"),
            outcome,
            Some(code.code()),
            Some(judgement.to_string()),
        ));
    }
    checks
}

fn checked(title: Words, outcome: &'static str, reason: Option<&str>, message: Option<String>) -> Checked {
    Checked {
        check: title.1.to_owned(),
        vietnamese: title.0.to_owned(),
        outcome,
        reason: reason.map(str::to_owned),
        message,
    }
}

impl Printed {
    fn text(&self, output: &Output) -> String {
        let lang = output.lang;
        let mut head = Table::pairs(lang);
        if let Some(id) = &self.report.document_id {
            head.pair(Words("Văn bản", "Document"), id.clone());
        }
        let findings: &[Noted] = &self.report.findings;
        let findings = if findings.is_empty() {
            String::new()
        } else {
            report::table(findings, output)
        };
        let end = match self.good {
            true => Words(
                "Gói edXML đọc được và đầy đủ; chữ ký số trên Trục không nằm trong gói này.",
                "The package is readable and whole; signatures of the axis are not in it.",
            ),
            false => Words("Gói edXML KHÔNG đạt.", "The package is NOT good."),
        };
        format!(
            "{}{}{findings}{}\n",
            head.text(),
            table(&self.checks, lang),
            end.of(lang)
        )
    }
}
