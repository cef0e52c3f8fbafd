//! Findings and refusals for people and programs.

use serde::Serialize;
use truc_document::edxml::{Finding, Package, ReadError, Reading, SignatureJudgement};

use crate::output::{Output, Table, Words};

/// What is known of one file.
#[derive(Serialize)]
pub(crate) struct Report {
    pub(crate) file: String,
    pub(crate) readable: bool,
    /// `document` or `status`.
    pub(crate) kind: Option<&'static str>,
    /// `vnpt`, `bkav` or `provincial`.
    pub(crate) profile: Option<&'static str>,
    pub(crate) document_id: Option<String>,
    pub(crate) attachments: usize,
    /// `absent`, `placeholder` or `not-verifiable`; of a document.
    pub(crate) signature: Option<&'static str>,
    pub(crate) findings: Vec<Noted>,
    pub(crate) error: Option<Refused>,
}

/// One finding.
#[derive(Serialize)]
pub(crate) struct Noted {
    pub(crate) code: &'static str,
    /// `note` or `warning`.
    pub(crate) severity: &'static str,
    pub(crate) line: Option<u32>,
    pub(crate) column: Option<u32>,
    pub(crate) path: String,
    pub(crate) found: String,
    pub(crate) expected: String,
    #[serde(skip)]
    pub(crate) meaning: Words,
}

/// Why a file can't be read.
#[derive(Serialize)]
pub(crate) struct Refused {
    pub(crate) code: &'static str,
    pub(crate) line: u32,
    pub(crate) column: u32,
    pub(crate) message: String,
    #[serde(skip)]
    pub(crate) meaning: Words,
}

impl From<&Finding> for Noted {
    fn from(finding: &Finding) -> Self {
        Self {
            code: finding.code.code(),
            severity: finding.severity().token(),
            line: finding.at.map(|at| at.line),
            column: finding.at.map(|at| at.column),
            path: finding.path.clone(),
            found: finding.found.clone(),
            expected: finding.expected.clone(),
            meaning: Words(finding.code.vietnamese(), finding.code.english()),
        }
    }
}

/// What a package's signature is worth.
pub(crate) fn judgement(package: &Package) -> Option<SignatureJudgement> {
    match package {
        Package::Document(document) => Some(
            document
                .signature
                .as_ref()
                .map_or(SignatureJudgement::Absent, |signature| signature.judgement.clone()),
        ),
        Package::Status(_) => None,
    }
}

impl Report {
    /// Of what reading a file gave.
    pub(crate) fn of(file: String, read: &Result<Reading, ReadError>) -> Self {
        let reading = match read {
            Ok(reading) => reading,
            Err(error) => return Self::refused(file, error),
        };
        let (kind, document_id, attachments) = match &reading.package {
            Package::Document(document) => ("document", &document.document_id, document.attachments.len()),
            Package::Status(status) => ("status", &status.response_for.document_id, 0),
        };
        Self {
            file,
            readable: true,
            kind: Some(kind),
            profile: Some(reading.profile.token()),
            document_id: Some(document_id.clone()),
            attachments,
            signature: judgement(&reading.package).map(|judgement| judgement.token()),
            findings: reading.findings.iter().map(Noted::from).collect(),
            error: None,
        }
    }

    fn refused(file: String, error: &ReadError) -> Self {
        Self {
            file,
            readable: false,
            kind: None,
            profile: None,
            document_id: None,
            attachments: 0,
            signature: None,
            findings: Vec::new(),
            error: Some(Refused {
                code: error.code.code(),
                line: error.at.line,
                column: error.at.column,
                message: error.message.clone(),
                meaning: Words(error.code.vietnamese(), error.code.english()),
            }),
        }
    }

    /// For people: one line on the whole, and a table of findings.
    pub(crate) fn text(&self, output: &Output) -> String {
        if let Some(error) = &self.error {
            return format!(
                "{}:{}:{}: {} {}: {}: {}\n",
                self.file,
                error.line,
                error.column,
                output.words(Words("KHÔNG ĐỌC ĐƯỢC", "UNREADABLE")),
                error.code,
                output.words(error.meaning),
                error.message
            );
        }
        let kind = match self.kind {
            Some("status") => Words("trạng thái", "status"),
            _ => Words("văn bản", "document"),
        };
        let count = self.findings.len();
        let said = match count {
            0 => output
                .words(Words("không có gì khác thường", "nothing unusual"))
                .to_owned(),
            _ => format!("{count} {}", output.words(Words("điểm khác thường", "findings"))),
        };
        let head = format!(
            "{}: {} {} ({}), {said}\n",
            self.file,
            output.words(kind),
            self.document_id.as_deref().unwrap_or_default(),
            self.profile.unwrap_or_default(),
        );
        if count == 0 {
            head
        } else {
            head + &table(&self.findings, output)
        }
    }
}

/// Findings for people.
pub(crate) fn table(findings: &[Noted], output: &Output) -> String {
    let mut table = Table::new(
        output.lang,
        &[
            Words("Dòng:cột", "Line:column"),
            Words("Mức", "Severity"),
            Words("Mã", "Code"),
            Words("Phần tử", "Element"),
            Words("Gặp", "Met"),
            Words("Quy chuẩn", "Standard"),
            Words("Nghĩa là", "Meaning"),
        ],
    );
    for finding in findings {
        let at = match (finding.line, finding.column) {
            (Some(line), Some(column)) => format!("{line}:{column}"),
            _ => String::new(),
        };
        let severity = match finding.severity {
            "warning" => Words("cảnh báo", "warning"),
            _ => Words("ghi chú", "note"),
        };
        table.row([
            at,
            output.words(severity).to_owned(),
            finding.code.to_owned(),
            finding.path.clone(),
            finding.found.clone(),
            finding.expected.clone(),
            output.words(finding.meaning).to_owned(),
        ]);
    }
    table.text()
}
