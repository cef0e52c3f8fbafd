//! How much, how urgent, how large, how signed: the numbers of a scenario that hold for all flows.

use std::collections::BTreeMap;

use serde::Deserialize;
use truc_document::{AgencyCode, SigningPolicy, Urgency};

use crate::{share::Share, token::Token};

/// Personal signatures (chữ ký số cá nhân).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Signing {
    /// Policies by province; for the others the topology's holds.
    #[serde(default)]
    pub policies: BTreeMap<Token<AgencyCode>, Token<SigningPolicy>>,
    /// Share of documents without a personal signature where the policy is `pilot` or `off`.
    pub unsigned: Share,
}

/// Paper copies that follow an electronic document.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Paper {
    /// Share of documents with one.
    pub share: Share,
    /// The same by the sender's province, where it differs.
    #[serde(default)]
    pub by_province: BTreeMap<Token<AgencyCode>, Share>,
}

impl Paper {
    /// The share that holds for a sender's province.
    pub fn of(&self, province: &AgencyCode) -> Share {
        self.by_province
            .get(&Token(province.clone()))
            .copied()
            .unwrap_or(self.share)
    }
}

/// Weights of the four urgencies.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct UrgencyMix {
    /// Thường.
    pub normal: u32,
    /// Khẩn.
    pub urgent: u32,
    /// Thượng khẩn.
    pub very_urgent: u32,
    /// Hỏa tốc.
    pub express: u32,
}

impl UrgencyMix {
    /// The urgencies with their weights.
    pub fn weights(&self) -> [(Urgency, u32); 4] {
        [
            (Urgency::Normal, self.normal),
            (Urgency::Urgent, self.urgent),
            (Urgency::VeryUrgent, self.very_urgent),
            (Urgency::Express, self.express),
        ]
    }
}

/// Attachments.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Content {
    /// How large the document itself is.
    pub sizes: Vec<Size>,
    /// Share of documents with an appendix besides.
    #[serde(default)]
    pub appendix: Share,
}

/// One size of document.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Size {
    /// About so many bytes; a PDF is never below some 1,500.
    pub bytes: u32,
    /// Against the other sizes.
    pub weight: u32,
}

/// What is done to documents already sent.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Acts {
    /// Share of documents that are recalled (thu hồi) within two working days.
    #[serde(default)]
    pub recalled: Share,
    /// Share of documents that are replaced (thay thế) by another within two working days.
    #[serde(default)]
    pub replaced: Share,
    /// Why, drawn at random.
    #[serde(default)]
    pub reasons: Vec<String>,
    /// Share of recalls that a receiver declines (16).
    #[serde(default)]
    pub declined: Share,
}
