//! Identifiers of agencies, in both forms that the law knows.

use std::{borrow::Borrow, fmt, str::FromStr, sync::Arc};

/// Identifier of an agency on the axis (mã định danh cơ quan). Parsed once, at the edge; valid ever after.
///
/// Two forms live side by side: that of Decision 20/2020/QĐ-TTg, most general group first (`H41.1.2`), and that of QCVN
/// 102:2016/BTTTT, most specific first, 13 characters (`000.00.00.H41`). Which agency a code names, and at which level it
/// stands, only the directory knows.
///
/// The alphabet of the decision takes in other forms too, such as that of 2014 (`00.41.H29`): they count as
/// [`CodeForm::Current`], are kept as they stand, and convert to nothing.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AgencyCode(Arc<str>);

/// Which rule a code follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeForm {
    /// Decision 20/2020/QĐ-TTg.
    Current,
    /// QCVN 102:2016/BTTTT.
    Legacy,
}

/// Why a text is no agency code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAgencyCode {
    /// Nothing there.
    #[error("agency code is empty; write one such as `H54` or `000.00.00.H54`")]
    Empty,
    /// More than 35 characters.
    #[error("agency code has {length} characters; shorten it to 35 at most")]
    TooLong {
        /// Characters found.
        length: usize,
    },
    /// A character other than `.`, `0`–`9`, `A`–`Z`.
    #[error("agency code `{code}` has `{found}` at character {at}; only `.`, 0-9 and A-Z may stand in one")]
    Character {
        /// The code.
        code: String,
        /// The character.
        found: char,
        /// Its place, from 1.
        at: usize,
    },
    /// Two dots in a row, or one at an end.
    #[error("agency code `{code}` has an empty group; write groups with one dot between them")]
    EmptyGroup {
        /// The code.
        code: String,
    },
}

/// Longest code, characters (Decision 20/2020/QĐ-TTg).
const LENGTH_MAX: usize = 35;

impl AgencyCode {
    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Which rule it follows.
    #[must_use]
    pub fn form(&self) -> CodeForm {
        match legacy_groups(&self.0) {
            Some(_) => CodeForm::Legacy,
            None => CodeForm::Current,
        }
    }

    /// The group of the first level, such as `H41`.
    #[must_use]
    pub fn top(&self) -> &str {
        match legacy_groups(&self.0) {
            Some([_, _, _, top]) => top,
            None => self.0.split('.').next().unwrap_or(&self.0),
        }
    }

    /// The same agency in the form of Decision 20/2020: `012.03.04.H41` is `H41.04.03.012`; groups of zeros fall away.
    /// `None` where a group of zeros stands above one that is not, which that form can't say.
    #[must_use]
    pub fn to_current(&self) -> Option<Self> {
        let Some([fourth, third, second, top]) = legacy_groups(&self.0) else {
            return Some(self.clone());
        };
        let groups = [top, second, third, fourth];
        let used = groups
            .iter()
            .rposition(|group| group.bytes().any(|byte| byte != b'0'))?
            + 1;
        let zero_inside = groups[..used]
            .iter()
            .any(|group| group.bytes().all(|byte| byte == b'0'));
        (!zero_inside).then(|| Self(groups[..used].join(".").into()))
    }

    /// The same agency in the form of QCVN 102:2016, where its groups fit the widths 3.2.2 of that form. A group that is
    /// shorter is not filled up with zeros: `H41.1` and `H41.01` would become one code.
    #[must_use]
    pub fn to_legacy(&self) -> Option<Self> {
        if self.form() == CodeForm::Legacy {
            return Some(self.clone());
        }
        let mut groups = self.0.split('.');
        let top = groups.next().filter(|top| is_top(top))?;
        let mut digits = |width: usize| match groups.next() {
            None => Some("0".repeat(width)),
            Some(group) => {
                let fits = group.len() == width
                    && group.bytes().all(|byte| byte.is_ascii_digit())
                    && group.bytes().any(|byte| byte != b'0');
                fits.then(|| group.to_owned())
            }
        };
        let (second, third, fourth) = (digits(2)?, digits(2)?, digits(3)?);
        if groups.next().is_some() {
            return None;
        }
        Some(Self(format!("{fourth}.{third}.{second}.{top}").into()))
    }
}

fn is_top(group: &str) -> bool {
    let bytes = group.as_bytes();
    bytes.len() == 3 && bytes[0].is_ascii_uppercase() && bytes[1..].iter().all(u8::is_ascii_digit)
}

/// Groups of a code in the form of QCVN 102:2016, as they stand.
fn legacy_groups(code: &str) -> Option<[&str; 4]> {
    if code.len() != 13 {
        return None;
    }
    let mut groups = code.split('.');
    let groups = [
        groups.next()?,
        groups.next()?,
        groups.next()?,
        groups.next().filter(|top| is_top(top))?,
    ];
    let digits = |group: &str, width| group.len() == width && group.bytes().all(|byte| byte.is_ascii_digit());
    (digits(groups[0], 3) && digits(groups[1], 2) && digits(groups[2], 2)).then_some(groups)
}

