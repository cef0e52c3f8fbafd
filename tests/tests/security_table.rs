//! Each row of `docs/security.md` names its tests: the files and the functions are there.

use std::{collections::HashMap, path::Path};

#[test]
fn every_test_that_the_table_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = std::fs::read_to_string(root.join("docs/security.md")).expect("the page");
    let rows = page
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| attack"))
        .filter(|line| !line.starts_with("| ---"));
    let mut sources = HashMap::new();
    let mut seen = 0;
    for row in rows {
        let tests = row.trim_end_matches('|').rsplit('|').next().expect("a last column");
        let mut source = None;
        let named: Vec<&str> = tests.split('`').skip(1).step_by(2).collect();
        assert!(!named.is_empty(), "no test: {row}");
        for name in named {
            if name.contains('/') {
                let text = sources.entry(name).or_insert_with(|| {
                    std::fs::read_to_string(root.join(name)).unwrap_or_else(|error| panic!("`{name}`: {error}"))
                });
                source = Some(text.clone());
                continue;
            }
            let text = source.as_ref().unwrap_or_else(|| panic!("`{name}` of no file: {row}"));
            assert!(text.contains(&format!("fn {name}(")), "no `{name}`: {row}");
            seen += 1;
        }
    }
    assert!(seen > 30, "{seen} tests found");
}
