//! What somebody could send to do harm is refused, with the place and the reason.

use std::io::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use flate2::{Compression, write::DeflateEncoder};
use truc_document::edxml::{FindingCode, Package, ReadErrorCode, ReadLimits, read_whole};

use super::{read, sample};

fn letter() -> String {
    String::from_utf8(sample("letter")).unwrap()
}

#[track_caller]
fn refused(package: impl AsRef<[u8]>, code: ReadErrorCode) {
    let error = read(package.as_ref()).expect_err(code.code());
    assert_eq!(error.code, code, "{error}");
    assert!(error.at.line > 0 && error.at.column > 0 && !error.message.is_empty());
}

#[track_caller]
fn found(package: impl AsRef<[u8]>, code: FindingCode) {
    let whole = read(package.as_ref()).unwrap();
    let codes: Vec<FindingCode> = whole.reading.findings.iter().map(|finding| finding.code).collect();
    assert!(codes.contains(&code), "{codes:?}");
}

/// The letter with another content of its first file.
fn with_content(name: &str, content: &str) -> String {
    let letter = letter().replace("cong-van.txt", name);
    let begin = letter.find("ContentTransferEncoded xmlns").unwrap();
    let begin = begin + letter[begin..].find('>').unwrap() + 1;
    let end = begin + letter[begin..].find('<').unwrap();
    format!("{}{content}{}", &letter[..begin], &letter[end..])
}

/// A zip as Java streams it: sizes behind the data.
fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = Vec::new();
    let mut directory = Vec::new();
    for (name, content) in entries {
        let offset = u32::try_from(zip.len()).unwrap();
        let mut deflated = DeflateEncoder::new(Vec::new(), Compression::best());
        deflated.write_all(content).unwrap();
        let deflated = deflated.finish().unwrap();
        let name_length = u16::try_from(name.len()).unwrap().to_le_bytes();
        let sizes = [
            crc32fast::hash(content).to_le_bytes(),
            u32::try_from(deflated.len()).unwrap().to_le_bytes(),
            u32::try_from(content.len()).unwrap().to_le_bytes(),
        ]
        .concat();
        zip.extend_from_slice(b"PK\x03\x04\x14\0\x08\x08\x08\0\0\0\x21\0");
        zip.extend_from_slice(&[0; 12]);
        zip.extend_from_slice(&name_length);
        zip.extend_from_slice(&[0; 2]);
        zip.extend_from_slice(name.as_bytes());
        zip.extend_from_slice(&deflated);
        zip.extend_from_slice(b"PK\x07\x08");
        zip.extend_from_slice(&sizes);
        directory.extend_from_slice(b"PK\x01\x02\x14\0\x14\0\x08\x08\x08\0\0\0\x21\0");
        directory.extend_from_slice(&sizes);
        directory.extend_from_slice(&name_length);
        directory.extend_from_slice(&[0; 12]);
        directory.extend_from_slice(&offset.to_le_bytes());
        directory.extend_from_slice(name.as_bytes());
    }
    let count = u16::try_from(entries.len()).unwrap().to_le_bytes();
    let (size, offset) = (directory.len(), zip.len());
    zip.extend_from_slice(&directory);
    zip.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    zip.extend_from_slice(&count);
    zip.extend_from_slice(&count);
    zip.extend_from_slice(&u32::try_from(size).unwrap().to_le_bytes());
    zip.extend_from_slice(&u32::try_from(offset).unwrap().to_le_bytes());
    zip.extend_from_slice(&[0; 2]);
    zip
}

fn zipped(name: &str, entries: &[(&str, &[u8])]) -> String {
    with_content(name, &STANDARD.encode(zip(entries)))
}

#[test]
fn a_doctype_is_refused_whatever_it_says() {
    for doctype in [
        "<!DOCTYPE edXML>",
        "<!DOCTYPE edXML SYSTEM \"file:///etc/passwd\">",
        "<!DOCTYPE edXML [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>",
        "<!DOCTYPE edXML [<!ENTITY x SYSTEM \"http://example.vn/x\">]>",
    ] {
        refused(
            letter().replacen("<edXML ", &format!("{doctype}<edXML "), 1),
            ReadErrorCode::DoctypeForbidden,
        );
    }
}

