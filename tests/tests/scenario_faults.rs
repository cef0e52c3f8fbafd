//! Faults of a scenario: set for its run and gone after it, and nothing is lost and nothing comes twice for all of them.

use std::path::Path;

use jiff::Timestamp;
use truc_agency::{Credential, Fault, FaultAction};
use truc_document::FaultStep;
use truc_hub::Limits;
use truc_proto::v1 as pb;
use truc_simulator::{RunOptions, Scenario, Topology, run::run, traffic::PlanOptions};
use truc_store::state::ClockSetting;
use truc_tests::Axis;

const FAULTS: &str = r#"
[[fault]]
name = "refused"
step = "verification"
count = 7
refuse = "CLOCK_SKEW"

[[fault]]
name = "revoked"
step = "verification"
provinces = ["H54"]
count = 2
revoked = "seal"

[[fault]]
name = "receipts get lost"
step = "append"
probability = 0.2
cut = true

[[fault]]
name = "deliveries get lost"
step = "delivery"
probability = 0.1
drop = true

[[fault]]
name = "deliveries come twice"
step = "delivery"
probability = 0.3
twice = true

[[fault]]
name = "answers get lost"
step = "acknowledgement"
probability = 0.1
cut = true

[[fault]]
name = "statuses are slow"
step = "status"
after = "1h"
delay = "0ms..5ms"

[[fault]]
name = "before it all"
step = "admission"
at = 2001-01-01T00:00:00+07:00
for = "1h"
refuse = "FAULT_INJECTED"
"#;

async fn axis(begins: Timestamp) -> Axis {
    let driven = ClockSetting {
        mode: pb::ClockMode::Driven,
        factor: 1.0,
    };
    Axis::start_with(Limits::default(), Some((driven, begins))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_bears_its_faults_and_leaves_none_behind() {
    let simulations = Path::new(env!("CARGO_MANIFEST_DIR")).join("../simulations");
    let text = std::fs::read_to_string(simulations.join("seven-provinces-2020.toml")).expect("the scenario");
    let scenario = Scenario::parse("faults.toml", &format!("{text}\n{FAULTS}")).expect("a scenario");
    let mut topology = Topology::load(&simulations.join("topologies/seven-provinces.toml")).expect("its topology");
    for (province, policy) in scenario.policies() {
        topology.set_policy(&province, policy);
    }
    let axis = axis(scenario.begins()).await;
    let operator = axis.operator();
    let other = Fault {
        probability: 0.0,
        ..Fault::new("another's", FaultStep::Append, FaultAction::Drop)
    };
    operator.set_fault(&other).await.expect("a fault");
    let options = RunOptions {
        plan: PlanOptions {
            limit: Some(150),
            ..PlanOptions::default()
        },
        ..RunOptions::new(
            axis.connection.clone(),
            Credential::Issuer(axis.issuer.clone()),
            axis.wallet.clone(),
        )
    };
    let outcome = run(&scenario, &topology, options).await.expect("a run");
    assert!(
        outcome.is_good(),
        "{:#?}\n{:#?}",
        outcome.conservation,
        outcome.unexpected
    );
    let refused = |reason: &str| outcome.refused.get(reason).copied().unwrap_or_default();
    assert_eq!((refused("CLOCK_SKEW"), refused("CERTIFICATE_REVOKED")), (7, 2));
    assert_eq!(refused("FAULT_INJECTED"), 0, "its time was over");
    let left = operator.faults().await.expect("faults");
    let names: Vec<&str> = left.iter().map(|left| left.fault.name.as_str()).collect();
    assert_eq!(names, ["another's"]);
    axis.stop().await;
}
