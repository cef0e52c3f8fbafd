//! Closed sets of stable codes with a sentence in both languages.

/// Makes a closed set: an enum whose cases have a stable code, a Vietnamese and an English sentence.
macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($case:ident = $code:literal, $vietnamese:literal, $english:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $(#[doc = $english] $case),+ }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$case),+];

            /// The stable code. One may be added; none is ever changed.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$case => $code),+ }
            }

            /// What it means, in Vietnamese.
            #[must_use]
            pub const fn vietnamese(self) -> &'static str {
                match self { $(Self::$case => $vietnamese),+ }
            }

            /// What it means, in English.
            #[must_use]
            pub const fn english(self) -> &'static str {
                match self { $(Self::$case => $english),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.pad(self.code())
            }
        }
    };
}

pub(super) use codes;
