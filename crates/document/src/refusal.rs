//! A refusal: one reason, what was wrong, with what, and what to do.

use std::{collections::BTreeMap, fmt, time::Duration};

use truc_proto::v1 as pb;

use crate::reason::{Reason, UnknownReason};

/// Why something can't be taken. Boxed: refusals are rare and large, what is good should stay small.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal(Box<Parts>);

/// What a [`Refusal`] says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    /// The stable reason.
    pub reason: Reason,
    /// One sentence: what was wrong, with what, what to do.
    pub message: String,
    /// Path of the field at fault, such as `header.recipients[2].agency`; empty when no field is.
    pub field: String,
    /// Named values behind the message.
    pub metadata: BTreeMap<String, String>,
    /// How long to wait before the same is tried again.
    pub retry_after: Option<Duration>,
}

impl std::ops::Deref for Refusal {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Refusal {
    /// A refusal with a reason and a sentence.
    #[must_use]
    pub fn new(reason: Reason, message: impl Into<String>) -> Self {
        let (metadata, field) = (BTreeMap::new(), String::new());
        Self(Box::new(Parts {
            reason,
            message: message.into(),
            field,
            metadata,
            retry_after: None,
        }))
    }

    /// Says it in another sentence.
    #[must_use]
    pub fn saying(mut self, message: impl Into<String>) -> Self {
        self.0.message = message.into();
        self
    }

    /// Names the field at fault.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.0.field = field.into();
        self
    }

    /// Adds a named value.
    #[must_use]
    pub fn with(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.0.metadata.insert(key.into(), value.into());
        self
    }

    /// Says when to try again.
    #[must_use]
    pub fn retry_after(mut self, delay: Duration) -> Self {
        self.0.retry_after = Some(delay);
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.reason, self.message)?;
        if self.field.is_empty() {
            Ok(())
        } else {
            write!(formatter, " (field `{}`)", self.field)
        }
    }
}

impl std::error::Error for Refusal {}

impl From<&Refusal> for pb::Refusal {
    fn from(refusal: &Refusal) -> Self {
        Self {
            reason: refusal.reason.as_str().to_owned(),
            message: refusal.message.clone(),
            field: refusal.field.clone(),
            retry_after: refusal.retry_after.and_then(|delay| delay.try_into().ok()),
            code: refusal.reason.grpc_code(),
            metadata: refusal.metadata.clone(),
        }
    }
}

impl TryFrom<pb::Refusal> for Refusal {
    type Error = UnknownReason;

    fn try_from(wire: pb::Refusal) -> Result<Self, Self::Error> {
        Ok(Self(Box::new(Parts {
            reason: wire.reason.parse()?,
            message: wire.message,
            field: wire.field,
            metadata: wire.metadata,
            retry_after: wire.retry_after.and_then(|delay| delay.try_into().ok()),
        })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn survives_the_wire() {
        let refusal = Refusal::new(Reason::Overloaded, "too many documents under way; try again in 1 s")
            .field("header.recipients[2].agency")
            .with("limit", "4096")
            .retry_after(Duration::from_millis(1500));
        assert_eq!(Refusal::try_from(pb::Refusal::from(&refusal)), Ok(refusal.clone()));
        let told = "OVERLOADED: too many documents under way; try again in 1 s (field `header.recipients[2].agency`)";
        assert_eq!(refusal.to_string(), told);
        assert_eq!(pb::Refusal::from(&refusal).code, 8);
    }

    #[test]
    fn bare_refusal_survives_too() {
        let refusal = Refusal::new(Reason::SealMissing, "no seal; add the agency's own signature");
        assert_eq!(Refusal::try_from(pb::Refusal::from(&refusal)), Ok(refusal.clone()));
        assert_eq!(
            refusal.to_string(),
            "SEAL_MISSING: no seal; add the agency's own signature"
        );
    }

    #[test]
    fn reason_of_a_later_release_is_told() {
        let wire = pb::Refusal {
            reason: "OF_A_LATER_RELEASE".to_owned(),
            ..pb::Refusal::default()
        };
        assert_eq!(
            Refusal::try_from(wire),
            Err(UnknownReason("OF_A_LATER_RELEASE".to_owned()))
        );
    }

    #[test]
    fn refusal_is_as_small_as_a_pointer() {
        assert_eq!(size_of::<Refusal>(), size_of::<usize>());
    }
}
