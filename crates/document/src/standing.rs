//! How far a document has come at a receiver, and which statuses may follow: 01, then 02, or 03, 04, 05, 06, where 04 and
//! 05 may be skipped or alternate; 15 and 16 answer a request of the sender.

use crate::StatusCode;

/// Where the request to give a document back, or to update it, stands at a receiver.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Request {
    /// Nobody asked.
    #[default]
    None = 0,
    /// Asked, by 13 or by a document; the receiver owes 15 or 16.
    Asked = 1,
    /// 15: destroyed, the metadata of the recall kept. Nothing more is reported.
    Agreed = 2,
    /// 16.
    Declined = 3,
}

/// All that was reported about one delivery of a document. Two bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Standing {
    /// The furthest of 01 to 06.
    pub progress: Option<StatusCode>,
    /// Requests of the sender.
    pub request: Request,
}

/// A status that fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Where the delivery stands now.
    pub standing: Standing,
    /// It was reported before: good, and counted once.
    pub repeated: bool,
}

/// A status that does not fit the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("status {to} can't follow {}; the order is 01, then 02, or 03, 04, 05, 06; 15 and 16 answer a request", .from.map_or("none", StatusCode::code))]
pub struct InvalidStatus {
    /// The last status, if there is one.
    pub from: Option<StatusCode>,
    /// The one reported.
    pub to: StatusCode,
}

impl Standing {
    /// The status that an outsider sees: the answer to a request before the progress.
    #[must_use]
    pub fn status(self) -> Option<StatusCode> {
        match self.request {
            Request::None => self.progress,
            Request::Asked => self.progress,
            Request::Agreed => Some(StatusCode::Agreed),
            Request::Declined => self.progress.or(Some(StatusCode::Declined)),
        }
    }

    /// The receiver (for 01 the hub) reports a status.
    ///
    /// # Errors
    /// [`InvalidStatus`] names both states.
    pub fn report(self, to: StatusCode) -> Result<Step, InvalidStatus> {
        use StatusCode::{Accepted, Agreed, Arrived, Assigned, Declined, Finished, Processing, Refused, TakeBack};
        let invalid = Err(InvalidStatus {
            from: self.status(),
            to,
        });
        let step = |progress| {
            Ok(Step {
                standing: Self {
                    progress: Some(progress),
                    ..self
                },
                repeated: false,
            })
        };
        let again = Ok(Step {
            standing: self,
            repeated: true,
        });
        match (to, self.progress) {
            (Agreed | Declined, _) => self.answer(to),
            _ if self.progress == Some(to) => again,
            // What was passed on the way here was reported before.
            (Arrived, Some(_)) | (Accepted, Some(Assigned | Processing | Finished)) => again,
            _ if self.request == Request::Agreed => invalid,
            (Arrived, None) => step(to),
            (Refused | Accepted, Some(Arrived)) => step(to),
            (Assigned, Some(Accepted | Processing)) | (Processing, Some(Accepted | Assigned)) => step(to),
            (Finished, Some(Accepted | Assigned | Processing)) => step(to),
            (TakeBack | Refused | Accepted | Assigned | Processing | Finished, _) => invalid,
        }
    }

    fn answer(self, to: StatusCode) -> Result<Step, InvalidStatus> {
        let request = if to == StatusCode::Agreed {
            Request::Agreed
        } else {
            Request::Declined
        };
        if self.request == request {
            return Ok(Step {
                standing: self,
                repeated: true,
            });
        }
        if self.request != Request::Asked {
            return Err(InvalidStatus {
                from: self.status(),
                to,
            });
        }
        Ok(Step {
            standing: Self { request, ..self },
            repeated: false,
        })
    }

    /// The sender asks for the document back (13), before the receiver has accepted it.
    ///
    /// # Errors
    /// [`InvalidStatus`] once it was accepted or refused.
    pub fn ask(self) -> Result<Step, InvalidStatus> {
        if self.request != Request::None {
            return Ok(Step {
                standing: self,
                repeated: true,
            });
        }
        match self.progress {
            None | Some(StatusCode::Arrived) => Ok(Step {
                standing: self.ask_by_document(),
                repeated: false,
            }),
            from => Err(InvalidStatus {
                from,
                to: StatusCode::TakeBack,
            }),
        }
    }

