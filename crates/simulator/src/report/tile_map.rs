//! Vietnam as a map of tiles: each province one tile of the same size, about where it lies. Small provinces can be read as well
//! as large ones, which a true map does not allow. Provinces as of 2020: 63.

use maud::{Markup, html};

use super::{Language, ProvinceLine, Report, words::short_name};

/// Code, column, row, name. Columns from the west, rows from the north.
const TILES: [(&str, u8, u8, &str); 63] = [
    ("H38", 2, 0, "Lào Cai"),
    ("H22", 3, 0, "Hà Giang"),
    ("H14", 4, 0, "Cao Bằng"),
    ("H35", 1, 1, "Lai Châu"),
    ("H63", 2, 1, "Yên Bái"),
    ("H60", 3, 1, "Tuyên Quang"),
    ("H03", 4, 1, "Bắc Kạn"),
    ("H37", 5, 1, "Lạng Sơn"),
    ("H18", 0, 2, "Điện Biên"),
    ("H52", 1, 2, "Sơn La"),
    ("H44", 2, 2, "Phú Thọ"),
    ("H62", 3, 2, "Vĩnh Phúc"),
    ("H55", 4, 2, "Thái Nguyên"),
    ("H02", 5, 2, "Bắc Giang"),
    ("H49", 6, 2, "Quảng Ninh"),
    ("H28", 2, 3, "Hòa Bình"),
    ("H26", 3, 3, "Hà Nội"),
    ("H05", 4, 3, "Bắc Ninh"),
    ("H23", 5, 3, "Hải Dương"),
    ("H24", 6, 3, "Hải Phòng"),
    ("H25", 3, 4, "Hà Nam"),
    ("H31", 4, 4, "Hưng Yên"),
    ("H54", 5, 4, "Thái Bình"),
    ("H42", 3, 5, "Ninh Bình"),
    ("H40", 4, 5, "Nam Định"),
    ("H56", 3, 6, "Thanh Hóa"),
    ("H41", 3, 7, "Nghệ An"),
    ("H27", 3, 8, "Hà Tĩnh"),
    ("H46", 4, 9, "Quảng Bình"),
    ("H50", 4, 10, "Quảng Trị"),
    ("H57", 5, 11, "TT Huế"),
    ("H17", 6, 11, "Đà Nẵng"),
    ("H47", 6, 12, "Quảng Nam"),
    ("H34", 5, 13, "Kon Tum"),
    ("H48", 6, 13, "Quảng Ngãi"),
    ("H21", 5, 14, "Gia Lai"),
    ("H08", 6, 14, "Bình Định"),
    ("H15", 5, 15, "Đắk Lắk"),
    ("H45", 6, 15, "Phú Yên"),
    ("H10", 4, 16, "Bình Phước"),
    ("H16", 5, 16, "Đắk Nông"),
    ("H32", 6, 16, "Khánh Hòa"),
    ("H53", 3, 17, "Tây Ninh"),
    ("H09", 4, 17, "Bình Dương"),
    ("H36", 5, 17, "Lâm Đồng"),
    ("H43", 6, 17, "Ninh Thuận"),
    ("H39", 2, 18, "Long An"),
    ("H29", 3, 18, "TP. HCM"),
    ("H19", 4, 18, "Đồng Nai"),
    ("H11", 5, 18, "Bình Thuận"),
    ("H01", 0, 19, "An Giang"),
    ("H20", 1, 19, "Đồng Tháp"),
    ("H58", 2, 19, "Tiền Giang"),
    ("H06", 4, 19, "Bà Rịa–VT"),
    ("H33", 0, 20, "Kiên Giang"),
    ("H13", 1, 20, "Cần Thơ"),
    ("H61", 2, 20, "Vĩnh Long"),
    ("H07", 3, 20, "Bến Tre"),
    ("H30", 1, 21, "Hậu Giang"),
    ("H59", 2, 21, "Trà Vinh"),
    ("H12", 0, 22, "Cà Mau"),
    ("H04", 1, 22, "Bạc Liêu"),
    ("H51", 2, 22, "Sóc Trăng"),
];

/// The two archipelagos, and the province that each is a district of: column and row.
const ISLANDS: [(&str, &str, u8, u8); 2] = [("Hoàng Sa", "Đà Nẵng", 7, 11), ("Trường Sa", "Khánh Hòa", 7, 17)];

/// Width and height of a tile with its gap, in units of the drawing.
const WIDTH: u32 = 52;
const HEIGHT: u32 = 44;
const COLUMNS: u32 = 9;
const ROWS: u32 = 23;
/// Shades from light to dark.
const SHADES: u32 = 5;

