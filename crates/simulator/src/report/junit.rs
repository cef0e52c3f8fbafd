//! A run as JUnit XML, which build servers show: thresholds, conservation, the journal and unexpected refusals are its tests.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Report as Tests, SerializeError, TestCase, TestCaseStatus, TestSuite};

use super::RunReport;

impl RunReport {
    /// The XML.
    ///
    /// # Errors
    /// It can't be written: with a text as its goal, no case is known.
    pub fn junit(&self) -> Result<String, SerializeError> {
        let took = Duration::from_secs_f64(self.took_seconds.max(0.0));
        let mut suite = TestSuite::new(self.scenario.title.as_str());
        suite.set_time(took);
        suite.add_test_case(self.conservation_case());
        suite.add_test_case(self.refusal_case());
        suite.add_test_case(case(
            "end",
            "the run comes to its end",
            self.stopped.then(|| "it was stopped".to_owned()),
        ));
        if let Some(journal) = &self.journal {
            let findings: Vec<String> = journal
                .findings
                .iter()
                .map(|finding| format!("{}: {}", finding.position, finding.what))
                .collect();
            let wrong = (!journal.clean).then(|| findings.join("\n"));
            suite.add_test_case(case(
                "journal",
                "the journal is whole and its statistics equal the recount",
                wrong,
            ));
        }
        for threshold in &self.thresholds {
            let measured = threshold
                .measured
                .as_deref()
                .unwrap_or("nothing that could be measured");
            let wrong = (!threshold.met).then(|| format!("wanted {}, measured {measured}", threshold.wanted));
            suite.add_test_case(case(
                "threshold",
                &format!("{} {}", threshold.name, threshold.wanted),
                wrong,
            ));
        }
        for (name, value) in [
            ("scenario", self.scenario.file.clone()),
            ("scenario-sha256", self.scenario.sha256.clone()),
            ("seed", self.seed.to_string()),
            ("hub", self.hub.address.clone()),
            ("version", self.versions.truc.clone()),
        ] {
            suite.add_property((name, value.as_str()));
        }
        let mut tests = Tests::new("truc run");
        tests.set_time(took);
        tests.add_test_suite(suite);
        tests.to_string()
    }

    fn conservation_case(&self) -> TestCase {
        let wrong = (!self.conservation_holds).then(|| self.conservation.faults.join("\n"));
        case("conservation", "nothing is lost and nothing comes twice", wrong)
    }

    fn refusal_case(&self) -> TestCase {
        let told = self
            .unexpected
            .iter()
            .map(|told| format!("{} {}: {}: {}", told.sender, told.document_id, told.call, told.cause));
        let wrong = (self.unexpected_count > 0).then(|| {
            let mut lines: Vec<String> = vec![format!("{} in all", self.unexpected_count)];
            lines.extend(told);
            lines.join("\n")
        });
        case("refusals", "nothing is refused that should not be", wrong)
    }
}

/// A test that failed where something is wrong: the first line is its message.
fn case(class: &str, name: &str, wrong: Option<String>) -> TestCase {
    let status = match wrong {
        None => TestCaseStatus::success(),
        Some(wrong) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(wrong.lines().next().unwrap_or_default());
            status.set_type(class);
            status.set_description(wrong);
            status
        }
    };
    let mut case = TestCase::new(name, status);
    case.set_classname(format!("truc.{class}"));
    case
}
