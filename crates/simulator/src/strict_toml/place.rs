//! Where in a text something stands.

use toml::de::{DeTable, DeValue};

/// The offset of a path's last key or list entry that the text has; none where the text is no TOML or has not even the
/// first.
pub(super) fn find(text: &str, path: &str) -> Option<usize> {
    let table = DeTable::parse(text).ok()?;
    let mut offset = None;
    let mut inside = Inside::Table(table.get_ref());
    for step in path.split('/') {
        let value = match inside {
            Inside::Table(table) => {
                let Some((key, value)) = table.iter().find(|(key, _)| key.get_ref().as_ref() == step) else {
                    break;
                };
                offset = Some(key.span().start);
                value
            }
            Inside::Value(DeValue::Array(list)) => {
                let Some(value) = step.parse().ok().and_then(|at: usize| list.get(at)) else {
                    break;
                };
                offset = Some(value.span().start);
                value
            }
            Inside::Value(_) => break,
        };
        inside = match value.get_ref() {
            DeValue::Table(table) => Inside::Table(table),
            other => Inside::Value(other),
        };
    }
    offset
}

enum Inside<'t, 'i> {
    Table(&'t DeTable<'i>),
    Value(&'t DeValue<'i>),
}

/// Both from 1; columns are characters.
pub(super) fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    let before = &text[..offset];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (
        1 + before.matches('\n').count(),
        1 + before[line_start..].chars().count(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "title = \"ở đây\"\n\n[clock]\nmode = \"driven\"\n\n[[flow]]\nname = \"a\"\n\n[[flow]]\nname = \"b\"\nsizes = [{ bytes = 1 }, { \"đ\" = 2, bytes = 3 }]\n";

    #[track_caller]
    fn check(path: &str, expected: (usize, usize)) {
        let offset = find(TEXT, path).unwrap();
        assert_eq!(line_and_column(TEXT, offset), expected, "{path}");
    }

    #[test]
    fn paths_lead_to_keys_and_entries() {
        check("title", (1, 1));
        check("clock/mode", (4, 1));
        check("flow/0/name", (7, 1));
        check("flow/1", (9, 1));
        check("flow/1/sizes/1/bytes", (11, 36));
    }

    #[test]
    fn what_is_missing_is_placed_where_it_would_stand() {
        check("clock/factor", (3, 2));
        check("flow/1/fan-out", (9, 1));
        assert_eq!(find(TEXT, "behaviour/pace"), None);
    }
}
