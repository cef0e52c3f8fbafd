//! Magic agencies: reserved codes in every sandbox, whose behaviour is known by the code, so that a client's hard cases need no
//! set-up.
//!
//! No known code of the first level begins with Z, so these collide with none that is real.

use truc_document::{AgencyCode, Level, SigningPolicy, SystemKind};

use crate::AgencyEntry;

macro_rules! magic {
    ($($(#[$doc:meta])* $case:ident = $code:literal, $token:literal, $name:literal, $does_vi:literal, $does_en:literal;)+) => {
        /// What a magic agency always does.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Magic { $($(#[$doc])* $case),+ }

        impl Magic {
            /// All, by code.
            pub const ALL: &'static [Self] = &[$(Self::$case),+];

            /// Its reserved code.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$case => $code),+ }
            }

            /// A word for what it does, stable.
            pub const fn token(self) -> &'static str {
                match self { $(Self::$case => $token),+ }
            }

            /// Its name in the address book.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$case => $name),+ }
            }

            /// What it does, in Vietnamese.
            pub const fn vietnamese(self) -> &'static str {
                match self { $(Self::$case => $does_vi),+ }
            }

            /// What it does, in English.
            pub const fn english(self) -> &'static str {
                match self { $(Self::$case => $does_en),+ }
            }
        }
    };
}

magic! {
    /// Refuses every document (02).
    Refuses = "Z01", "refuses", "Cơ quan luôn từ chối (giả định)",
        "Nhận (01) rồi luôn từ chối (02), kèm lý do", "takes every document (01) and refuses it (02) with a reason";
    /// Answers long after the others.
    Late = "Z02", "late", "Cơ quan trả lời chậm (giả định)",
        "Trả lời đủ các trạng thái, nhưng chậm gấp 25 lần các cơ quan khác", "reports all statuses, 25 times as slowly as the others";
    /// Never opens its mailbox.
    NeverFetches = "Z03", "never-fetches", "Cơ quan không nhận văn bản (giả định)",
        "Không bao giờ lấy văn bản: văn bản gửi đến nằm chờ trên trục", "never fetches: what is sent to it waits at the hub";
    /// Does not agree to a recall, an update or a replacement (16).
    Declines = "Z04", "declines", "Cơ quan không đồng ý thu hồi (giả định)",
        "Xử lý như thường; khi bị thu hồi, cập nhật hoặc thay thế thì trả lời 16, kèm lý do",
        "handles documents as usual, and answers a recall, an update or a replacement with 16 and a reason";
    /// Signs with a certificate that was revoked.
    SignerRevoked = "Z05", "signer-revoked", "Cơ quan có chứng thư người ký bị thu hồi (giả định)",
        "Nhận và xử lý như thường; văn bản do cơ quan này gửi bị từ chối với CERTIFICATE_REVOKED",
        "receives as usual; what is sent as this agency is refused with CERTIFICATE_REVOKED";
    /// Signs with a certificate that has expired.
    SignerExpired = "Z06", "signer-expired", "Cơ quan có chứng thư người ký hết hạn (giả định)",
        "Nhận và xử lý như thường; văn bản do cơ quan này gửi bị từ chối với CERTIFICATE_EXPIRED",
        "receives as usual; what is sent as this agency is refused with CERTIFICATE_EXPIRED";
    /// Reports each status twice, and sends its answer twice.
    AnswersTwice = "Z07", "answers-twice", "Cơ quan trả lời hai lần (giả định)",
        "Báo mỗi trạng thái hai lần (trục chỉ tính một) và gửi văn bản trả lời hai lần, cùng số và ký hiệu",
        "reports each status twice, which the hub counts once, and sends its answer twice, as two documents of one number";
}

impl Magic {
    /// The magic agency of a code, if it is one.
    pub fn of(code: &AgencyCode) -> Option<Self> {
        Self::ALL.iter().copied().find(|magic| magic.code() == code.as_str())
    }

    /// As it stands in the address book: a central agency, so that it counts under its own code and under no province.
    pub fn entry(self) -> AgencyEntry {
        let code: AgencyCode = self.code().parse().unwrap_or_else(|_| unreachable!("a constant above"));
        AgencyEntry {
            legacy: code.to_legacy(),
            name: self.name().to_owned(),
            level: Level::Central,
            parent: None,
            province: code.clone(),
            connected: true,
            signing_policy: SigningPolicy::Required,
            systems: vec![SystemKind::DocumentManagement],
            portal_services: 0,
            code,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::Topology;

    #[test]
    fn each_is_found_by_its_code_and_by_no_other() {
        for &magic in Magic::ALL {
            let entry = magic.entry();
            assert_eq!(Magic::of(&entry.code), Some(magic));
            assert_eq!(
                entry.legacy.as_ref().map(AgencyCode::as_str),
                Some(&*format!("000.00.00.{}", magic.code()))
            );
            assert!(entry.name.ends_with("(giả định)"));
        }
        assert_eq!(Magic::of(&"Z08".parse().unwrap()), None);
    }

    #[test]
    fn no_topology_has_a_code_of_theirs() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../simulations/topologies");
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "toml") {
                continue;
            }
            let topology = Topology::load(&path).unwrap();
            let taken = topology.agencies().find(|entry| entry.code.top().starts_with('Z'));
            assert!(taken.is_none(), "{}: {taken:?}", path.display());
        }
    }
}
