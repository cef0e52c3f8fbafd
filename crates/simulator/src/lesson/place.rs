//! Where the lessons happen: an invented province, its agencies, and the agencies that trainees get.
//!
//! No known code of the first level begins with Z, so nothing here collides with what is real; each name says that it is
//! invented. The hub learns of them when the first lesson begins.

use serde::Deserialize;
use truc_document::{AgencyCode, Level, SigningPolicy, SystemKind};

use crate::AgencyEntry;

/// Code of the invented province.
const PROVINCE: &str = "Z90";
/// Code of the invented ministry.
const MINISTRY: &str = "Z91";
/// Under it stand the trainees' agencies.
const TRAINEES: &str = "Z90.80";

/// An agency of the cast.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// A ministry (Bộ).
    Ministry,
    /// The people's committee of the province (UBND tỉnh).
    Province,
    /// The department of home affairs (Sở Nội vụ).
    HomeAffairs,
    /// The department of finance (Sở Tài chính).
    Finance,
    /// The people's committee of a district (UBND huyện).
    District,
    /// The people's committee of a commune (UBND xã).
    Commune,
    /// That of another commune of the same district.
    OtherCommune,
    /// The province's portal of public services (Cổng dịch vụ công).
    Portal,
}

/// The kind of agency that a trainee gets.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum TraineePlace {
    /// The people's committee of a province.
    Province,
    /// A department of the province (sở).
    Department,
    /// The people's committee of a district.
    District,
    /// The people's committee of a commune.
    Commune,
    /// The one-stop shop of the province (bộ phận một cửa).
    OneStopShop,
}

struct Known {
    code: &'static str,
    name: &'static str,
    level: Level,
    parent: Option<&'static str>,
    system: SystemKind,
    head: (&'static str, &'static str),
}

impl Place {
    /// All of them, those above before those below.
    pub const ALL: [Self; 8] = [
        Self::Ministry,
        Self::Province,
        Self::HomeAffairs,
        Self::Finance,
        Self::District,
        Self::Commune,
        Self::OtherCommune,
        Self::Portal,
    ];

    fn known(self) -> Known {
        let documents = SystemKind::DocumentManagement;
        let known = |code, name, level, parent, head| Known {
            code,
            name,
            level,
            parent,
            system: documents,
            head,
        };
        let (province, district) = (Some(PROVINCE), Some("Z90.41"));
        match self {
            Self::Ministry => known(
                MINISTRY,
                "Bộ Thực hành (giả định)",
                Level::Central,
                None,
                ("Phạm Văn Giả Định", "Bộ trưởng"),
            ),
            Self::Province => known(
                PROVINCE,
                "Ủy ban nhân dân tỉnh Thực Hành (giả định)",
                Level::Province,
                None,
                ("Lê Thị Giả Định", "Chủ tịch"),
            ),
            Self::HomeAffairs => known(
                "Z90.01",
                "Sở Nội vụ tỉnh Thực Hành (giả định)",
                Level::Province,
                province,
                ("Hoàng Văn Giả Định", "Giám đốc"),
            ),
            Self::Finance => known(
                "Z90.02",
                "Sở Tài chính tỉnh Thực Hành (giả định)",
                Level::Province,
                province,
                ("Vũ Thị Giả Định", "Giám đốc"),
            ),
            Self::District => known(
                "Z90.41",
                "Ủy ban nhân dân huyện Tập Sự (giả định)",
                Level::District,
                province,
                ("Đỗ Văn Giả Định", "Chủ tịch"),
            ),
            Self::Commune => known(
                "Z90.41.01",
                "Ủy ban nhân dân xã Khởi Đầu (giả định)",
                Level::Commune,
                district,
                ("Bùi Thị Giả Định", "Chủ tịch"),
            ),
            Self::OtherCommune => known(
                "Z90.41.02",
                "Ủy ban nhân dân xã Vững Bước (giả định)",
                Level::Commune,
                district,
                ("Ngô Văn Giả Định", "Chủ tịch"),
            ),
            Self::Portal => Known {
                system: SystemKind::PublicServicePortal,
                ..known(
                    "Z90.90",
                    "Cổng dịch vụ công tỉnh Thực Hành (giả định)",
                    Level::Province,
                    province,
                    ("Đặng Thị Giả Định", "Giám đốc trung tâm"),
                )
            },
        }
    }

