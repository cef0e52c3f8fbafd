//! Parts that several sections use.

use maud::{Markup, html};

/// A bar of `value` on a scale that ends with `most`; its number stands beside it as text, so it is hidden from readers.
pub(super) fn bar(class: &str, value: f64, most: f64) -> Markup {
    let width = if most > 0.0 { value * 100.0 / most } else { 0.0 };
    html! {
        span.bar aria-hidden="true" { i class=(class) style=(format!("width:{width:.2}%")) {} }
    }
}

/// One figure in large.
pub(super) fn tile(class: &str, value: &str, what: &str) -> Markup {
    html! {
        div class={ "tile " (class) } { b { (value) } span { (what) } }
    }
}

/// Whether something is as it should be.
pub(super) fn verdict(good: bool) -> &'static str {
    if good { "good" } else { "bad" }
}
