//! Capacity (thẩm quyền ký): in what capacity a person may sign for an agency, and what a document asks of its signer.

use std::{fmt, str::FromStr};

/// The capacity that a certificate gives its holder. Decree 30/2020/NĐ-CP, Article 13.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Capacity {
    /// Head of the agency (người đứng đầu), also acting (Q.) and for a collective (TM.). May sign anything.
    Head,
    /// Deputy, for the head (KT., ký thay).
    Deputy,
    /// By order of the head (TL., thừa lệnh).
    ByOrder,
    /// By sub-delegation (TUQ., thừa ủy quyền).
    SubDelegated,
}

/// Text that names no capacity.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no capacity; it is one of `head`, `deputy`, `by-order`, `sub-delegated`")]
pub struct InvalidCapacity {
    /// As given.
    pub text: String,
}

impl Capacity {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Head, Self::Deputy, Self::ByOrder, Self::SubDelegated];

    /// The token that stands in certificates, files and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Deputy => "deputy",
            Self::ByOrder => "by-order",
            Self::SubDelegated => "sub-delegated",
        }
    }

    /// Prefix that a signer in this capacity puts before the position; none for a head.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Head => "",
            Self::Deputy => "KT.",
            Self::ByOrder => "TL.",
            Self::SubDelegated => "TUQ.",
        }
    }

    /// What the competence line of a document asks of its signer. Prefixes may follow one another (`TM. ỦY BAN NHÂN DÂN
    /// KT. CHỦ TỊCH` is a deputy's); the one furthest from the head decides: TUQ., then TL., then KT.; without any it
    /// is the head's to sign.
    pub fn asked_by(competence: &str) -> Self {
        let words = || competence.split(|character: char| !character.is_alphanumeric() && character != '.');
        // `KT.CHỦ` without the space is common, so a word need only begin with the prefix.
        let has = |prefix: &str| {
            words().any(|word| {
                word.get(..prefix.len())
                    .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
            })
        };
        [Self::SubDelegated, Self::ByOrder, Self::Deputy]
            .into_iter()
            .find(|capacity| has(capacity.prefix()))
            .unwrap_or(Self::Head)
    }

    /// A person in this capacity may sign what asks for `asked`: a head anything, others only their own.
    pub fn may_sign(self, asked: Self) -> bool {
        self == Self::Head || self == asked
    }
}

impl fmt::Display for Capacity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Capacity {
    type Err = InvalidCapacity;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|capacity| capacity.as_str() == text);
        found.ok_or_else(|| InvalidCapacity { text: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_round_trip() {
        for capacity in Capacity::ALL {
            assert_eq!(capacity.as_str().parse(), Ok(capacity));
        }
        assert_eq!(
            "Head".parse::<Capacity>(),
            Err(InvalidCapacity {
                text: "Head".to_owned()
            })
        );
    }

    #[track_caller]
    fn check(competence: &str, asked: Capacity) {
        assert_eq!(Capacity::asked_by(competence), asked, "{competence}");
    }

    #[test]
    fn competence_lines() {
        check("", Capacity::Head);
        check("BỘ TRƯỞNG", Capacity::Head);
        check("TM. ỦY BAN NHÂN DÂN", Capacity::Head);
        check("Q. CHỦ TỊCH", Capacity::Head);
        check("KT. CHỦ TỊCH", Capacity::Deputy);
        check("kt.chủ tịch", Capacity::Deputy);
        check("TM. ỦY BAN NHÂN DÂN\nKT. CHỦ TỊCH\nPHÓ CHỦ TỊCH", Capacity::Deputy);
        check("TL. BỘ TRƯỞNG", Capacity::ByOrder);
        check("TL. BỘ TRƯỞNG KT. CHÁNH VĂN PHÒNG", Capacity::ByOrder);
        check("TUQ. CHỦ TỊCH", Capacity::SubDelegated);
        check("TUQ.CHỦ TỊCH", Capacity::SubDelegated);
        check("KT. CHỦ TỊCH (TUQ. ABC)", Capacity::SubDelegated);
        // No prefix of its own: the letters end a word.
        check("PHÒNG KHKT. HÀ NỘI", Capacity::Head);
    }

    #[test]
    fn only_a_head_signs_for_others() {
        for asked in Capacity::ALL {
            assert!(Capacity::Head.may_sign(asked));
            for capacity in [Capacity::Deputy, Capacity::ByOrder, Capacity::SubDelegated] {
                assert_eq!(capacity.may_sign(asked), capacity == asked);
            }
        }
    }
}