    /// Its code.
    pub fn code(self) -> AgencyCode {
        code(self.known().code)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        self.known().name
    }

    /// Name and position of who signs there.
    pub fn head(self) -> (&'static str, &'static str) {
        self.known().head
    }

    /// Initials for the notation of its documents.
    pub fn initials(self) -> &'static str {
        match self {
            Self::Ministry => "BTH",
            Self::Province | Self::District | Self::Commune | Self::OtherCommune => "UBND",
            Self::HomeAffairs => "SNV",
            Self::Finance => "STC",
            Self::Portal => "CDVC",
        }
    }

    /// As the address book has it.
    pub fn entry(self) -> AgencyEntry {
        let known = self.known();
        let province = if self == Self::Ministry { MINISTRY } else { PROVINCE };
        entry(
            code(known.code),
            known.name.to_owned(),
            known.level,
            known.parent.map(code),
            province,
            known.system,
        )
    }
}

impl TraineePlace {
    /// The agency of the trainee with this number, from 1.
    pub fn entry(self, number: u32) -> AgencyEntry {
        let documents = SystemKind::DocumentManagement;
        let (kind, level, parent, system) = match self {
            Self::Province => ("Ủy ban nhân dân tỉnh", Level::Province, None, documents),
            Self::Department => ("Sở", Level::Province, Some(PROVINCE), documents),
            Self::District => ("Ủy ban nhân dân huyện", Level::District, Some(PROVINCE), documents),
            Self::Commune => ("Ủy ban nhân dân xã", Level::Commune, Some("Z90.41"), documents),
            Self::OneStopShop => (
                "Bộ phận một cửa",
                Level::Province,
                Some(PROVINCE),
                SystemKind::OneStopShop,
            ),
        };
        entry(
            code(&format!("{TRAINEES}.{number:03}")),
            format!("{kind} của học viên {number:02} (giả định)"),
            level,
            parent.map(code),
            PROVINCE,
            system,
        )
    }
}

/// Whether lessons play this agency, or a trainee does: nobody else answers for it.
pub fn is_of_lessons(agency: &AgencyCode) -> bool {
    matches!(agency.top(), PROVINCE | MINISTRY)
}

/// The number of a trainee's agency.
pub fn trainee_number(agency: &AgencyCode) -> Option<u32> {
    agency.as_str().strip_prefix(TRAINEES)?.strip_prefix('.')?.parse().ok()
}

fn code(text: &str) -> AgencyCode {
    text.parse()
        .unwrap_or_else(|_| unreachable!("constants of this file and a number"))
}

fn entry(
    code: AgencyCode,
    name: String,
    level: Level,
    parent: Option<AgencyCode>,
    province: &str,
    system: SystemKind,
) -> AgencyEntry {
    AgencyEntry {
        legacy: code.to_legacy(),
        name,
        level,
        parent,
        province: self::code(province),
        connected: true,
        signing_policy: SigningPolicy::Required,
        systems: vec![system],
        portal_services: 0,
        code,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::Magic;

    #[test]
    fn places_are_told_apart_and_say_that_they_are_invented() {
        let codes: BTreeSet<AgencyCode> = Place::ALL.iter().map(|place| place.code()).collect();
        assert_eq!(codes.len(), Place::ALL.len());
        for place in Place::ALL {
            let entry = place.entry();
            assert!(entry.name.ends_with("(giả định)"), "{}", entry.name);
            assert!(is_of_lessons(&entry.code));
            // Whom an agency stands under is registered before it.
            let above = entry.parent.iter().all(|parent| parent < &entry.code);
            assert!(above, "{}", entry.code);
            assert_eq!(trainee_number(&entry.code), None);
        }
        for &magic in Magic::ALL {
            assert!(!is_of_lessons(&magic.entry().code));
        }
        assert!(!is_of_lessons(&"H26.99".parse().unwrap()));
    }

    #[test]
    fn trainees_are_numbered() {
        let entry = TraineePlace::Commune.entry(7);
        assert_eq!((entry.code.as_str(), entry.level), ("Z90.80.007", Level::Commune));
        assert_eq!(trainee_number(&entry.code), Some(7));
        assert_eq!(trainee_number(&TraineePlace::Province.entry(1234).code), Some(1234));
        assert!(is_of_lessons(&entry.code));
    }
}
