//! How much went through, over wall time.

use maud::Markup;
use plotters::prelude::{AreaSeries, ChartBuilder, LineSeries};

use super::{FIRST, RULE, SECOND, THIRD, faint, figure, label, line, seconds, steps};
use crate::{
    report::{Language, Timeline},
    run::Interval,
};

/// Receipts, deliveries and statuses a second.
pub(in crate::report) fn throughput(timeline: &Timeline, language: Language) -> Markup {
    let rate =
        |count: fn(&Interval) -> u64| move |interval: &Interval| count(interval) as f64 / interval.seconds.max(1e-3);
    let series = [
        (SECOND, rate(|interval| interval.taken)),
        (THIRD, rate(|interval| interval.statuses)),
        (FIRST, rate(|interval| interval.receipts)),
    ];
    let highest = |of: &dyn Fn(&Interval) -> f64| steps::shown(timeline).map(of).fold(0.0, f64::max);
    let most = series
        .iter()
        .map(|(_, rate)| highest(rate))
        .fold(0.0, f64::max)
        .max(1.0);
    let keys = [
        ("first", language.say("biên nhận", "receipts")),
        ("second", language.say("lượt lấy văn bản", "deliveries taken")),
        ("third", language.say("trạng thái báo về", "statuses")),
    ];
    let title = language.say("Thông lượng", "Throughput");
    let unit = language.say(
        "mỗi giây, theo giây từ lúc bắt đầu",
        "a second, by seconds from the beginning",
    );
    figure(title, unit, &keys, |size, area| {
        let mut chart = ChartBuilder::on(area)
            .margin(6)
            .margin_right(14)
            .x_label_area_size(24)
            .y_label_area_size(46)
            .build_cartesian_2d(0.0..steps::end(timeline), 0.0..most * 1.08)?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(plotters::style::TRANSPARENT)
            .bold_line_style(RULE)
            .axis_style(RULE)
            .x_labels(size.marks)
            .y_labels(5)
            .label_style(label())
            .x_label_formatter(&|at| seconds(*at))
            .y_label_formatter(&|value| language.mark(*value))
            .draw()?;
        for (colour, rate) in series {
            for stretch in steps::steps(timeline, |interval| Some(rate(interval))) {
                if colour == FIRST {
                    chart.draw_series(AreaSeries::new(stretch.iter().copied(), 0.0, faint(colour)))?;
                }
                chart.draw_series(LineSeries::new(stretch, line(colour)))?;
            }
        }
        Ok(())
    })
}
