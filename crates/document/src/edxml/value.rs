//! A field that has a form, and what becomes of it where a package does not keep that form.

/// A value as the standard has it, or the text that stood in its place. A text is kept so that the way back loses nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<T> {
    /// Understood.
    Known(T),
    /// Not understood, as it stood, without blanks around it.
    Text(String),
}

impl<T> Value<T> {
    /// The value, where it was understood.
    #[must_use]
    pub const fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Text(_) => None,
        }
    }
}

impl<T> From<T> for Value<T> {
    fn from(value: T) -> Self {
        Self::Known(value)
    }
}

/// The value of a field that may be absent, where it was understood.
pub(super) fn known<T: Copy>(field: Option<&Value<T>>) -> Option<T> {
    field.and_then(Value::known).copied()
}
