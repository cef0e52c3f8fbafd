//! Two runs side by side.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Language, RunReport};

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Better {
    /// More.
    Higher,
    /// Less.
    Lower,
    /// Neither: it tells what was run.
    Neither,
}

/// One figure of both runs.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ComparedFigure {
    /// Stable name: `receipts-per-second`, `receipt-p99-ms`, `verify-p50-us`.
    pub name: String,
    /// Of the first run; absent where it was not measured.
    pub first: Option<f64>,
    /// Of the second run.
    pub second: Option<f64>,
    /// Second less first.
    pub difference: Option<f64>,
    /// Second over first; absent over nothing.
    pub ratio: Option<f64>,
    /// Which way is better.
    pub better: Better,
    /// By how many per cent the second is worse; 0 where it is not.
    pub worse_percent: f64,
}

/// Two runs, figure by figure.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Comparison {
    /// Both ran the same scenario file with the same seed, scale and limit.
    pub same_traffic: bool,
    /// Both ran on a machine of the same kind: processor, cores and memory.
    pub same_machine: bool,
    /// Figures in a fixed order.
    pub figures: Vec<ComparedFigure>,
}

// === impl Comparison ===

impl Comparison {
    /// Puts two runs side by side.
    pub fn of(first: &RunReport, second: &RunReport) -> Self {
        let traffic = |run: &RunReport| {
            (
                run.scenario.sha256.clone(),
                run.seed,
                run.scenario.scale.clone(),
                run.scenario.limit,
            )
        };
        let machine = |run: &RunReport| (run.machine.cpu.clone(), run.machine.cores, run.machine.memory_bytes);
        let seconds = figures(second);
        let figures = figures(first)
            .into_iter()
            .map(|(name, better, value)| {
                let other = seconds
                    .iter()
                    .find(|(known, ..)| *known == name)
                    .and_then(|(.., value)| *value);
                ComparedFigure::of(name, better, value, other)
            })
            .collect();
        Self {
            same_traffic: traffic(first) == traffic(second),
            same_machine: machine(first) == machine(second),
            figures,
        }
    }

    /// Figures whose second run is worse by more than so many per cent.
    pub fn regressions(&self, percent: f64) -> impl Iterator<Item = &ComparedFigure> {
        self.figures.iter().filter(move |figure| figure.worse_percent > percent)
    }

    /// As a table.
    pub fn render(&self, language: Language, width: Option<u16>) -> String {
        let mut table = super::render::table(
            width,
            &match language {
                Language::Vietnamese => ["Chỉ số", "Lần 1", "Lần 2", "Chênh lệch", "Tỷ lệ", ""],
                Language::English => ["Figure", "First", "Second", "Difference", "Ratio", ""],
            },
        );
        let told = |value: Option<f64>| match value {
            None => "–".to_owned(),
            Some(whole) if whole.fract() == 0.0 => language.mark(whole),
            Some(value) => language.digits(value),
        };
        for figure in &self.figures {
            let mark = match (figure.better, figure.difference) {
                (Better::Neither, _) | (_, None) => "",
                (_, Some(0.0)) => "=",
                _ if figure.worse_percent > 0.0 => language.say("kém hơn", "worse"),
                _ => language.say("tốt hơn", "better"),
            };
            let ratio = figure
                .ratio
                .map_or_else(|| "–".to_owned(), |ratio| format!("×{}", language.number(ratio, 2)));
            table.add_row(vec![
                comfy_table::Cell::new(&figure.name),
                super::render::number(told(figure.first)),
                super::render::number(told(figure.second)),
                super::render::number(told(figure.difference)),
                super::render::number(ratio),
                comfy_table::Cell::new(mark),
            ]);
        }
        let mut text = format!("{table}\n");
        if !self.same_traffic {
            text += language.say(
                "Hai lần chạy không cùng kịch bản, hạt giống hoặc quy mô.\n",
                "The two runs are not of the same scenario, seed and scale.\n",
            );
        }
        if !self.same_machine {
            text += language.say(
                "Hai lần chạy trên máy khác loại: đừng so tốc độ.\n",
                "The two runs are from different machines: do not compare their speed.\n",
            );
        }
        text
    }
}

impl ComparedFigure {
    fn of(name: String, better: Better, first: Option<f64>, second: Option<f64>) -> Self {
        let both = first.zip(second);
        let worse_percent = both.map_or(0.0, |(first, second)| {
            let worse = match better {
                Better::Higher => first - second,
                Better::Lower => second - first,
                Better::Neither => 0.0,
            };
            match (worse > 0.0, first > 0.0) {
                (true, true) => worse * 100.0 / first,
                // Worse than nothing: by as much as can be told in JSON.
                (true, false) => f64::from(u32::MAX),
                _ => 0.0,
            }
        });
        Self {
            name,
            first,
            second,
            difference: both.map(|(first, second)| second - first),
            ratio: both
                .filter(|(first, _)| *first != 0.0)
                .map(|(first, second)| second / first),
            better,
            worse_percent,
        }
    }
}

/// Name, which way is better, and the value.
fn figures(run: &RunReport) -> Vec<(String, Better, Option<f64>)> {
    use Better::{Higher, Lower, Neither};
    let kept = &run.conservation;
    let total = &run.report.total;
    let some = |value: f64| Some(value);
    // A figure without any measurement is no figure of 0.
    let times = |value: f64| (run.receipt_ms.count > 0).then_some(value);
    let refused: u64 = run.refused.values().sum();
    let mut figures = vec![
        ("planned", Neither, some(run.planned as f64)),
        ("accepted", Neither, some(run.accepted as f64)),
        ("refused", Neither, some(refused as f64)),
        ("unexpected-refusals", Lower, some(run.unexpected_count as f64)),
        ("deliveries", Neither, some(kept.accepted as f64)),
        ("lost", Lower, some(kept.lost as f64)),
        ("twice", Lower, some(kept.twice as f64)),
        ("statuses", Neither, some(run.statuses as f64)),
        ("thresholds-missed", Lower, some(run.missed() as f64)),
        ("took-seconds", Lower, some(run.took_seconds)),
        ("receipts-per-second", Higher, some(run.receipts_per_second)),
        ("receipt-p50-ms", Lower, times(run.receipt_ms.p50)),
        ("receipt-p90-ms", Lower, times(run.receipt_ms.p90)),
        ("receipt-p99-ms", Lower, times(run.receipt_ms.p99)),
        ("receipt-p999-ms", Lower, times(run.receipt_ms.p999)),
        ("receipt-corrected-p99-ms", Lower, times(run.receipt_corrected_ms.p99)),
        ("generator-lag-p99-ms", Neither, times(run.generator.lag_ms.p99)),
        ("cpu-seconds", Lower, run.generator.cpu_seconds),
        ("electronic-percent", Neither, total.electronic),
        ("signed-percent", Neither, total.signed),
        ("on-time-percent", Neither, total.on_time),
    ]
    .into_iter()
    .map(|(name, better, value)| (name.to_owned(), better, value))
    .collect::<Vec<_>>();
    for stage in run.stages.iter().filter(|stage| stage.count > 0) {
        figures.push((format!("{}-p50-us", stage.stage), Lower, Some(stage.p50_us)));
        figures.push((format!("{}-p99-us", stage.stage), Lower, Some(stage.p99_us)));
    }
    figures
}
