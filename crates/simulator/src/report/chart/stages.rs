//! The hub's stages: from the median to the 99th percentile each.

use maud::Markup;
use plotters::prelude::{ChartBuilder, Circle, IntoLogRange as _, IntoSegmentedCoord as _, Rectangle, SegmentValue};
use plotters::style::Color as _;

use super::{FIRST, RULE, figure, label};
use crate::report::{Language, StageLine};

/// A bar from the median to the 99th percentile, with a dot at the median, for each stage in its order.
pub(in crate::report) fn stages(stages: &[StageLine], language: Language) -> Markup {
    let values = stages
        .iter()
        .filter(|stage| stage.count > 0)
        .flat_map(|stage| [stage.p50_us, stage.p99_us])
        .map(|us| us.max(1.0) / 1000.0);
    let (lowest, highest) = super::distribution::decades(values);
    let last = stages.len().saturating_sub(1);
    // The first one on top.
    let place = |at: usize| last - at;
    let title = language.say("Thời gian từng khâu của trục", "Time of each stage in the hub");
    let unit = language.say(
        "mili giây, từ p50 (chấm) đến p99",
        "milliseconds, from p50 (dot) to p99",
    );
    figure(title, unit, &[], |_, area| {
        let mut chart = ChartBuilder::on(area)
            .margin(6)
            .margin_right(20)
            .x_label_area_size(24)
            .y_label_area_size(84)
            .build_cartesian_2d((lowest..highest).log_scale(), (0..last).into_segmented())?;
        let name = |value: &SegmentValue<usize>| match value {
            SegmentValue::CenterOf(at) => stages
                .get(place(*at))
                .map_or("", |stage| language.stage(&stage.stage))
                .to_owned(),
            _ => String::new(),
        };
        chart
            .configure_mesh()
            .disable_y_mesh()
            .light_line_style(plotters::style::TRANSPARENT)
            .bold_line_style(RULE)
            .axis_style(RULE)
            .x_labels(6)
            .y_labels(stages.len())
            .label_style(label())
            .x_label_formatter(&|ms| language.mark(*ms))
            .y_label_formatter(&name)
            .draw()?;
        let measured = || stages.iter().enumerate().filter(|(_, stage)| stage.count > 0);
        chart.draw_series(measured().map(|(at, stage)| {
            let (from, to) = (stage.p50_us.max(1.0) / 1000.0, stage.p99_us.max(1.0) / 1000.0);
            let mut bar = Rectangle::new(
                [
                    (from, SegmentValue::Exact(place(at))),
                    (to, SegmentValue::Exact(place(at) + 1)),
                ],
                FIRST.mix(0.45).filled(),
            );
            bar.set_margin(11, 11, 0, 0);
            bar
        }))?;
        chart.draw_series(measured().map(|(at, stage)| {
            let middle = (stage.p50_us.max(1.0) / 1000.0, SegmentValue::CenterOf(place(at)));
            Circle::new(middle, 5, FIRST.filled())
        }))?;
        Ok(())
    })
}
