//! Send: one envelope, one receipt.

use std::time::Duration;

use prost::Message as _;
use truc_proto::v1 as pb;
use uuid::Uuid;

use super::Agency;
use crate::{
    error::{InvalidAnswer, SendError},
    pipeline::{PipelineOptions, SendPipeline},
    session::{Next, Trial},
    wire,
};

/// The hub has the document for good.
#[derive(Clone, Debug, PartialEq)]
pub struct Sent {
    /// Receipt (biên nhận), to be kept: `truc_signature::verify_receipt` checks it against the hub's certificate.
    pub receipt: pb::Receipt,
    /// What the receipt says.
    pub statement: pb::ReceiptStatement,
    /// What did not stop the document, but the sender should know.
    pub warnings: Vec<Warning>,
}

/// Something that the sender should know though the document was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// `NUMBER_REPEATED`, `UNSIGNED`, or one of a later release.
    pub code: String,
    /// One sentence.
    pub message: String,
    /// The other document, where there is one.
    pub document_id: Option<Uuid>,
}

impl Sent {
    pub(crate) fn read(wire: pb::SendResponse) -> Result<Self, InvalidAnswer> {
        let receipt = wire.receipt.ok_or(InvalidAnswer { field: "receipt" })?;
        let statement = pb::ReceiptStatement::decode(receipt.statement.clone()).map_err(|_| InvalidAnswer {
            field: "receipt.statement",
        })?;
        let warnings = wire.warnings.into_iter().map(Warning::read).collect::<Result<_, _>>()?;
        Ok(Self {
            receipt,
            statement,
            warnings,
        })
    }
}

impl Warning {
    fn read(wire: pb::Warning) -> Result<Self, InvalidAnswer> {
        let document_id = wire::optional_uuid(&wire.document_id, "warnings.document_id")?;
        Ok(Self {
            code: wire.code,
            message: wire.message,
            document_id,
        })
    }
}

impl Agency {
    /// Sends one envelope and waits for its receipt. What fails for a moment is tried again with the same bytes, so
    /// the document is stored once; see [`SendError::certainly_not_stored`] for what an error leaves open.
    pub async fn send(&self, envelope: pb::Envelope) -> Result<Sent, SendError> {
        let request = pb::SendRequest {
            envelope: Some(envelope),
            timed: false,
        };
        let send = |request| {
            self.session
                .shared_or(request, async |mut client, request| client.send(request).await)
        };
        let mut trial = Trial::new(&self.session);
        loop {
            let outcome = match self.session.attempt(request.clone(), Duration::ZERO, &send).await {
                Ok(outcome) => outcome,
                Err(error) if trial.in_doubt => {
                    return Err(SendError::Unanswered {
                        attempts: trial.attempts,
                        cause: error.to_string(),
                    });
                }
                Err(error) => return Err(error.into()),
            };
            match outcome {
                Ok(answer) => return Ok(Sent::read(answer)?),
                Err(failure) => match trial.after(failure, &self.session) {
                    Next::AgainAfter(pause) => tokio::time::sleep(pause).await,
                    Next::GiveUp(failure) => return Err(trial.send_error(failure)),
                },
            }
        }
    }

    /// Opens a pipeline: many envelopes under way at once over one stream, the cheapest way to send more than a few.
    /// Must be called within a tokio runtime.
    pub fn send_many(&self, options: PipelineOptions) -> SendPipeline {
        SendPipeline::start(self.session.clone(), options)
    }
}

#[cfg(test)]
mod tests {
    use truc_document::Reason;

    use crate::{
        RetryPolicy, SendError,
        test_hub::{Act, TestHub, envelope, id, refusal},
    };

    #[tokio::test(start_paused = true)]
    async fn receipt_is_read() {
        let hub = TestHub::new();
        let sent = hub.agency().send(envelope(7)).await.unwrap();
        assert_eq!(sent.statement.document_id, id(7).to_string());
        assert_eq!(sent.statement.position, 1);
        assert_eq!(hub.authorizations(), [Some("Bearer token".to_owned())]);
    }

