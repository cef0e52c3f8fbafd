//! Agencies that no list of units has: those of the centre, and the departments of a province.

/// Level-1 codes and names as before April 2025 (domain facts: G07, G10 and G21 are derived from the order of the
/// codes, the others verified).
pub(super) const CENTRAL: [(&str, &str); 22] = [
    ("G01", "Bộ Công an"),
    ("G02", "Bộ Công Thương"),
    ("G03", "Bộ Giáo dục và Đào tạo"),
    ("G04", "Bộ Giao thông vận tải"),
    ("G05", "Bộ Kế hoạch và Đầu tư"),
    ("G06", "Bộ Khoa học và Công nghệ"),
    ("G07", "Bộ Lao động - Thương binh và Xã hội"),
    ("G08", "Bộ Ngoại giao"),
    ("G09", "Bộ Nội vụ"),
    ("G10", "Bộ Nông nghiệp và Phát triển nông thôn"),
    ("G11", "Bộ Quốc phòng"),
    ("G12", "Bộ Tài chính"),
    ("G13", "Bộ Tài nguyên và Môi trường"),
    ("G14", "Bộ Thông tin và Truyền thông"),
    ("G15", "Bộ Tư pháp"),
    ("G16", "Bộ Văn hóa, Thể thao và Du lịch"),
    ("G17", "Bộ Xây dựng"),
    ("G18", "Bộ Y tế"),
    ("G19", "Ngân hàng Nhà nước Việt Nam"),
    ("G20", "Thanh tra Chính phủ"),
    ("G21", "Ủy ban Dân tộc"),
    ("G22", "Văn phòng Chính phủ"),
];

/// Departments that every province is given here. Their number repeats the G number of their ministry, as seen in the
/// field; which of them a province really had in 2020 is simplified.
pub(super) const DEPARTMENTS: [(u8, &str); 17] = [
    (2, "Sở Công Thương"),
    (3, "Sở Giáo dục và Đào tạo"),
    (4, "Sở Giao thông vận tải"),
    (5, "Sở Kế hoạch và Đầu tư"),
    (6, "Sở Khoa học và Công nghệ"),
    (7, "Sở Lao động - Thương binh và Xã hội"),
    (9, "Sở Nội vụ"),
    (10, "Sở Nông nghiệp và Phát triển nông thôn"),
    (12, "Sở Tài chính"),
    (13, "Sở Tài nguyên và Môi trường"),
    (14, "Sở Thông tin và Truyền thông"),
    (15, "Sở Tư pháp"),
    (16, "Sở Văn hóa, Thể thao và Du lịch"),
    (17, "Sở Xây dựng"),
    (18, "Sở Y tế"),
    (20, "Thanh tra"),
    (22, "Văn phòng Ủy ban nhân dân"),
];

#[cfg(test)]
mod tests {
    use truc_document::AgencyCode;

    use super::*;

    #[test]
    fn codes_of_the_centre_are_valid_and_unique() {
        let codes: std::collections::BTreeSet<AgencyCode> =
            CENTRAL.iter().map(|(code, _)| code.parse().unwrap()).collect();
        assert_eq!(codes.len(), CENTRAL.len());
    }
}
