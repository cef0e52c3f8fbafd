//! The faults of a scenario on the hub: set when the run begins, each with its period of hub time, removed when it ends.

use std::time::Duration;

use truc_agency::Operator;

use super::{outcome::RunError, persist::persist};
use crate::traffic::Traffic;

/// Faults that this run has set.
pub(super) struct Faults {
    operator: Operator,
    names: Vec<String>,
    patience: Duration,
}

impl Faults {
    /// Sets them. Hub time must stand at the beginning of the run: periods count from it.
    pub(super) async fn set(operator: Operator, traffic: &Traffic, patience: Duration) -> Result<Self, RunError> {
        let mut set = Self {
            operator,
            names: Vec::new(),
            patience,
        };
        let faults = &traffic.scenario().fault;
        if faults.is_empty() {
            return Ok(set);
        }
        let failed = |source| RunError::Call {
            what: "setting faults",
            source,
        };
        let begins = persist(patience, || set.operator.clock()).await.map_err(failed)?.now;
        for fault in faults {
            // The check of the scenario has seen to it that each can be told.
            let Ok(injected) = fault.injected(begins, traffic.seed()) else {
                continue;
            };
            let told = persist(patience, || set.operator.set_fault(&injected)).await;
            set.names.push(fault.name.clone());
            if let Err(source) = told {
                set.clear().await?;
                return Err(failed(source));
            }
        }
        Ok(set)
    }

    /// Removes them, and no others.
    pub(super) async fn clear(self) -> Result<(), RunError> {
        for name in &self.names {
            let cleared = persist(self.patience, || self.operator.clear_fault(name)).await;
            cleared.map_err(|source| RunError::Call {
                what: "removing faults",
                source,
            })?;
        }
        Ok(())
    }
}