    /// A recall, update or replacement arrived: the receiver owes an answer, unless it agreed before.
    #[must_use]
    pub fn ask_by_document(self) -> Self {
        match self.request {
            Request::Agreed => self,
            Request::None | Request::Asked | Request::Declined => Self {
                request: Request::Asked,
                ..self
            },
        }
    }

    /// Two bytes, for keeping.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 2] {
        [self.progress.map_or(0, |status| status as u8), self.request as u8]
    }

    /// From [`Standing::to_bytes`]; `None` for other bytes.
    #[must_use]
    pub fn from_bytes([progress, request]: [u8; 2]) -> Option<Self> {
        let progress = match progress {
            0 => None,
            code @ 1..=6 => Some(StatusCode::try_from(i32::from(code)).ok()?),
            _ => return None,
        };
        let request = match request {
            0 => Request::None,
            1 => Request::Asked,
            2 => Request::Agreed,
            3 => Request::Declined,
            _ => return None,
        };
        Some(Self { progress, request })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(steps: &str, expected: &str) {
        let mut standing = Standing::default();
        let mut seen = Vec::new();
        for step in steps.split(' ') {
            let outcome = match step {
                "13" => standing.ask(),
                "recall" => Ok(Step {
                    standing: standing.ask_by_document(),
                    repeated: false,
                }),
                code => standing.report(code.parse().unwrap()),
            };
            seen.push(match outcome {
                Ok(Step {
                    standing: next,
                    repeated,
                }) => {
                    standing = next;
                    if repeated { "again" } else { "ok" }
                }
                Err(_) => "no",
            });
        }
        assert_eq!(seen.join(" "), expected, "{steps}");
    }

    #[test]
    fn the_order_of_the_standard() {
        check("01 03 04 05 06", "ok ok ok ok ok");
        check("01 03 06 06 03 01", "ok ok ok again again again");
        check("01 03 05 04 05 06", "ok ok ok ok ok ok");
        check("01 02 02 01", "ok ok again again");
        check("01 02 03", "ok ok no");
        check("03", "no");
        check("01 04", "ok no");
        check("01 06", "ok no");
        check("01 03 02", "ok ok no");
        check("01 03 06 05", "ok ok ok no");
    }

    #[test]
    fn requests_and_their_answers() {
        check("01 15", "ok no");
        check("01 13 13 15 15 03", "ok ok again ok again no");
        check("01 13 16 03 06", "ok ok ok ok ok");
        check("01 03 13", "ok ok no");
        check("01 03 recall 15 16", "ok ok ok ok no");
        check("01 recall 16 recall 15", "ok ok ok ok ok");
    }

    proptest! {
        #[test]
        fn never_leaves_the_order(steps in prop::collection::vec(0..10usize, 0..40)) {
            let mut standing = Standing::default();
            for step in steps {
                let before = standing;
                let outcome = match StatusCode::ALL.get(step) {
                    Some(StatusCode::TakeBack) => standing.ask(),
                    Some(&status) => standing.report(status),
                    None => Ok(Step { standing: standing.ask_by_document(), repeated: false }),
                };
                if let Ok(next) = outcome {
                    prop_assert!(!next.repeated || next.standing == before);
                    standing = next.standing;
                }
                prop_assert_eq!(Standing::from_bytes(standing.to_bytes()), Some(standing));
                // The furthest never goes back, but for 05 and 04, which alternate.
                let both = (before.progress, standing.progress);
                prop_assert!(both.0 <= both.1 || both == (Some(StatusCode::Processing), Some(StatusCode::Assigned)));
                prop_assert!(before.progress != Some(StatusCode::Refused) || standing.progress == before.progress);
            }
        }
    }
}
