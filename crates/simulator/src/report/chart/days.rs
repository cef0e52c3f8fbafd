//! Documents on each day of hub time.

use jiff::{ToSpan as _, civil::Date};
use maud::Markup;
use plotters::prelude::{ChartBuilder, Rectangle};
use plotters::style::Color as _;

use super::{FIRST, FOURTH, RULE, figure, label};
use crate::report::{DayLine, Language};

/// Documents sent in front of those received. Days on which nothing was counted are empty, not left out.
pub(in crate::report) fn days(lines: &[DayLine], language: Language) -> Markup {
    let (first, last) = (
        lines.iter().map(|line| line.day).min(),
        lines.iter().map(|line| line.day).max(),
    );
    let (Some(first), Some(last)) = (first, last) else {
        return maud::html! {};
    };
    let at = |day: Date| f64::from(first.until(day).map_or(0, |span| span.get_days()));
    let most = lines
        .iter()
        .map(|line| line.sent.max(line.received))
        .max()
        .unwrap_or(0)
        .max(1) as f64;
    let keys = [
        ("first", language.say("văn bản gửi", "documents sent")),
        ("fourth", language.say("lượt nhận", "deliveries received")),
    ];
    let title = language.say("Văn bản theo ngày", "Documents by day");
    let unit = language.say("giờ của trục, múi giờ Việt Nam", "hub time, Vietnam's zone");
    figure(title, unit, &keys, |size, area| {
        let mut chart = ChartBuilder::on(area)
            .margin(6)
            .margin_right(14)
            .x_label_area_size(24)
            .y_label_area_size(46)
            .build_cartesian_2d(-0.5..at(last) + 0.5, 0.0..most * 1.08)?;
        let name = |at: &f64| {
            let day = first.checked_add((at.round() as i64).days()).unwrap_or(first);
            match language {
                Language::Vietnamese => format!("{}/{}", day.day(), day.month()),
                Language::English => day.strftime("%-d %b").to_string(),
            }
        };
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(plotters::style::TRANSPARENT)
            .bold_line_style(RULE)
            .axis_style(RULE)
            .x_labels(size.marks)
            .y_labels(5)
            .label_style(label())
            .x_label_formatter(&name)
            .y_label_formatter(&|value| language.mark(*value))
            .draw()?;
        let bars = |width: f64, count: fn(&DayLine) -> u64, colour: plotters::style::RGBColor| {
            lines.iter().map(move |line| {
                let (middle, half) = (at(line.day), width / 2.0);
                Rectangle::new(
                    [(middle - half, 0.0), (middle + half, count(line) as f64)],
                    colour.filled(),
                )
            })
        };
        chart.draw_series(bars(0.8, |line| line.received, FOURTH))?;
        chart.draw_series(bars(0.44, |line| line.sent, FIRST))?;
        Ok(())
    })
}
