//! `docs/lessons.md` has every key of a lesson's file, with an example that is read.

use std::collections::BTreeSet;

use super::Lesson;
use crate::strict_toml::tests::with_stray_keys;

const PAGE: &str = include_str!("../../../../docs/lessons.md");

fn example() -> &'static str {
    let (_, rest) = PAGE.split_once("```toml\n").expect("an example");
    rest.split("```").next().expect("its end")
}

#[test]
fn the_example_is_a_lesson() {
    Lesson::parse("example.toml", example()).unwrap_or_else(|error| panic!("{error}"));
}

/// What a table takes is told by the reader itself, when it is given a key that nobody knows.
#[test]
fn every_key_has_a_row() {
    let mut keys = BTreeSet::new();
    for (shape, stray) in with_stray_keys(example()) {
        let error = Lesson::parse("l.toml", &stray).unwrap_err();
        let Some((_, known)) = error.message.split_once("known here: ") else {
            panic!("{shape}: {error}");
        };
        keys.extend(known.split(", ").map(str::to_owned));
    }
    for key in &keys {
        assert!(PAGE.contains(&format!("| `{key}` | ")), "`{key}` is not explained");
    }
    assert!(keys.len() > 35, "{keys:?}");
}
