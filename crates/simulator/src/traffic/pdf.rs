//! A small PDF 1.4 with Vietnamese text and no embedded font.
//!
//! The fonts that every reader has lack Vietnamese letters, and embedding one would make each document 30 KB larger.
//! So the letters drawn are those of ASCII, and beside each line stands what it says (`ActualText`): search, copying and
//! screen readers give the text with all its marks. The title has them too.

use std::{fmt::Write as _, sync::LazyLock};

use super::wording::{SENTENCES, ascii};

/// Characters of a line, and lines of a page.
const LINE: usize = 88;
const PAGE: usize = 46;
/// What a page's content begins and ends with.
const BEGIN: &str = "BT /F 12 Tf 15 TL 70 780 Td\n";
const END: &str = "ET\n";

/// Most of what a document says is said in all of them, so it is put into the form of a file once.
static SENTENCE_LINES: LazyLock<Vec<Vec<String>>> =
    LazyLock::new(|| SENTENCES.iter().map(|text| drawn(text)).collect());

/// What stands in one paragraph.
#[derive(Clone, Copy, Debug)]
pub(super) enum Paragraph<'a> {
    /// Words of its own.
    Text(&'a str),
    /// One of [`SENTENCES`], by its place.
    Sentence(usize),
}

/// A document of these paragraphs.
pub(super) fn pdf(title: &str, paragraphs: &[Paragraph<'_>]) -> Vec<u8> {
    let own: Vec<Vec<String>> = paragraphs
        .iter()
        .map(|paragraph| match paragraph {
            Paragraph::Text(text) => drawn(text),
            Paragraph::Sentence(_) => Vec::new(),
        })
        .collect();
    let lines: Vec<&str> = paragraphs
        .iter()
        .zip(&own)
        .flat_map(|(paragraph, own)| match paragraph {
            Paragraph::Text(_) => own,
            Paragraph::Sentence(place) => &SENTENCE_LINES[*place],
        })
        .map(String::as_str)
        .collect();
    let pages: Vec<&[&str]> = lines.chunks(PAGE).collect();
    let size: usize = lines.iter().map(|line| line.len()).sum();
    let mut file = File::begin(size + 1024 + 300 * pages.len());
    file.object(format_args!("<< /Type /Catalog /Pages 2 0 R /Lang (vi-VN) >>"));
    let mut kids = String::new();
    for at in 0..pages.len() {
        let _ = write!(kids, "{}{} 0 R", if at == 0 { "" } else { " " }, 5 + 2 * at);
    }
    file.object(format_args!("<< /Type /Pages /Kids [{kids}] /Count {} >>", pages.len()));
    file.object(format_args!("<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>"));
    file.object(format_args!("<< /Title <{}> >>", utf16_hex(title)));
    for (at, page) in pages.iter().enumerate() {
        file.object(format_args!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F 3 0 R >> >> /Contents {} 0 R >>",
            6 + 2 * at
        ));
        file.content(page);
    }
    file.end()
}

/// A file as it grows.
struct File {
    text: String,
    offsets: Vec<usize>,
}

impl File {
    fn begin(size: usize) -> Self {
        let mut text = String::with_capacity(size);
        text.push_str("%PDF-1.4\n");
        Self {
            text,
            offsets: Vec::new(),
        }
    }

    fn object(&mut self, what: std::fmt::Arguments<'_>) {
        self.offsets.push(self.text.len());
        let number = self.offsets.len();
        let _ = write!(self.text, "{number} 0 obj\n{what}\nendobj\n");
    }

    /// The content of a page.
    fn content(&mut self, lines: &[&str]) {
        self.offsets.push(self.text.len());
        let number = self.offsets.len();
        let length = BEGIN.len() + lines.iter().map(|line| line.len()).sum::<usize>() + END.len();
        let _ = write!(self.text, "{number} 0 obj\n<< /Length {length} >>\nstream\n{BEGIN}");
        for line in lines {
            self.text.push_str(line);
        }
        self.text.push_str(END);
        self.text.push_str("endstream\nendobj\n");
    }

    fn end(mut self) -> Vec<u8> {
        let table = self.text.len();
        let size = self.offsets.len() + 1;
        let _ = write!(self.text, "xref\n0 {size}\n0000000000 65535 f \n");
        for offset in self.offsets {
            let _ = writeln!(self.text, "{offset:010} 00000 n ");
        }
        let _ = write!(
            self.text,
            "trailer\n<< /Size {size} /Root 1 0 R /Info 4 0 R >>\nstartxref\n{table}\n%%EOF\n"
        );
        self.text.into_bytes()
    }
}

/// The lines of a paragraph as a page's content has them.
fn drawn(paragraph: &str) -> Vec<String> {
    let line = |line: &String| {
        let mut drawn = String::with_capacity(line.len() * 5 + 60);
        drawn.push_str("/Span << /ActualText <");
        push_utf16_hex(&mut drawn, line);
        drawn.push_str("> >> BDC (");
        for letter in ascii(line).chars() {
            if matches!(letter, '\\' | '(' | ')') {
                drawn.push('\\');
            }
            drawn.push(letter);
        }
        drawn.push_str(") Tj EMC T*\n");
        drawn
    };
    wrapped(paragraph).iter().map(line).collect()
}

/// A text string as PDF has it beyond Latin: UTF-16, big end first, with its mark.
fn utf16_hex(text: &str) -> String {
    let mut hex = String::with_capacity(4 + text.len() * 4);
    push_utf16_hex(&mut hex, text);
    hex
}

fn push_utf16_hex(hex: &mut String, text: &str) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    hex.push_str("FEFF");
    for unit in text.encode_utf16() {
        for shift in [12, 8, 4, 0] {
            hex.push(char::from(DIGITS[usize::from(unit >> shift & 0xf)]));
        }
    }
}

fn wrapped(paragraph: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut length = 0;
    for word in paragraph.split_whitespace() {
        let more = word.chars().count() + 1;
        if length > 0 && length + more > LINE {
            lines.push(String::new());
            length = 0;
        }
        if let Some(line) = lines.last_mut() {
            if length > 0 {
                line.push(' ');
            }
            line.push_str(word);
        }
        length += more;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_lead_to_the_objects() {
        let file = String::from_utf8(pdf("Thử", &[Paragraph::Text("Đề nghị các cơ quan (khẩn)"); 100])).unwrap();
        let table = file.rfind("startxref\n").unwrap();
        let start: usize = file[table + 10..].lines().next().unwrap().parse().unwrap();
        assert!(
            file[start..].starts_with("xref\n0 11\n"),
            "{}",
            &file[start..start + 20]
        );
        for (number, entry) in file[start..].lines().skip(3).take(10).enumerate() {
            let offset: usize = entry[..10].parse().unwrap();
            assert!(file[offset..].starts_with(&format!("{} 0 obj", number + 1)));
        }
        assert_eq!(file.matches("/Type /Page ").count(), 3);
        assert!(file.contains("(De nghi cac co quan \\(khan\\)) Tj"));
        // Đ is U+0110.
        assert!(file.contains("/ActualText <FEFF0110"));
    }

    #[test]
    fn lines_are_not_too_long_and_lose_nothing() {
        let paragraph = "một hai ba ".repeat(40);
        let lines = wrapped(&paragraph);
        assert!(lines.iter().all(|line| line.chars().count() <= LINE));
        assert_eq!(lines.join(" "), paragraph.trim());
    }
}