impl FromStr for AgencyCode {
    type Err = InvalidAgencyCode;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        if is_code(code.as_bytes()) {
            Ok(Self(code.into()))
        } else {
            Err(fault(code))
        }
    }
}

/// One look at each byte: every recipient of every document goes through here.
fn is_code(code: &[u8]) -> bool {
    let mut group_is_empty = true;
    for byte in code {
        group_is_empty = match byte {
            b'.' if group_is_empty => return false,
            b'.' => true,
            b'0'..=b'9' | b'A'..=b'Z' => false,
            _ => return false,
        };
    }
    // Nothing at all is an empty group too.
    !group_is_empty && code.len() <= LENGTH_MAX
}

/// What is wrong with a text that is no code.
fn fault(code: &str) -> InvalidAgencyCode {
    if code.is_empty() {
        return InvalidAgencyCode::Empty;
    }
    // Said first, so that no error carries a text without end.
    let length = code.chars().count();
    if length > LENGTH_MAX {
        return InvalidAgencyCode::TooLong { length };
    }
    let allowed = |found: char| matches!(found, '.' | '0'..='9' | 'A'..='Z');
    let code = code.to_owned();
    match code.chars().zip(1..).find(|(found, _)| !allowed(*found)) {
        Some((found, at)) => InvalidAgencyCode::Character { code, found, at },
        None => InvalidAgencyCode::EmptyGroup { code },
    }
}

// A map by code can be asked with text; hashing and order are those of the text.
impl Borrow<str> for AgencyCode {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for AgencyCode {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AgencyCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

impl fmt::Debug for AgencyCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, formatter)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashSet};

    use proptest::prelude::*;

    use super::*;

    fn code(text: &str) -> AgencyCode {
        text.parse().unwrap()
    }

    #[test]
    fn forms_convert_where_they_can() {
        for (legacy, current) in [
            ("000.00.00.H41", "H41"),
            ("000.00.12.H54", "H54.12"),
            ("012.03.04.H41", "H41.04.03.012"),
        ] {
            assert_eq!(code(legacy).form(), CodeForm::Legacy);
            assert_eq!(code(legacy).to_current(), Some(code(current)));
            assert_eq!(code(current).form(), CodeForm::Current);
            assert_eq!(code(current).to_legacy(), Some(code(legacy)));
            assert_eq!(
                (code(legacy).top(), code(current).top()),
                (&current[..3], &current[..3])
            );
        }
        assert_eq!(code("012.00.04.H41").to_current(), None, "a gap between the levels");
        for no in ["H37.DN.001", "H41.1.2", "H41.01.02.003.04", "0100109106", "H41.00"] {
            assert_eq!(code(no).to_legacy(), None, "{no}");
        }
    }

    #[test]
    fn maps_can_be_asked_with_text() {
        let hashed = HashSet::from([code("H54")]);
        let ordered = BTreeSet::from([code("H54")]);
        assert!(hashed.contains("H54") && ordered.contains("H54"));
        assert!(!hashed.contains("H5") && !ordered.contains("H5"));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let error = |text: &str| text.parse::<AgencyCode>().unwrap_err().to_string();
        assert!(error("").contains("empty"));
        assert!(error("h54").contains("`h` at character 1"));
        assert!(error("H54..1").contains("empty group"));
        assert!(error(".H54").contains("empty group"));
        assert!(error("H54.").contains("empty group"));
        assert!(error(".").contains("empty group"));
        assert!(error(&"A".repeat(36)).contains("36 characters"));
        assert!(error(&"Đ".repeat(36)).contains("36 characters"));
        assert!(error(&"Đ".repeat(35)).contains("`Đ` at character 1"));
        assert!("A".repeat(35).parse::<AgencyCode>().is_ok());
        assert!(error("H54 ").contains("` ` at character 4"));
    }

    proptest! {
        #[test]
        fn legacy_and_back(top in "[A-Z][0-9]{2}", second in 1..100u32, third in 1..100u32, fourth in 1..1000u32, depth in 0..4) {
            let groups = [format!("{second:02}"), format!("{third:02}"), format!("{fourth:03}")];
            let mut text = top;
            for group in &groups[..depth as usize] { text = format!("{text}.{group}"); }
            let current = code(&text);
            let legacy = current.to_legacy().unwrap();
            prop_assert_eq!(legacy.as_str().len(), 13);
            prop_assert_eq!(legacy.to_current(), Some(current));
        }

        #[test]
        fn any_text_parses_or_says_why(text in prop_oneof![".{0,60}", "[.0-9A-Z]{0,40}"]) {
            let good = (1..=35).contains(&text.len())
                && text.split('.').all(|group| {
                    !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
                });
            let parsed = text.parse::<AgencyCode>();
            prop_assert_eq!(parsed.is_ok(), good);
            if let Ok(code) = parsed {
                prop_assert_eq!(code.as_str(), &text);
                prop_assert!(code.to_current().is_none_or(|code| code.form() == CodeForm::Current));
                prop_assert!(code.to_legacy().is_none_or(|code| code.form() == CodeForm::Legacy));
            }
        }
    }
}
