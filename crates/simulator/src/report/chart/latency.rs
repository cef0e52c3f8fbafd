//! How long receipts took, over wall time.

use maud::Markup;
use plotters::prelude::{ChartBuilder, IntoLogRange as _, LineSeries};

use super::{FIRST, RULE, SECOND, THIRD, figure, label, line, seconds, steps};
use crate::{
    report::{Language, Timeline},
    run::{Interval, IntervalLatency},
};

/// Median, 95th and 99th percentile, on a logarithmic scale: a stall must not hide the rest.
pub(in crate::report) fn latency(timeline: &Timeline, language: Language) -> Markup {
    let of = |value: fn(&IntervalLatency) -> f64| {
        move |interval: &Interval| interval.receipt_ms.as_ref().map(|latency| value(latency).max(0.001))
    };
    let series = [
        (THIRD, of(|latency| latency.p99)),
        (SECOND, of(|latency| latency.p95)),
        (FIRST, of(|latency| latency.p50)),
    ];
    let values = || {
        series
            .iter()
            .flat_map(|(_, value)| steps::shown(timeline).filter_map(value))
    };
    let (lowest, highest) = super::distribution::decades(values());
    let keys = [("first", "p50"), ("second", "p95"), ("third", "p99")];
    let title = language.say("Thời gian đến khi có biên nhận", "Time until the receipt");
    let unit = language.say("mili giây, thang logarit", "milliseconds, logarithmic");
    figure(title, unit, &keys, |size, area| {
        let mut chart = ChartBuilder::on(area)
            .margin(6)
            .margin_right(14)
            .x_label_area_size(24)
            .y_label_area_size(46)
            .build_cartesian_2d(0.0..steps::end(timeline), (lowest..highest).log_scale())?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(plotters::style::TRANSPARENT)
            .bold_line_style(RULE)
            .axis_style(RULE)
            .x_labels(size.marks)
            .y_labels(6)
            .label_style(label())
            .x_label_formatter(&|at| seconds(*at))
            .y_label_formatter(&|value| language.mark(*value))
            .draw()?;
        for (colour, value) in series {
            for stretch in steps::steps(timeline, value) {
                chart.draw_series(LineSeries::new(stretch, line(colour)))?;
            }
        }
        Ok(())
    })
}
