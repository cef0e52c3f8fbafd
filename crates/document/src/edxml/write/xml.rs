//! Elements on their way to bytes, indented for who looks at them.

use std::io::Write;

use jiff::civil::{Date, DateTime};

use super::{
    super::{Profile, Value, read::is_allowed},
    WriteError,
};

/// Writes elements of one profile.
pub(super) struct Xml<W> {
    out: W,
    pub(super) profile: Profile,
    /// `edXML:` or nothing.
    prefix: &'static str,
    depth: usize,
}

impl<W: Write> Xml<W> {
    pub(super) const fn new(out: W, profile: Profile) -> Self {
        Self {
            out,
            profile,
            prefix: "",
            depth: 0,
        }
    }

    pub(super) fn declaration(&mut self) -> Result<(), WriteError> {
        self.out.write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<(), WriteError> {
        self.out.write_all(b"\n")?;
        self.out.flush()?;
        Ok(())
    }

    /// What stands before the names of the elements that follow.
    pub(super) const fn set_prefix(&mut self, prefix: &'static str) {
        self.prefix = prefix;
    }

    pub(super) const fn prefix(&self) -> &'static str {
        self.prefix
    }

    fn line(&mut self) -> Result<(), WriteError> {
        write!(self.out, "\n{:1$}", "", self.depth * 2)?;
        Ok(())
    }

    pub(super) fn open(&mut self, name: &str) -> Result<(), WriteError> {
        self.open_with(name, &[])
    }

    pub(super) fn open_with(&mut self, name: &str, attributes: &[(&str, &str)]) -> Result<(), WriteError> {
        self.line()?;
        self.tag(name, attributes)?;
        self.depth += 1;
        Ok(())
    }

    fn tag(&mut self, name: &str, attributes: &[(&str, &str)]) -> Result<(), WriteError> {
        write!(self.out, "<{}{name}", self.prefix)?;
        for (key, value) in attributes {
            let value = escaped(key, value)?.replace('\n', "&#10;").replace('\t', "&#9;");
            write!(self.out, " {key}=\"{value}\"")?;
        }
        self.out.write_all(b">")?;
        Ok(())
    }

    pub(super) fn close(&mut self, name: &str) -> Result<(), WriteError> {
        self.depth -= 1;
        self.line()?;
        write!(self.out, "</{}{name}>", self.prefix)?;
        Ok(())
    }

    /// An element of text, also where the text is empty.
    pub(super) fn leaf(&mut self, name: &str, text: &str) -> Result<(), WriteError> {
        self.line()?;
        self.tag(name, &[])?;
        let text = escaped(name, text)?;
        write!(self.out, "{text}</{}{name}>", self.prefix)?;
        Ok(())
    }

    /// An element of text where there is any.
    pub(super) fn text(&mut self, name: &str, text: &str) -> Result<(), WriteError> {
        if text.is_empty() { Ok(()) } else { self.leaf(name, text) }
    }

    pub(super) fn value<T: std::fmt::Display>(
        &mut self,
        name: &str,
        value: Option<&Value<T>>,
    ) -> Result<(), WriteError> {
        match value {
            None => Ok(()),
            Some(Value::Known(value)) => self.leaf(name, &value.to_string()),
            Some(Value::Text(text)) => self.text(name, text),
        }
    }

    pub(super) fn day(&mut self, name: &str, value: Option<&Value<Date>>) -> Result<(), WriteError> {
        let provincial = self.profile == Profile::Provincial;
        match value {
            Some(Value::Known(day)) if provincial => self.leaf(name, &format!("{day}T00:00:00+07:00")),
            Some(Value::Known(day)) => self.leaf(name, &slashed(*day)),
            Some(Value::Text(text)) => self.text(name, text),
            None => Ok(()),
        }
    }

    /// A time; `day_first` as Bkav writes those of hops.
    pub(super) fn time(
        &mut self,
        name: &str,
        value: Option<&Value<DateTime>>,
        day_first: bool,
    ) -> Result<(), WriteError> {
        let time = match value {
            None => return Ok(()),
            Some(Value::Text(text)) => return self.text(name, text),
            Some(Value::Known(time)) => time,
        };
        let clock = format!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second());
        let date = time.date();
        let text = match self.profile {
            Profile::Provincial => format!("{date}T{clock}+07:00"),
            _ if day_first => format!("{:02}/{:02}/{:04} {clock}", date.day(), date.month(), date.year()),
            _ => format!("{} {clock}", slashed(date)),
        };
        self.leaf(name, &text)
    }

    /// An element whose content `fill` writes, on the same line.
    pub(super) fn filled(
        &mut self,
        name: &str,
        attributes: &[(&str, &str)],
        fill: impl FnOnce(&mut W) -> Result<(), WriteError>,
    ) -> Result<(), WriteError> {
        self.line()?;
        self.tag(name, attributes)?;
        fill(&mut self.out)?;
        write!(self.out, "</{}{name}>", self.prefix)?;
        Ok(())
    }

    /// Text as it is.
    pub(super) fn raw(&mut self, raw: &str) -> Result<(), WriteError> {
        self.line()?;
        self.out.write_all(raw.as_bytes())?;
        Ok(())
    }
}

fn slashed(day: Date) -> String {
    format!("{:04}/{:02}/{:02}", day.year(), day.month(), day.day())
}

/// A text for XML. A return would be read as a line end.
fn escaped(name: &str, text: &str) -> Result<String, WriteError> {
    if let Some(found) = text.chars().find(|&found| !is_allowed(found)) {
        return Err(WriteError::Character {
            element: name.to_owned(),
            character: u32::from(found),
        });
    }
    Ok(quick_xml::escape::escape(text).replace('\r', "&#13;"))
}
