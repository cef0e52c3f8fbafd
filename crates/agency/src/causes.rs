//! An error told with all its causes: tonic's own text is often no more than `transport error`.

use std::error::Error;

/// `text`, then each cause from `source` on that it does not say already.
pub(crate) fn with_causes(mut text: String, mut source: Option<&(dyn Error + 'static)>) -> String {
    while let Some(cause) = source {
        let told = cause.to_string();
        if !text.contains(&told) {
            text.push_str(": ");
            text.push_str(&told);
        }
        source = cause.source();
    }
    text
}
