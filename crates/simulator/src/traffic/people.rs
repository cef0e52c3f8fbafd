//! Who signs for an agency: invented persons in the positions that such an agency has.

use truc_document::Signer;
use truc_signature::Capacity;

use crate::{
    chance::Chance,
    topology::{AgencyEntry, Party},
};

const FAMILY: [&str; 14] = [
    "Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô", "Dương", "Đinh", "Lương", "Tạ",
];
const MIDDLE_MEN: [&str; 8] = ["Văn", "Đức", "Minh", "Quang", "Hữu", "Xuân", "Công", "Mạnh"];
const GIVEN_MEN: [&str; 14] = [
    "Hùng", "Dũng", "Thắng", "Tuấn", "Sơn", "Hải", "Nam", "Long", "Bình", "Khánh", "Toàn", "Việt", "Thành", "Quyết",
];
const MIDDLE_WOMEN: [&str; 6] = ["Thị", "Thu", "Thanh", "Ngọc", "Minh", "Bích"];
const GIVEN_WOMEN: [&str; 12] = [
    "Hoa", "Lan", "Hương", "Thủy", "Hằng", "Nga", "Hạnh", "Phương", "Yến", "Loan", "Mai", "Huyền",
];

/// An invented name.
pub(super) fn name(chance: &mut Chance) -> String {
    let family = chance.pick(&FAMILY);
    if chance.below(3) < 2 {
        format!("{family} {} {}", chance.pick(&MIDDLE_MEN), chance.pick(&GIVEN_MEN))
    } else {
        format!("{family} {} {}", chance.pick(&MIDDLE_WOMEN), chance.pick(&GIVEN_WOMEN))
    }
}

/// Draws who signs a document: the head for half of them, else a deputy or somebody by order.
pub(super) fn signer(entry: &AgencyEntry, seed: u64, chance: &mut Chance) -> (Capacity, Signer) {
    let posts = Posts::of(entry);
    let (capacity, seat, competence, position) = match chance.weighted([50, 35, 15]) {
        0 => (Capacity::Head, 0, posts.collective.to_owned(), posts.head),
        1 => {
            let instead = format!("KT. {}", posts.head.to_uppercase());
            let competence = if posts.collective.is_empty() {
                instead
            } else {
                format!("{} {instead}", posts.collective)
            };
            (Capacity::Deputy, 1 + chance.below(2), competence, posts.deputy)
        }
        _ => (
            Capacity::ByOrder,
            3,
            format!("TL. {}", posts.head.to_uppercase()),
            posts.by_order,
        ),
    };
    (
        capacity,
        Signer {
            competence,
            position: position.to_owned(),
            full_name: holder(entry, seat, seed),
        },
    )
}

/// Who holds a post: the same person in all documents of a seed.
fn holder(entry: &AgencyEntry, seat: u64, seed: u64) -> String {
    name(&mut Chance::new(seed, &format!("person/{}/{seat}", entry.code)))
}

/// The posts of an agency.
struct Posts {
    /// `TM.` where a collective decides.
    collective: &'static str,
    head: &'static str,
    deputy: &'static str,
    by_order: &'static str,
}

impl Posts {
    fn of(entry: &AgencyEntry) -> Self {
        let post = |head, deputy, by_order| Self {
            collective: "",
            head,
            deputy,
            by_order,
        };
        match entry.party() {
            Party::Central => match entry.name.as_str() {
                "Văn phòng Chính phủ" => post("Bộ trưởng, Chủ nhiệm", "Phó Chủ nhiệm", "Vụ trưởng"),
                "Ủy ban Dân tộc" => post("Bộ trưởng, Chủ nhiệm", "Thứ trưởng, Phó Chủ nhiệm", "Chánh Văn phòng"),
                "Thanh tra Chính phủ" => post("Tổng Thanh tra", "Phó Tổng Thanh tra", "Chánh Văn phòng"),
                name if name.starts_with("Ngân hàng") => post("Thống đốc", "Phó Thống đốc", "Chánh Văn phòng"),
                _ => post("Bộ trưởng", "Thứ trưởng", "Chánh Văn phòng"),
            },
            Party::Department if entry.name.starts_with("Thanh tra") => {
                post("Chánh Thanh tra", "Phó Chánh Thanh tra", "Chánh Văn phòng")
            }
            Party::Department if entry.name.starts_with("Văn phòng") => post(
                "Chánh Văn phòng",
                "Phó Chánh Văn phòng",
                "Trưởng phòng Hành chính - Tổ chức",
            ),
            Party::Department => post("Giám đốc", "Phó Giám đốc", "Chánh Văn phòng"),
            Party::Province | Party::District => Self {
                collective: "TM. ỦY BAN NHÂN DÂN",
                ..post("Chủ tịch", "Phó Chủ tịch", "Chánh Văn phòng")
            },
            Party::Commune => Self {
                collective: "TM. ỦY BAN NHÂN DÂN",
                ..post("Chủ tịch", "Phó Chủ tịch", "Công chức Văn phòng - Thống kê")
            },
        }
    }
}
