//! A small PDF 1.4 with Vietnamese text and no embedded font.
//!
//! The fonts that every reader has lack Vietnamese letters, and embedding one would make each document 30 KB larger.
//! So the letters drawn are those of ASCII, and beside each line stands what it says (`ActualText`): search, copying and
//! screen readers give the text with all its marks. The title has them too.

use std::fmt::Write as _;

use super::wording::ascii;

/// Characters of a line, and lines of a page.
const LINE: usize = 88;
const PAGE: usize = 46;

/// A document of these paragraphs.
pub(super) fn pdf(title: &str, paragraphs: &[String]) -> Vec<u8> {
    let lines: Vec<String> = paragraphs.iter().flat_map(|paragraph| wrapped(paragraph)).collect();
    let pages: Vec<String> = lines.chunks(PAGE).map(page).collect();
    let kids: Vec<String> = (0..pages.len()).map(|at| format!("{} 0 R", 5 + 2 * at)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R /Lang (vi-VN) >>".to_owned(),
        format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), pages.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>".to_owned(),
        format!("<< /Title <{}> >>", utf16_hex(title)),
    ];
    for (at, content) in pages.iter().enumerate() {
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F 3 0 R >> >> /Contents {} 0 R >>",
            6 + 2 * at
        ));
        objects.push(format!("<< /Length {} >>\nstream\n{content}endstream", content.len()));
    }
    let mut file = String::from("%PDF-1.4\n");
    let mut offsets = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        offsets.push(file.len());
        let _ = write!(file, "{} 0 obj\n{object}\nendobj\n", at + 1);
    }
    let table = file.len();
    let _ = write!(file, "xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for offset in offsets {
        let _ = writeln!(file, "{offset:010} 00000 n ");
    }
    let _ = write!(
        file,
        "trailer\n<< /Size {} /Root 1 0 R /Info 4 0 R >>\nstartxref\n{table}\n%%EOF\n",
        objects.len() + 1
    );
    file.into_bytes()
}

fn page(lines: &[String]) -> String {
    let mut content = String::from("BT /F 12 Tf 15 TL 70 780 Td\n");
    for line in lines {
        let drawn = ascii(line)
            .replace('\\', "\\\\")
            .replace('(', "\\(")
            .replace(')', "\\)");
        let _ = writeln!(
            content,
            "/Span << /ActualText <{}> >> BDC ({drawn}) Tj EMC T*",
            utf16_hex(line)
        );
    }
    content.push_str("ET\n");
    content
}

/// A text string as PDF has it beyond Latin: UTF-16, big end first, with its mark.
fn utf16_hex(text: &str) -> String {
    let mut hex = String::from("FEFF");
    for unit in text.encode_utf16() {
        let _ = write!(hex, "{unit:04X}");
    }
    hex
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
        let file = String::from_utf8(pdf("Thử", &vec!["Đề nghị các cơ quan (khẩn)".to_owned(); 100])).unwrap();
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
