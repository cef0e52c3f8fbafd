//! The whole distribution of receipt latencies, the rare ones drawn out.

use maud::Markup;
use plotters::prelude::{ChartBuilder, IntoLogRange as _, LineSeries};

use super::{FIRST, RULE, THIRD, figure, label, line};
use crate::report::{DistributionPoint, Language};

/// Latency by percentile, raw and corrected. Each step to the right is ten times rarer.
pub(in crate::report) fn distribution(points: &[DistributionPoint], language: Language) -> Markup {
    // The last point is the longest: it has no place on a scale of nines, and is drawn one step beyond the one before.
    let rarest = points
        .iter()
        .map(|point| point.quantile)
        .filter(|quantile| *quantile < 1.0)
        .fold(0.0, f64::max);
    let end = (2.0 / (1.0 - rarest)).max(10.0);
    let at = |quantile: f64| if quantile < 1.0 { 1.0 / (1.0 - quantile) } else { end };
    let values = points
        .iter()
        .flat_map(|point| [point.raw_ms, point.corrected_ms])
        .map(|ms| ms.max(0.001));
    let (lowest, highest) = decades(values);
    let keys = [
        ("first", language.say("từ lúc gửi", "from the sending")),
        (
            "third",
            language.say("từ lúc lẽ ra phải gửi", "from the intended sending"),
        ),
    ];
    let title = language.say("Phân bố thời gian", "Distribution of times");
    let unit = language.say("mili giây theo phân vị", "milliseconds by percentile");
    figure(title, unit, &keys, |_, area| {
        let mut chart = ChartBuilder::on(area)
            .margin(6)
            .margin_right(20)
            .x_label_area_size(24)
            .y_label_area_size(46)
            .build_cartesian_2d((1.0..end).log_scale(), (lowest..highest).log_scale())?;
        chart
            .configure_mesh()
            .light_line_style(plotters::style::TRANSPARENT)
            .bold_line_style(RULE)
            .axis_style(RULE)
            .x_labels(6)
            .y_labels(6)
            .label_style(label())
            .x_label_formatter(&|rarity| percentile(*rarity, language))
            .y_label_formatter(&|value| language.mark(*value))
            .draw()?;
        for (colour, value) in [
            (THIRD, (|point| point.corrected_ms) as fn(&DistributionPoint) -> f64),
            (FIRST, |point| point.raw_ms),
        ] {
            let line_of = points.iter().map(|point| (at(point.quantile), value(point).max(0.001)));
            chart.draw_series(LineSeries::new(line_of, line(colour)))?;
        }
        Ok(())
    })
}

/// One in so many took longer: 10 is 90 %, 1000 is 99,9 %.
fn percentile(rarity: f64, language: Language) -> String {
    let nines = rarity.log10().round().max(0.0) as usize;
    format!(
        "{} %",
        language.number(100.0 - 100.0 / rarity.max(1.0), nines.saturating_sub(2))
    )
}

/// The powers of ten around all values.
pub(super) fn decades(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let (lowest, highest) = values.fold((f64::MAX, 0.0), |(lowest, highest), value| {
        (value.min(lowest), value.max(highest))
    });
    if highest <= 0.0 {
        return (1.0, 10.0);
    }
    let from = 10_f64.powf(lowest.log10().floor());
    (from, 10_f64.powf(highest.log10().ceil()).max(from * 10.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_reach_around_all_values() {
        assert_eq!(decades([3.0, 250.0].into_iter()), (1.0, 1000.0));
        assert_eq!(decades([5.0].into_iter()), (1.0, 10.0));
        assert_eq!(decades([].into_iter()), (1.0, 10.0));
        assert_eq!(decades([1.0, 1.0].into_iter()), (1.0, 10.0));
    }

    #[test]
    fn rarities_are_told_as_percentiles() {
        let told = [1.0, 10.0, 100.0, 1000.0, 10_000.0].map(|rarity| percentile(rarity, Language::Vietnamese));
        assert_eq!(told, ["0 %", "90 %", "99 %", "99,9 %", "99,99 %"]);
    }
}