#[test]
fn entities_are_those_of_xml_alone() {
    refused(letter().replace("&amp;", "&xxe;"), ReadErrorCode::EntityUnknown);
    refused(letter().replace("&amp;", "&#0;"), ReadErrorCode::CharacterForbidden);
    refused(letter().replace("&amp;", "&#x1F;"), ReadErrorCode::CharacterForbidden);
    refused(letter().replace("&amp;", "\u{1}"), ReadErrorCode::CharacterForbidden);
    refused(letter().replace("&amp;", "&"), ReadErrorCode::NotWellFormed);
    refused(
        letter().replace("version=\"1.0\">", "version=\"&xxe;\">"),
        ReadErrorCode::EntityUnknown,
    );
    refused(
        letter().replace("version=\"1.0\">", "version=\"\u{6}\">"),
        ReadErrorCode::CharacterForbidden,
    );
    refused(
        letter().replace("version=\"1.0\">", "version=\"&#6;\">"),
        ReadErrorCode::CharacterForbidden,
    );
    refused(
        letter().replacen("<edXML:Code>", "<!-- \u{7} --><edXML:Code>", 1),
        ReadErrorCode::CharacterForbidden,
    );
    assert!(read(letter().replace("&amp;", "&#38;&lt;").as_bytes()).is_ok());
}

#[test]
fn depth_attributes_names_and_texts_have_limits() {
    let limits = ReadLimits::default();
    let inside = |inner: &str| letter().replacen("<edXML:MessageHeader>", &format!("<edXML:MessageHeader>{inner}"), 1);
    refused(inside(&"<a>".repeat(limits.depth_max)), ReadErrorCode::TooDeep);
    let attributes: String = (0..=limits.attributes_max).map(|at| format!(" a{at}=\"\"")).collect();
    refused(inside(&format!("<a{attributes}/>")), ReadErrorCode::TooManyAttributes);
    refused(inside("<a b=\"1\" b=\"2\"/>"), ReadErrorCode::NotWellFormed);
    let name = "a".repeat(limits.name_bytes_max + 1);
    refused(inside(&format!("<{name}/>")), ReadErrorCode::NameTooLong);
    refused(inside(&format!("<a {name}=\"\"/>")), ReadErrorCode::NameTooLong);
    let text = "a".repeat(limits.text_bytes_max + (64 << 10) + 1);
    refused(inside(&format!("<a>{text}</a>")), ReadErrorCode::TextTooLarge);
    refused(inside(&format!("<a b=\"{text}\"/>")), ReadErrorCode::TextTooLarge);
    refused(inside(&format!("<!--{text}-->")), ReadErrorCode::TextTooLarge);
    let in_parts = "a&amp;".repeat(limits.text_bytes_max / 2 + 1);
    refused(inside(&format!("<a>{in_parts}</a>")), ReadErrorCode::TextTooLarge);
    let elements = "<a/>".repeat(limits.elements_max + 1);
    refused(inside(&elements), ReadErrorCode::TooManyElements);
    let texts = format!("<a>{}</a>", "b".repeat(200 << 10)).repeat(50);
    refused(inside(&texts), ReadErrorCode::TooLarge);
    let declarations: String = (0..30).map(|at| format!(" xmlns:n{at}=\"u\"")).collect();
    refused(
        inside(&format!("<a{declarations}><a{declarations}><a{declarations}>")),
        ReadErrorCode::NamespaceInvalid,
    );
}

#[test]
fn limits_can_be_set() {
    let limits = ReadLimits {
        attachments_max: 1,
        ..ReadLimits::default()
    };
    let error = read_whole(sample("letter").as_slice(), &limits).unwrap_err();
    assert_eq!(error.code, ReadErrorCode::TooManyAttachments);
    for limits in [
        ReadLimits {
            attachment_bytes_max: 40,
            ..ReadLimits::default()
        },
        ReadLimits {
            attachments_bytes_max: 100,
            ..ReadLimits::default()
        },
    ] {
        let error = read_whole(sample("letter").as_slice(), &limits).unwrap_err();
        assert_eq!(error.code, ReadErrorCode::AttachmentTooLarge);
    }
}

#[test]
fn zip_bombs_are_refused() {
    let zeros = vec![0; 24 << 20];
    refused(zipped("bom.pdf", &[("bom.pdf", &zeros)]), ReadErrorCode::ZipBomb);
    let limits = ReadLimits {
        attachment_bytes_max: 1 << 20,
        ..ReadLimits::default()
    };
    let package = zipped("bom.pdf", &[("bom.pdf", &zeros[..2 << 20])]);
    let error = read_whole(package.as_bytes(), &limits).unwrap_err();
    assert_eq!(error.code, ReadErrorCode::AttachmentTooLarge);
}

