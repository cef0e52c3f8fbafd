//! The charts of the page, drawn by `plotters` as SVG that stands in the page itself: nothing is fetched and no script runs,
//! it prints as it looks, and its colours are the page's, so that it is dark where the page is.
//!
//! Each chart is drawn twice, for a wide and for a narrow screen: one drawing made smaller could not be read on a phone.

mod days;
mod distribution;
mod latency;
mod stages;
mod steps;
mod throughput;

use maud::{Markup, PreEscaped, html};
use plotters::{
    coord::Shift,
    prelude::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea as _, RGBColor, SVGBackend, ShapeStyle, TextStyle},
    style::{Color as _, IntoFont as _},
};

pub(super) use self::{
    days::days, distribution::distribution, latency::latency, stages::stages, throughput::throughput,
};

/// Colours stand for the page's own, which the style sheet sets: [`themed`] puts those in their place.
const QUIET: RGBColor = RGBColor(1, 1, 1);
const RULE: RGBColor = RGBColor(2, 2, 2);
const FIRST: RGBColor = RGBColor(3, 3, 3);
const SECOND: RGBColor = RGBColor(4, 4, 4);
const THIRD: RGBColor = RGBColor(5, 5, 5);
const FOURTH: RGBColor = RGBColor(6, 6, 6);
/// As they stand in the drawing, and in the style sheet.
const THEME: [(&str, &str); 6] = [
    ("#010101", "var(--quiet)"),
    ("#020202", "var(--rule)"),
    ("#030303", "var(--first)"),
    ("#040404", "var(--second)"),
    ("#050505", "var(--third)"),
    ("#060606", "var(--fourth)"),
];

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
/// Drawing into a text fails only where an axis has no extent, which no chart here asks for.
type Drawn = Result<(), DrawingAreaErrorKind<std::io::Error>>;

/// Size of a drawing, and what fits in it.
#[derive(Clone, Copy)]
struct Size {
    width: u32,
    height: u32,
    /// Marks along the horizontal axis.
    marks: usize,
}

const WIDE: Size = Size {
    width: 620,
    height: 250,
    marks: 8,
};
const NARROW: Size = Size {
    width: 350,
    height: 220,
    marks: 4,
};

/// One series of a legend: its colour's name in the style sheet, and what it is.
type Key<'a> = (&'a str, &'a str);

/// A chart with its title and legend, in both sizes.
fn figure(title: &str, unit: &str, keys: &[Key<'_>], draw: impl Fn(Size, &Area<'_>) -> Drawn) -> Markup {
    let svg = |size: Size, class: &str| PreEscaped(drawing(size, class, title, &draw));
    html! {
        figure {
            figcaption {
                b { (title) } " " span.quiet { (unit) }
                @if !keys.is_empty() {
                    span.keys { @for (class, name) in keys { span { i class=(class) {} (name) } } }
                }
            }
            (svg(WIDE, "wide"))
            (svg(NARROW, "narrow"))
        }
    }
}

fn drawing(size: Size, class: &str, title: &str, draw: impl Fn(Size, &Area<'_>) -> Drawn) -> String {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, (size.width, size.height)).into_drawing_area();
        if let Err(error) = draw(size, &area).and_then(|()| area.present()) {
            return html! { p.note { (error) } }.into_string();
        }
    }
    themed(&svg, class, title)
}

/// The drawing as a part of a page: its colours, and a name for who can't see it.
fn themed(svg: &str, class: &str, title: &str) -> String {
    let start = svg.find("<svg").unwrap_or(0);
    let svg = &svg[start..];
    let end = svg.find('>').map_or(0, |end| end + 1);
    let (head, body) = svg.split_at(end);
    let view = head
        .split("viewBox=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .unwrap_or_default();
    let label = html! { (title) }.into_string().replace('"', "&quot;");
    let mut page = format!("<svg class=\"plot {class}\" viewBox=\"{view}\" role=\"img\" aria-label=\"{label}\">");
    let mut body = body.to_owned();
    for (colour, variable) in THEME {
        body = body.replace(colour, variable);
    }
    page += &body;
    page
}

/// Numbers at the axes.
fn label() -> TextStyle<'static> {
    ("sans-serif", 14.5).into_font().color(&QUIET)
}

fn line(colour: RGBColor) -> ShapeStyle {
    colour.stroke_width(2)
}

fn faint(colour: RGBColor) -> ShapeStyle {
    colour.mix(0.14).filled()
}

/// Seconds of wall time as marks tell them: `30`, `1:30`, `1:00:00`.
fn seconds(at: f64) -> String {
    let at = at.round() as u64;
    match at {
        short if short < 60 => short.to_string(),
        medium if medium < 3600 => format!("{}:{:02}", medium / 60, medium % 60),
        long => format!("{}:{:02}:{:02}", long / 3600, long / 60 % 60, long % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_fetches_nothing_and_has_the_colours_of_the_page() {
        let draw = |_: Size, area: &Area<'_>| area.fill(&FIRST);
        let svg = drawing(WIDE, "wide", "a \"b\" <c>", draw);
        assert!(
            svg.starts_with("<svg class=\"plot wide\" viewBox=\"0 0 620 250\" role=\"img\""),
            "{svg}"
        );
        assert!(svg.contains("aria-label=\"a &quot;b&quot; &lt;c&gt;\""), "{svg}");
        assert!(
            svg.contains("var(--first)") && !svg.contains("http") && !svg.contains('#'),
            "{svg}"
        );
    }

    #[test]
    fn time_is_told_in_minutes_where_there_are_some() {
        assert_eq!([5.0, 90.0, 3725.0].map(seconds), ["5", "1:30", "1:02:05"]);
    }
}
