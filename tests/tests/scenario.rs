//! The seven provinces, shortened, through a real hub: everything planned happens, nothing is lost, nothing comes twice,
//! and the table is made of what the hub counted.

use std::path::Path;

use jiff::Timestamp;
use truc_agency::Credential;
use truc_hub::Limits;
use truc_proto::v1 as pb;
use truc_simulator::{
    Language, RunOptions, Scenario, Topology, report,
    report::Measured,
    run::{RunOutcome, run},
    traffic::PlanOptions,
};
use truc_store::state::ClockSetting;
use truc_tests::Axis;

fn seven_provinces() -> (Scenario, Topology) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../simulations/seven-provinces-2020.toml");
    let scenario = Scenario::load(&path).expect("the scenario");
    let topology = scenario.load_topology().expect("its topology");
    (scenario, topology)
}

async fn axis(begins: Timestamp) -> Axis {
    let driven = ClockSetting {
        mode: pb::ClockMode::Driven,
        factor: 1.0,
    };
    Axis::start_with(Limits::default(), Some((driven, begins))).await
}

fn options(axis: &Axis, limit: u64) -> RunOptions {
    let credential = Credential::Issuer(axis.issuer.clone());
    RunOptions {
        plan: PlanOptions {
            limit: Some(limit),
            ..PlanOptions::default()
        },
        keep_receipts: true,
        ..RunOptions::new(axis.connection.clone(), credential, axis.wallet.clone())
    }
}

fn check(outcome: &RunOutcome) {
    assert!(
        outcome.is_good(),
        "{:#?}\n{:#?}",
        outcome.conservation,
        outcome.unexpected
    );
    assert_eq!(
        outcome.accepted + outcome.refused.values().sum::<u64>(),
        outcome.planned
    );
    assert_eq!(outcome.receipts.len() as u64, outcome.accepted);
    assert_eq!(outcome.conservation.waiting, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn seven_provinces_exchange_documents_and_the_table_is_counted_by_the_hub() {
    let (scenario, topology) = seven_provinces();
    let axis = axis(scenario.begins()).await;
    let outcome = run(&scenario, &topology, options(&axis, 400)).await.unwrap();
    check(&outcome);
    let report = report::fetch(&axis.operator().statistics(), &scenario, &topology)
        .await
        .unwrap();
    let measured = |figure: &str| {
        report
            .figures
            .iter()
            .find(|line| line.figure == figure)
            .unwrap()
            .measured
    };
    assert_eq!(measured("provinces-connected"), Some(Measured::CountOf(7, 7)));
    assert_eq!(measured("levels"), Some(Measured::Count(4)));
    assert!(matches!(measured("growth"), Some(Measured::Percent { percent, .. }) if percent > 0.0));
    // What was sent in the reported period and in the same one a year before is all that was sent.
    assert_eq!(report.total.sent + report.total.sent_year_before, outcome.accepted);
    assert!(report.render(Language::Vietnamese, None).contains("tỉnh Thái Bình"));
    axis.stop().await;
}

/// Growth and all else are in the journal: a hub that reads it anew tells the same.
#[tokio::test(flavor = "multi_thread")]
async fn table_of_a_replayed_journal_is_the_same() {
    let (scenario, topology) = seven_provinces();
    let axis = axis(scenario.begins()).await;
    check(&run(&scenario, &topology, options(&axis, 60)).await.unwrap());
    let before = report::fetch(&axis.operator().statistics(), &scenario, &topology)
        .await
        .unwrap();
    let axis = axis.replay().await;
    let after = report::fetch(&axis.operator().statistics(), &scenario, &topology)
        .await
        .unwrap();
    // A start may write records of its own.
    assert!(after.position >= before.position);
    assert_eq!(
        report::Report {
            position: before.position,
            ..after
        },
        before
    );
    axis.stop().await;
}

/// Hub time never goes back.
#[tokio::test(flavor = "multi_thread")]
async fn run_on_a_hub_that_is_ahead_of_the_scenario_is_refused() {
    let (scenario, topology) = seven_provinces();
    let axis = axis(scenario.begins()).await;
    check(&run(&scenario, &topology, options(&axis, 20)).await.unwrap());
    let error = run(&scenario, &topology, options(&axis, 20))
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("hub time is") && error.contains("scenario begins at"),
        "{error}"
    );
    axis.stop().await;
}
