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

/// Level-1 codes and names since the decision 09/2025/QĐ-TTg, whole ministries and agencies of the Government only.
pub(super) const CENTRAL_2025: [(&str, &str); 17] = [
    ("G01", "Bộ Công an"),
    ("G02", "Bộ Công Thương"),
    ("G03", "Bộ Giáo dục và Đào tạo"),
    ("G06", "Bộ Khoa học và Công nghệ"),
    ("G08", "Bộ Ngoại giao"),
    ("G09", "Bộ Nội vụ"),
    ("G10", "Bộ Nông nghiệp và Môi trường"),
    ("G11", "Bộ Quốc phòng"),
    ("G12", "Bộ Tài chính"),
    ("G15", "Bộ Tư pháp"),
    ("G16", "Bộ Văn hóa, Thể thao và Du lịch"),
    ("G17", "Bộ Xây dựng"),
    ("G18", "Bộ Y tế"),
    ("G19", "Ngân hàng Nhà nước Việt Nam"),
    ("G20", "Thanh tra Chính phủ"),
    ("G21", "Bộ Dân tộc và Tôn giáo"),
    ("G22", "Văn phòng Chính phủ"),
];

/// Ministries of 2024 that are part of another since 2025, by their G number; the provinces' departments followed them.
pub(super) const MINISTRIES_MERGED: [(u8, u8); 5] = [(4, 17), (5, 12), (7, 9), (13, 10), (14, 6)];

/// Departments of a province since 2025, numbered as their ministries.
pub(super) const DEPARTMENTS_2025: [(u8, &str); 12] = [
    (2, "Sở Công Thương"),
    (3, "Sở Giáo dục và Đào tạo"),
    (6, "Sở Khoa học và Công nghệ"),
    (9, "Sở Nội vụ"),
    (10, "Sở Nông nghiệp và Môi trường"),
    (12, "Sở Tài chính"),
    (15, "Sở Tư pháp"),
    (16, "Sở Văn hóa, Thể thao và Du lịch"),
    (17, "Sở Xây dựng"),
    (18, "Sở Y tế"),
    (20, "Thanh tra"),
    (22, "Văn phòng Ủy ban nhân dân"),
];

/// Other bodies at the level of a province, of the kinds that most provinces have; the numbers are invented, and leave 41
/// to 70 to the districts.
pub(super) const PROVINCIAL_BODIES: [(u8, &str); 30] = [
    (23, "Ban Dân tộc"),
    (24, "Sở Ngoại vụ"),
    (25, "Sở Du lịch"),
    (26, "Ban Quản lý các khu công nghiệp"),
    (27, "Văn phòng Đoàn đại biểu Quốc hội và Hội đồng nhân dân"),
    (28, "Trường Chính trị"),
    (29, "Đài Phát thanh và Truyền hình"),
    (
        30,
        "Ban Quản lý dự án đầu tư xây dựng công trình dân dụng và công nghiệp",
    ),
    (31, "Ban Quản lý dự án đầu tư xây dựng công trình giao thông"),
    (32, "Ban Quản lý dự án đầu tư xây dựng công trình nông nghiệp"),
    (33, "Quỹ Đầu tư phát triển"),
    (34, "Trung tâm Phục vụ hành chính công"),
    (35, "Trung tâm Xúc tiến đầu tư"),
    (36, "Cổng Thông tin điện tử"),
    (71, "Công an"),
    (72, "Bộ Chỉ huy quân sự"),
    (73, "Cục Thuế"),
    (74, "Kho bạc Nhà nước"),
    (75, "Cục Thống kê"),
    (76, "Bảo hiểm xã hội"),
    (77, "Ngân hàng Nhà nước chi nhánh"),
    (78, "Cục Thi hành án dân sự"),
    (79, "Tòa án nhân dân"),
    (80, "Viện kiểm sát nhân dân"),
    (81, "Chi cục Kiểm lâm"),
    (82, "Chi cục Thủy lợi"),
    (83, "Chi cục Chăn nuôi và Thú y"),
    (84, "Chi cục Trồng trọt và Bảo vệ thực vật"),
    (85, "Chi cục Bảo vệ môi trường"),
    (86, "Trung tâm Kiểm soát bệnh tật"),
];

/// Main departments of a ministry (vụ, cục), of the kinds that most have; which a ministry really has is simplified, and the
/// numbers are invented.
pub(super) const MINISTRY_BODIES: [(u8, &str); 20] = [
    (1, "Văn phòng"),
    (2, "Thanh tra"),
    (3, "Vụ Pháp chế"),
    (4, "Vụ Tổ chức cán bộ"),
    (5, "Vụ Kế hoạch - Tài chính"),
    (6, "Vụ Hợp tác quốc tế"),
    (7, "Vụ Thi đua - Khen thưởng"),
    (8, "Vụ Khoa học và Công nghệ"),
    (9, "Cục Chuyển đổi số"),
    (10, "Cục Quản lý xây dựng công trình"),
    (11, "Trung tâm Thông tin"),
    (12, "Trung tâm Lưu trữ"),
    (13, "Viện Chiến lược và Chính sách"),
    (14, "Trường Đào tạo, bồi dưỡng cán bộ"),
    (15, "Báo và Tạp chí"),
    (16, "Ban Quản lý dự án"),
    (17, "Vụ Tổng hợp"),
    (18, "Vụ Cải cách hành chính"),
    (19, "Ban Cán sự"),
    (20, "Cơ quan đại diện phía Nam"),
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