#[test]
fn damaged_zips_are_refused() {
    let good = zip(&[("van-ban.pdf", b"van ban".repeat(40).as_slice())]);
    let package = |zip: &[u8]| with_content("van-ban.pdf", &STANDARD.encode(zip));
    assert!(read(package(&good).as_bytes()).is_ok());
    for cut in [45, good.len() / 2, good.len() - 30, good.len() - 15] {
        refused(package(&good[..cut]), ReadErrorCode::ZipInvalid);
    }
    let mut wrong_sum = good.clone();
    let at = wrong_sum.windows(4).position(|bytes| bytes == b"PK\x07\x08").unwrap() + 4;
    wrong_sum[at] ^= 1;
    refused(package(&wrong_sum), ReadErrorCode::ZipInvalid);
    let mut encrypted = good.clone();
    encrypted[6] |= 1;
    refused(package(&encrypted), ReadErrorCode::ZipInvalid);
    let mut other_method = good;
    other_method[8] = 14;
    refused(package(&other_method), ReadErrorCode::ZipInvalid);
}

#[test]
fn a_zip_of_several_entries_stays_one() {
    let several = zip(&[("a.txt", b"a"), ("b.txt", b"b")]);
    let whole = read(with_content("ho-so.pdf", &STANDARD.encode(&several)).as_bytes()).unwrap();
    assert_eq!(whole.contents[0], several);
    let large: Vec<u8> = noise(9 << 20);
    refused(
        zipped("ho-so.pdf", &[("a.txt", &large), ("b.txt", b"b")]),
        ReadErrorCode::ZipSeveral,
    );
    let whole = read(zipped("ho-so.pdf", &[("a.txt", &large)]).as_bytes()).unwrap();
    assert!(whole.contents[0] == large);
}

/// Bytes that don't compress.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    (0..length)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 32) as u8
        })
        .collect()
}

#[test]
fn content_ids_may_be_missing_or_twice() {
    found(letter().replace("cid:2", "cid:1"), FindingCode::ContentIdDuplicated);
    found(
        letter().replace("<ContentId>cid:2</ContentId>", ""),
        FindingCode::ContentIdMissing,
    );
    found(
        letter().replace("<ContentId>cid:2</ContentId>", "<ContentId>cid:3</ContentId>"),
        FindingCode::ReferenceWithoutAttachment,
    );
    found(
        letter().replace("<ContentId>cid:2</ContentId>", "<ContentId>cid:3</ContentId>"),
        FindingCode::AttachmentNotInManifest,
    );
    found(
        letter().replacen("cong-van.txt", "khac.txt", 1),
        FindingCode::AttachmentNameDiffers,
    );
}

#[test]
fn contents_follow_their_file_even_where_one_has_none() {
    let letter = letter();
    let begin = letter.find("      <edXML:ContentTransferEncoded").unwrap();
    let end = begin + letter[begin..].find('\n').unwrap() + 1;
    let package = format!("{}{}", &letter[..begin], &letter[end..]);
    found(&package, FindingCode::AttachmentContentMissing);
    let whole = read(package.as_bytes()).unwrap();
    assert!(whole.contents[0].is_empty() && whole.contents[1].starts_with(b"PK"));
}

#[test]
fn utf8_is_the_encoding() {
    let letter = letter();
    let with_mark = format!("\u{feff}{letter}");
    assert_eq!(
        read(with_mark.as_bytes()).unwrap().reading,
        read(letter.as_bytes()).unwrap().reading
    );
    let utf16 = |big: bool| -> Vec<u8> {
        letter
            .encode_utf16()
            .flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() })
            .collect()
    };
    refused(utf16(true), ReadErrorCode::EncodingUnsupported);
    refused(utf16(false), ReadErrorCode::EncodingUnsupported);
    refused(
        [b"\xFF\xFE".to_vec(), utf16(false)].concat(),
        ReadErrorCode::EncodingUnsupported,
    );
    refused(
        [b"\xFE\xFF".to_vec(), utf16(true)].concat(),
        ReadErrorCode::EncodingUnsupported,
    );
    // Declared, and not so.
    found(
        letter.replacen("UTF-8", "UTF-16", 1),
        FindingCode::EncodingDeclaredOtherwise,
    );
    let mut broken = letter.clone().into_bytes();
    let at = letter.find("thử nghiệm").unwrap() + 2;
    broken[at] = 0xFF;
    refused(&broken, ReadErrorCode::Utf8Invalid);
    // Windows-1258 has single bytes where UTF-8 has several.
    let ansi: Vec<u8> = letter
        .chars()
        .map(|found| u8::try_from(u32::from(found)).unwrap_or(0xE3))
        .collect();
    refused(&ansi, ReadErrorCode::Utf8Invalid);
}