    #[tokio::test(start_paused = true)]
    async fn retry_sends_the_very_same_envelope_and_stores_one_document() {
        let hub = TestHub::new();
        hub.will([Act::StoreAndBreak, Act::Break, Act::StoreAndForget]);
        let sent = hub.agency().send(envelope(7)).await.unwrap();
        assert_eq!(sent.statement.document_id, id(7).to_string());
        assert_eq!(hub.seen(), vec![envelope(7); 4]);
        assert_eq!(hub.stored(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn retry_info_is_honoured() {
        let hub = TestHub::new();
        let overloaded = refusal(Reason::Overloaded).retry_after(std::time::Duration::from_secs(20));
        hub.will([Act::Refuse(overloaded)]);
        hub.agency().send(envelope(7)).await.unwrap();
        let at = hub.seen_at();
        assert_eq!(at.len(), 2);
        assert!(
            at[1] - at[0] >= std::time::Duration::from_secs(20),
            "{:?}",
            at[1] - at[0]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn refusal_is_final_and_certain() {
        let hub = TestHub::new();
        hub.will([Act::Refuse(refusal(Reason::SealInvalid))]);
        let error = hub.agency().send(envelope(7)).await.unwrap_err();
        assert_eq!(error.refusal(), Some(&refusal(Reason::SealInvalid)));
        assert!(error.certainly_not_stored());
        assert_eq!(hub.seen().len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn refusal_after_a_lost_answer_is_in_doubt() {
        let hub = TestHub::new();
        hub.will([Act::StoreAndBreak, Act::Refuse(refusal(Reason::CertificateRevoked))]);
        let error = hub.agency().send(envelope(7)).await.unwrap_err();
        assert!(matches!(error, SendError::RefusedInDoubt(_)), "{error}");
        assert!(!error.certainly_not_stored());
        assert_eq!(hub.stored(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn hub_that_is_down_has_certainly_not_stored() {
        let hub = TestHub::new();
        hub.set_down(true);
        let error = hub.agency().send(envelope(7)).await.unwrap_err();
        let SendError::Unreachable { attempts, cause } = &error else {
            panic!("{error}")
        };
        assert_eq!(*attempts, RetryPolicy::default().attempts_max);
        assert!(cause.contains("hub is down"), "{cause}");
        assert!(error.certainly_not_stored());
    }

    #[tokio::test(start_paused = true)]
    async fn attempts_are_bounded() {
        let hub = TestHub::new();
        hub.will((0..100).map(|_| Act::Break));
        let policy = RetryPolicy {
            attempts_max: 3,
            ..RetryPolicy::default()
        };
        let error = hub.agency_with(policy).send(envelope(7)).await.unwrap_err();
        assert!(matches!(error, SendError::Unanswered { attempts: 3, .. }), "{error}");
        assert!(!error.certainly_not_stored());
        assert_eq!(hub.seen().len(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn time_is_bounded() {
        let hub = TestHub::new();
        let overloaded = refusal(Reason::Overloaded).retry_after(std::time::Duration::from_secs(45));
        hub.will([Act::Refuse(overloaded.clone()), Act::Refuse(overloaded)]);
        let error = hub.agency().send(envelope(7)).await.unwrap_err();
        assert!(matches!(error, SendError::Refused(_)), "{error}");
        assert_eq!(hub.seen().len(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn connection_is_made_anew() {
        let hub = TestHub::new();
        let agency = hub.agency();
        agency.send(envelope(1)).await.unwrap();
        hub.cut_connections();
        agency.send(envelope(2)).await.unwrap();
        assert_eq!(hub.connects(), 2);
        assert_eq!(hub.stored(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_thousand_agencies_share_one_connection() {
        let hub = TestHub::new();
        let client = hub.client(RetryPolicy::default());
        let sends = (0..1000).map(|number| {
            let token = crate::Credential::Token(format!("{number}"));
            let agency = client.agency(format!("H54.{number}").parse().unwrap(), token);
            async move { agency.send(envelope(number)).await }
        });
        futures::future::try_join_all(sends).await.unwrap();
        assert_eq!(hub.connects(), 1);
        assert_eq!(hub.stored(), 1000);
        let mut tokens = hub.authorizations();
        tokens.sort();
        tokens.dedup();
        assert_eq!(tokens.len(), 1000);
    }
}
