//! `docs/scenarios.md` has every key of the schema, with an example that is read.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Scenario, strict_toml::tests::with_stray_keys};

const PAGE: &str = include_str!("../../../../docs/scenarios.md");

/// The page's examples, one after another.
fn example() -> String {
    let blocks = PAGE.split("```toml\n").skip(1);
    let blocks: Vec<&str> = blocks.map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(blocks.len() > 5);
    blocks.join("\n")
}

#[test]
fn examples_make_a_scenario() {
    Scenario::parse("docs/scenarios.md", &example()).unwrap_or_else(|error| panic!("{error}"));
}

/// What a table takes is told by the reader itself, when it is given a key that nobody knows.
#[test]
fn every_key_has_a_row_and_an_example() {
    let text = example();
    let table: toml::Table = toml::from_str(&text).unwrap();
    let mut used: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    keys_of(&toml::Value::Table(table), "", &mut used);
    // By what a table takes: of two keys that exclude each other each has its example where such a table stands elsewhere.
    let mut examples: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (shape, stray) in with_stray_keys(&text) {
        let error = Scenario::parse("s.toml", &stray).unwrap_err();
        // Maps from names to weights have no keys of their own.
        let Some((_, known)) = error.message.split_once("known here: ") else {
            assert!(error.message.contains("stray-key"), "{shape}: {error}");
            continue;
        };
        examples
            .entry(known.to_owned())
            .or_default()
            .extend(used[&shape].clone());
    }
    for (known, examples) in &examples {
        for key in known.split(", ") {
            // A table has a section of its own, or a row.
            let places = [format!("\n| `{key}` | "), format!("`[{key}]`"), format!("`[[{key}]]`")];
            assert!(
                places.iter().any(|place| PAGE.contains(place)),
                "`{key}` is not explained"
            );
            assert!(
                examples.contains(key),
                "`{key}` has no example; it stands beside {known}"
            );
        }
    }
    assert!(examples.len() > 12, "{}", examples.len());
}

fn keys_of(value: &toml::Value, shape: &str, used: &mut BTreeMap<String, BTreeSet<String>>) {
    match value {
        toml::Value::Table(table) => {
            used.entry(shape.to_owned()).or_default().extend(table.keys().cloned());
            for (key, value) in table {
                keys_of(value, &format!("{shape}/{key}"), used);
            }
        }
        toml::Value::Array(list) => list
            .iter()
            .for_each(|value| keys_of(value, &format!("{shape}[]"), used)),
        _ => {}
    }
}