#[test]
fn what_is_no_xml_is_refused() {
    refused(b"", ReadErrorCode::NotXml);
    refused(b"{\"docId\": 1}", ReadErrorCode::NotXml);
    refused([0_u8; 4096], ReadErrorCode::NotXml);
    refused(b"%PDF-1.4", ReadErrorCode::NotXml);
    refused(b"<?xml version=\"1.0\"?>", ReadErrorCode::NotXml);
    refused(b"<html/>", ReadErrorCode::RootUnknown);
    refused(
        b"<edXML xmlns=\"http://www.mic.gov.vn/TBT/QCVN_102_2016\"/>",
        ReadErrorCode::HeaderMissing,
    );
    let junk = format!("{}{}", "x".repeat(2000), letter());
    refused(&junk, ReadErrorCode::NotXml);
}

#[test]
fn cut_packages_are_refused_wherever_they_are_cut() {
    let letter = sample("letter");
    let end = letter.len() - "</edXML>\n".len();
    for cut in (1..end).step_by(7) {
        assert!(read(&letter[..cut]).is_err(), "cut at {cut}");
    }
    refused(&letter[..end], ReadErrorCode::Truncated);
}

#[test]
fn broken_nesting_is_refused() {
    refused(
        letter().replacen("</edXML:Subject>", "</edXML:Subjekt>", 1),
        ReadErrorCode::NotWellFormed,
    );
    refused(format!("{}<edXML/>", letter()), ReadErrorCode::NotWellFormed);
    refused(format!("{}</edXML>", letter()), ReadErrorCode::NotWellFormed);
    found(format!("{}\0x", letter()).replace('\0', ""), FindingCode::TextAfterRoot);
}

#[test]
fn unbound_prefixes_and_strange_namespaces_are_read_by_name() {
    let letter = letter();
    let unbound = letter.replacen(" xmlns:edXML=\"http://www.mic.gov.vn/TBT/QCVN_102_2016\"", "", 1);
    found(&unbound, FindingCode::UnboundPrefix);
    let none = letter.replace(" xmlns=\"http://www.mic.gov.vn/TBT/QCVN_102_2016\"", "");
    found(&none, FindingCode::NamespaceUnexpected);
    let other = letter.replace("QCVN_102_2016", "QCVN_102_2017");
    found(&other, FindingCode::NamespaceUnexpected);
    for package in [unbound, none, other] {
        let Package::Document(document) = read(package.as_bytes()).unwrap().reading.package else {
            panic!("a document");
        };
        assert_eq!(document.code.notation, "UBND-VX");
        assert_eq!(document.attachments.len(), 2);
    }
    // What is in another namespace beside the package's own is none of it.
    let foreign = letter.replacen(
        "<edXML:Subject>",
        "<x:Subject xmlns:x=\"urn:x\">khác</x:Subject><edXML:Subject>",
        1,
    );
    found(&foreign, FindingCode::UnknownElement);
}

#[test]
fn what_is_not_of_the_standard_is_told() {
    let letter = letter();
    let header = |inner: &str| letter.replacen("<edXML:MessageHeader>", &format!("<edXML:MessageHeader>{inner}"), 1);
    found(header("<edXML:Secret>1</edXML:Secret>"), FindingCode::UnknownElement);
    found(header("chữ lạc"), FindingCode::UnexpectedText);
    found(header("<?php x ?>"), FindingCode::ProcessingInstruction);
    found(
        header("<edXML:Subject>hai</edXML:Subject>"),
        FindingCode::ElementRepeated,
    );
    found(letter.replace("2020/09/15", "2020/02/30"), FindingCode::DateInvalid);
    found(
        letter.replace("<edXML:PageAmount>2<", "<edXML:PageAmount>hai<"),
        FindingCode::NumberInvalid,
    );
    found(
        letter.replace("<edXML:Priority>1<", "<edXML:Priority>9<"),
        FindingCode::ValueUnknown,
    );
    found(
        letter.replace("Phó Chủ tịch", &"x".repeat(101)),
        FindingCode::LengthOver,
    );
    found(
        letter.replace("application/zip", "application/pdf"),
        FindingCode::AttachmentTypeDiffers,
    );
    found(with_content("trong.pdf", ""), FindingCode::AttachmentEmpty);
    let accepted = String::from_utf8(sample("status-accepted")).unwrap();
    found(accepted.replace(">03<", ">3<"), FindingCode::StatusForm);
    found(accepted.replace(">03<", ">99<"), FindingCode::StatusUnknown);
}

#[test]
fn what_the_sink_says_ends_the_reading() {
    let mut sink = |_: usize, _: &[u8]| Err(std::io::Error::other("đĩa đầy"));
    let error = truc_document::edxml::read(sample("letter").as_slice(), &ReadLimits::default(), &mut sink).unwrap_err();
    assert_eq!(error.code, ReadErrorCode::SinkFailed);
    assert_eq!(error.source.unwrap().to_string(), "đĩa đầy");
}
