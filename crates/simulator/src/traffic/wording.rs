//! Words of documents: places, abbreviations, subjects, sentences.

use std::sync::LazyLock;

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

use crate::topology::{AgencyEntry, Party};

/// What is filled into subjects: the sender's unit, the first receiver's, month and year of issue, an invented person, a
/// number below 100.
pub const PLACEHOLDERS: [&str; 6] = ["{place}", "{to}", "{month}", "{year}", "{person}", "{number}"];

/// Values for [`PLACEHOLDERS`], in their order.
pub(super) fn filled(subject: &str, values: [&str; 6]) -> String {
    PLACEHOLDERS
        .iter()
        .zip(values)
        .fold(subject.to_owned(), |subject, (name, value)| {
            subject.replace(name, value)
        })
}

/// `Ủy ban nhân dân huyện Vũ Thư` → `huyện Vũ Thư`; `Sở Nội vụ tỉnh Thái Bình` → `tỉnh Thái Bình`; a central agency's
/// name stays.
pub(super) fn unit_of(entry: &AgencyEntry) -> &str {
    let name = entry.name.as_str();
    match entry.party() {
        Party::Central => name,
        Party::Department => split_department(name).1,
        Party::Province | Party::District | Party::Commune => name.strip_prefix("Ủy ban nhân dân ").unwrap_or(name),
    }
}

/// The name of the department proper, and its province with its type.
fn split_department(name: &str) -> (&str, &str) {
    let at = [" tỉnh ", " thành phố "]
        .iter()
        .filter_map(|kind| name.rfind(kind))
        .max();
    at.map_or((name, ""), |at| (&name[..at], name[at..].trim_start()))
}

/// Where documents are dated: `Vũ Thư`, and `Hà Nội` for the centre.
pub(super) fn place_of(entry: &AgencyEntry) -> &str {
    if entry.party() == Party::Central {
        return "Hà Nội";
    }
    let unit = unit_of(entry);
    let kinds = [
        "tỉnh ",
        "thành phố ",
        "huyện ",
        "thị xã ",
        "quận ",
        "xã ",
        "phường ",
        "thị trấn ",
    ];
    kinds.iter().find_map(|kind| unit.strip_prefix(kind)).unwrap_or(unit)
}

/// As it stands in a notation: `UBND`, `SNV`, `BKHĐT`.
pub(super) fn abbreviation(entry: &AgencyEntry) -> String {
    let name = match entry.party() {
        Party::Province | Party::District | Party::Commune => return "UBND".to_owned(),
        Party::Department => split_department(&entry.name).0,
        Party::Central => &entry.name,
    };
    name.split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty() && *word != "và")
        .filter_map(|word| word.chars().next())
        .flat_map(|first| without_marks(first).to_uppercase())
        .collect()
}

/// `Ủ` → `U`; đ stays, it is a letter of its own.
fn without_marks(letter: char) -> char {
    letter.nfd().find(|part| !is_combining_mark(*part)).unwrap_or(letter)
}

/// Vietnamese in the letters of ASCII, for fonts that have no others.
pub(super) fn ascii(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            ' '..='~' => plain.push(letter),
            // What has no ASCII in it is left out, as marks are.
            '\u{80}'..LETTERS_END => plain.extend(ASCII_OF[letter as usize]),
            _ => plain.extend(plain_parts(letter)),
        }
    }
    plain
}

/// Past the letters of Vietnamese, composed and decomposed.
const LETTERS_END: char = '\u{2000}';

/// The letter of ASCII that a letter becomes, which is asked for every letter of every document.
static ASCII_OF: LazyLock<Vec<Option<char>>> = LazyLock::new(|| {
    let letters = '\0'..LETTERS_END;
    letters.map(|letter| plain_parts(letter).next()).collect()
});

fn plain_parts(letter: char) -> impl Iterator<Item = char> {
    letter.nfd().filter_map(|part| match part {
        'đ' => Some('d'),
        'Đ' => Some('D'),
        '–' | '—' => Some('-'),
        '“' | '”' => Some('"'),
        part if part.is_ascii_graphic() || part == ' ' => Some(part),
        _ => None,
    })
}

/// Characters of a sentence.
pub(super) fn sentence_length(place: usize) -> usize {
    static LENGTHS: LazyLock<Vec<usize>> =
        LazyLock::new(|| SENTENCES.iter().map(|text| text.chars().count()).collect());
    LENGTHS[place]
}

/// Units that draft official letters, as they stand in a notation.
pub(super) fn drafting_units(party: Party) -> &'static [&'static str] {
    match party {
        Party::Central => &["VP", "TH", "KSTT", "KHTC", "PC", "TCCB"],
        Party::Province | Party::District => &["VX", "KT", "NC", "NN", "TH", "KSTT"],
        Party::Department => &["VP", "KHTC", "TTr", "NV"],
        Party::Commune => &["VP", "VHXH", "ĐC", "TP"],
    }
}

