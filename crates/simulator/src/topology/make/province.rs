//! A province wanted, as a command line names it.

use std::str::FromStr;

use truc_document::{AgencyCode, SigningPolicy};

/// A province wanted: `H54`, `H54:pilot` or `H54:pilot:5`; the policy may be left empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Province {
    /// Axis code.
    pub code: AgencyCode,
    /// Policy of all its agencies.
    pub policy: SigningPolicy,
    /// Services of the National Public Service Portal that it has integrated.
    pub portal_services: u32,
}

/// A province was named in a wrong way.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("province `{given}`: {fault}; write CODE, CODE:POLICY or CODE:POLICY:PORTAL_SERVICES, such as `H54:pilot:5`")]
pub struct InvalidProvince {
    given: String,
    fault: String,
}

impl FromStr for Province {
    type Err = InvalidProvince;

    fn from_str(given: &str) -> Result<Self, InvalidProvince> {
        let invalid = |fault: String| InvalidProvince {
            given: given.to_owned(),
            fault,
        };
        let mut parts = given.splitn(3, ':');
        let code = parts
            .next()
            .unwrap_or_default()
            .parse::<AgencyCode>()
            .map_err(|error| invalid(error.to_string()))?;
        let policy = match parts.next().unwrap_or_default() {
            "" => SigningPolicy::Required,
            policy => policy
                .parse()
                .map_err(|_| invalid(format!("policy `{policy}` is none of required, pilot, off")))?,
        };
        let portal_services = match parts.next() {
            None => 0,
            Some(count) => count
                .parse()
                .map_err(|_| invalid(format!("`{count}` is no number of services")))?,
        };
        Ok(Self {
            code,
            policy,
            portal_services,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn provinces_are_read_from_their_short_form() {
        let province: Province = "H40::6".parse().unwrap();
        assert_eq!(
            (province.policy, province.portal_services),
            (SigningPolicy::Required, 6)
        );
        assert!(
            "H40:maybe"
                .parse::<Province>()
                .unwrap_err()
                .to_string()
                .contains("`maybe`")
        );
        assert!("H40:off:x".parse::<Province>().is_err());
        assert!("h".parse::<Province>().is_err());
    }
}
