//! Closed sets of values with a wire number, an English token and a Vietnamese name.

/// A number or a word that names none of a closed set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is no {what}; it is one of {known}")]
pub struct UnknownToken {
    /// What was sought, such as `level`.
    pub what: &'static str,
    /// What was found.
    pub found: String,
    /// All that it could have been.
    pub known: String,
}

/// Makes a closed set: an enum with wire numbers (those of the `.proto` file), tokens and Vietnamese names.
macro_rules! tokens {
    ($(#[$doc:meta])* $name:ident, $what:literal, { $($(#[$case_doc:meta])* $case:ident = $number:literal, $token:literal, $vietnamese:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum $name { $($(#[$case_doc])* $case = $number),+ }

        impl $name {
            /// All of them, in the order of their wire numbers.
            pub const ALL: &'static [Self] = &[$(Self::$case),+];

            /// The number on the wire.
            #[must_use]
            pub const fn wire(self) -> i32 { self as i32 }

            /// The English token, in lower case.
            #[must_use]
            pub const fn token(self) -> &'static str {
                match self { $(Self::$case => $token),+ }
            }

            /// The Vietnamese term.
            #[must_use]
            pub const fn vietnamese(self) -> &'static str {
                match self { $(Self::$case => $vietnamese),+ }
            }

            fn unknown(found: String) -> $crate::tokens::UnknownToken {
                $crate::tokens::UnknownToken { what: $what, found, known: [$(concat!("`", $token, "`")),+].join(", ") }
            }
        }

        impl TryFrom<i32> for $name {
            type Error = $crate::tokens::UnknownToken;

            fn try_from(number: i32) -> Result<Self, Self::Error> {
                match number { $($number => Ok(Self::$case),)+ _ => Err(Self::unknown(number.to_string())) }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::tokens::UnknownToken;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text { $($token => Ok(Self::$case),)+ _ => Err(Self::unknown(text.to_owned())) }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.pad(self.token())
            }
        }
    };
}

pub(crate) use tokens;