/// Sentences that bodies of documents are made of.
pub(super) const SENTENCES: [&str; 16] = [
    "Thực hiện chương trình công tác năm và chỉ đạo của cấp trên, đề nghị các cơ quan, đơn vị triển khai các nội dung sau.",
    "Rà soát, đánh giá kết quả thực hiện trong kỳ; nêu rõ khó khăn, vướng mắc và nguyên nhân.",
    "Tăng cường ký số cá nhân, ký số cơ quan trên văn bản điện tử; không gửi kèm bản giấy đối với văn bản đã ký số.",
    "Bảo đảm hồ sơ được tiếp nhận, giải quyết và trả kết quả đúng hạn tại Bộ phận Một cửa các cấp.",
    "Cập nhật đầy đủ trạng thái xử lý văn bản trên hệ thống quản lý văn bản và điều hành.",
    "Phân công đầu mối theo dõi, đôn đốc; kịp thời báo cáo khi có phát sinh.",
    "Phối hợp chặt chẽ với các cơ quan liên quan trong quá trình tổ chức thực hiện.",
    "Đẩy mạnh tuyên truyền để người dân, doanh nghiệp sử dụng dịch vụ công trực tuyến mức độ 3, mức độ 4.",
    "Số liệu báo cáo tính đến ngày cuối cùng của tháng và được nhập trên hệ thống thông tin báo cáo.",
    "Thủ trưởng cơ quan, đơn vị chịu trách nhiệm về tính chính xác của số liệu.",
    "Tiếp tục thực hiện nghiêm các biện pháp phòng, chống dịch bệnh trong tình hình mới.",
    "Chuẩn bị đầy đủ cơ sở vật chất phục vụ năm học mới và các hoạt động kỷ niệm Quốc khánh.",
    "Kinh phí thực hiện được bố trí trong dự toán đã giao và các nguồn hợp pháp khác.",
    "Giao Văn phòng theo dõi, tổng hợp kết quả, báo cáo lãnh đạo xem xét, cho ý kiến.",
    "Trong quá trình thực hiện, nếu có vướng mắc, đề nghị phản ánh kịp thời để được hướng dẫn.",
    "Trân trọng cảm ơn sự phối hợp của quý cơ quan./.",
];

#[cfg(test)]
mod tests {
    use truc_document::{Level, SigningPolicy};

    use super::*;

    fn entry(code: &str, name: &str, level: Level, parent: Option<&str>) -> AgencyEntry {
        AgencyEntry {
            code: code.parse().unwrap(),
            legacy: None,
            name: name.to_owned(),
            level,
            parent: parent.map(|parent| parent.parse().unwrap()),
            province: code.split('.').next().unwrap().parse().unwrap(),
            connected: true,
            signing_policy: SigningPolicy::Required,
            systems: Vec::new(),
            portal_services: 0,
        }
    }

    #[track_caller]
    fn check(entry: &AgencyEntry, expected: [&str; 3]) {
        assert_eq!(
            [abbreviation(entry).as_str(), unit_of(entry), place_of(entry)],
            expected
        );
    }

    #[test]
    fn names_become_abbreviations_units_and_places() {
        let (province, commune) = (Level::Province, Level::Commune);
        check(
            &entry("H54", "Ủy ban nhân dân tỉnh Thái Bình", province, None),
            ["UBND", "tỉnh Thái Bình", "Thái Bình"],
        );
        check(
            &entry("H54.09", "Sở Nội vụ tỉnh Thái Bình", province, Some("H54")),
            ["SNV", "tỉnh Thái Bình", "Thái Bình"],
        );
        check(
            &entry(
                "H54.22",
                "Văn phòng Ủy ban nhân dân tỉnh Thái Bình",
                province,
                Some("H54"),
            ),
            ["VPUBND", "tỉnh Thái Bình", "Thái Bình"],
        );
        check(
            &entry("H54.42.02", "Ủy ban nhân dân xã Hồng Lý", commune, Some("H54.42")),
            ["UBND", "xã Hồng Lý", "Hồng Lý"],
        );
        let ministry = "Bộ Lao động - Thương binh và Xã hội";
        check(
            &entry("G07", ministry, Level::Central, None),
            ["BLĐTBXH", ministry, "Hà Nội"],
        );
        check(
            &entry("G16", "Bộ Văn hóa, Thể thao và Du lịch", Level::Central, None),
            ["BVHTTDL", "Bộ Văn hóa, Thể thao và Du lịch", "Hà Nội"],
        );
    }

    #[test]
    fn ascii_keeps_the_letters() {
        assert_eq!(
            ascii("Đề nghị các cơ quan, đơn vị – “khẩn”"),
            "De nghi cac co quan, don vi - \"khan\""
        );
    }
}