/// The map, shaded by documents sent; `None` where no province of the report is on it.
pub(super) fn tile_map(report: &Report, language: Language) -> Option<Markup> {
    let line = |code: &str| report.provinces.iter().find(|line| line.code == code);
    let most = TILES
        .iter()
        .filter_map(|(code, ..)| line(code))
        .map(|line| line.sent)
        .max()?;
    let label = language.say(
        "Bản đồ ô các tỉnh, thành phố theo số văn bản gửi",
        "Tile map of the provinces by documents sent",
    );
    Some(html! {
        svg.map viewBox=(format!("0 0 {} {}", COLUMNS * WIDTH, ROWS * HEIGHT)) role="img" aria-label=(label) {
            @for (code, column, row, name) in TILES {
                (tile(line(code), (column, row), name, most, language))
            }
            @for (name, of, column, row) in ISLANDS {
                @let (x, y) = (u32::from(column) * WIDTH, u32::from(row) * HEIGHT);
                g.islands {
                    circle cx=(x + 34) cy=(y + 5) r="2" {} circle cx=(x + 44) cy=(y + 2) r="1.5" {}
                    circle cx=(x + 50) cy=(y + 8) r="2" {} circle cx=(x + 40) cy=(y + 11) r="1.5" {}
                    text x=(x + 4) y=(y + 25) { (language.say("Quần đảo", "Islands of")) }
                    text x=(x + 4) y=(y + 38) { (name) }
                    text x=(x + 4) y=(y + 51) { "(" (of) ")" }
                }
            }
        }
        p.legend.scale {
            span { (language.say("văn bản gửi:", "documents sent:")) }
            span { "0" }
            @for shade in 1..=SHADES { i class={ "s" (shade) } {} }
            span { (language.count(most)) }
            span.absent { i {} (language.say("không tham gia", "not taking part")) }
        }
    })
}

fn tile(line: Option<&ProvinceLine>, (column, row): (u8, u8), name: &str, most: u64, language: Language) -> Markup {
    let (x, y) = (u32::from(column) * WIDTH, u32::from(row) * HEIGHT);
    let shade = line.map(|line| shade(line.sent, most));
    let class = shade.map_or("absent".to_owned(), |shade| format!("s{shade}"));
    html! {
        g class=(class) {
            @if let Some(line) = line {
                title { (short_name(&line.name)) ": " (language.count(line.sent)) (language.say(" gửi, ", " sent, ")) (language.count(line.received)) (language.say(" nhận", " received")) }
            }
            rect x=(x + 1) y=(y + 1) width=(WIDTH - 2) height=(HEIGHT - 2) rx="4" {}
            @let (first, second) = two_lines(name);
            @let middle = x + WIDTH / 2;
            @match line {
                Some(line) => {
                    text.name x=(middle) y=(y + 13) { (first) }
                    text.name x=(middle) y=(y + 24) { (second) }
                    text.value x=(middle) y=(y + 38) { (language.count(line.sent)) }
                }
                None => {
                    text.name x=(middle) y=(y + 20) { (first) }
                    text.name x=(middle) y=(y + 32) { (second) }
                }
            }
        }
    }
}

/// A name in two lines of about the same length.
fn two_lines(name: &str) -> (&str, &str) {
    let middle = name.len() / 2;
    let blanks = name.match_indices(' ').map(|(at, _)| at);
    match blanks.min_by_key(|at| at.abs_diff(middle)) {
        Some(at) => (&name[..at], &name[at + 1..]),
        None => (name, ""),
    }
}

/// 0 for nothing, otherwise from 1 to [`SHADES`]: the larger the darker, in equal steps.
fn shade(value: u64, most: u64) -> u32 {
    if value == 0 {
        return 0;
    }
    let share = value as f64 / most.max(1) as f64;
    ((share * f64::from(SHADES)).ceil() as u32).clamp(1, SHADES)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_province_has_a_tile_of_its_own() {
        let codes: BTreeSet<String> = TILES.iter().map(|(code, ..)| (*code).to_owned()).collect();
        assert_eq!(codes, (1..=63).map(|number| format!("H{number:02}")).collect());
        let places: BTreeSet<(u8, u8)> = TILES.iter().map(|(_, column, row, _)| (*column, *row)).collect();
        assert_eq!(places.len(), TILES.len());
        assert!(
            places
                .iter()
                .all(|&(column, row)| u32::from(column) < COLUMNS && u32::from(row) < ROWS)
        );
    }

    #[test]
    fn shades_reach_from_nothing_to_the_most() {
        assert_eq!([0, 1, 20, 21, 100].map(|value| shade(value, 100)), [0, 1, 1, 2, 5]);
        assert_eq!(shade(0, 0), 0);
    }
}
