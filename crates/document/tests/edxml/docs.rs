//! The tables of codes in the documentation are those of the code.

use truc_document::edxml::{FindingCode, ReadErrorCode};

#[test]
fn tables_of_codes_are_complete() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/edxml.md");
    let text = std::fs::read_to_string(path).unwrap();
    let rows = |heading: &str| -> Vec<String> {
        text.lines()
            .skip_while(|line| *line != heading)
            .skip(1)
            .take_while(|line| !line.starts_with('#'))
            .filter(|line| line.starts_with("| `"))
            .map(str::to_owned)
            .collect()
    };
    let findings: Vec<String> = FindingCode::ALL
        .iter()
        .map(|code| format!("| `{code}` | {} | {} |", code.severity().token(), code.english()))
        .collect();
    assert_eq!(rows("## Findings"), findings);
    let refusals: Vec<String> = ReadErrorCode::ALL
        .iter()
        .map(|code| format!("| `{code}` | {} |", code.english()))
        .collect();
    assert_eq!(rows("## Refusals"), refusals);
}
