//! Caller: in whose name a call is made.

use std::{fmt, str::FromStr};

use truc_document::AgencyCode;

use crate::{SubjectKind, TrustedCertificate};

/// An operator as text. No agency code can be it: codes are upper case.
pub(crate) const OPERATOR: &str = "operator";

/// Who is calling.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Caller {
    /// An agency, acting in its own name only.
    Agency(AgencyCode),
    /// Whoever runs the hub: writes the directory, sees everything, sends for nobody.
    Operator,
}

/// Text that names no caller.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is neither an agency code nor `operator`")]
pub struct InvalidCaller {
    /// As given.
    pub text: String,
}

impl Caller {
    /// Who calls with this client certificate over mTLS. None for certificates that are not for calling: a seal or a
    /// person's key opens no connection. Time and revocation are for the caller of this to check.
    pub fn of_certificate(certificate: &TrustedCertificate) -> Option<Self> {
        match certificate.kind {
            SubjectKind::System => certificate.agency.clone().map(Self::Agency),
            SubjectKind::Operator => Some(Self::Operator),
            SubjectKind::Person | SubjectKind::Seal | SubjectKind::Hub => None,
        }
    }
}

/// The code, or `operator`.
impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Agency(code) => f.pad(code.as_str()),
            Self::Operator => f.pad(OPERATOR),
        }
    }
}

impl FromStr for Caller {
    type Err = InvalidCaller;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == OPERATOR {
            return Ok(Self::Operator);
        }
        text.parse()
            .map(Self::Agency)
            .map_err(|_| InvalidCaller { text: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{Authority, Capacity, SeededWallet, TrustStore};

    #[test]
    fn text_round_trip() {
        for text in ["H54.12", "000.00.12.H54", "operator"] {
            assert_eq!(text.parse::<Caller>().unwrap().to_string(), text);
        }
        for text in ["", "Operator", "h54"] {
            assert_eq!(text.parse::<Caller>(), Err(InvalidCaller { text: text.to_owned() }));
        }
    }

    #[test]
    fn only_certificates_for_calling_call() {
        let wallet = SeededWallet::new(Arc::new(Authority::from_seed(b"caller").unwrap()), b"caller");
        let trust = TrustStore::new(vec![wallet.authority().root()]).unwrap();
        let code: AgencyCode = "H54".parse().unwrap();
        let calls = [
            (
                wallet.system(&code, "Quản lý văn bản").unwrap(),
                Some(Caller::Agency(code.clone())),
            ),
            (wallet.operator("Quản trị").unwrap(), Some(Caller::Operator)),
            (wallet.seal(&code, "UBND tỉnh").unwrap(), None),
            (wallet.person(&code, Capacity::Head, "Nguyễn Văn A").unwrap(), None),
            (wallet.hub("Trục", &[]).unwrap(), None),
        ];
        for (identity, caller) in calls {
            let certificate = trust.certify(&identity.chain().certificates).unwrap();
            assert_eq!(Caller::of_certificate(&certificate), caller);
        }
    }
}
