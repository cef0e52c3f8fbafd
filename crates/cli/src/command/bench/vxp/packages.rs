//! Packages of the load: each a document of its own with one file of chance bytes, written as VNPT's library does.

use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use truc_document::{
    AgencyCode, Attachment, DocumentType, Header, Signer,
    edxml::{self, ExportOptions, Package as EdxmlPackage, WriteOptions},
};
use truc_gateway::System;
use uuid::Builder;

use super::PACKAGE_BYTES;
use crate::exit::Failure;

/// What is around the file, bytes, about.
const FRAME_BYTES: usize = 3 << 10;

/// One package and its sender.
pub(super) struct Package {
    pub(super) from: AgencyCode,
    pub(super) bytes: Bytes,
}

/// So many packages of about [`PACKAGE_BYTES`], from the first system's agencies to the second's in turn.
pub(super) fn make(count: usize, halves: &[Arc<System>; 2], now: Timestamp) -> Result<Vec<Package>, Failure> {
    let mut random = StdRng::seed_from_u64(now.as_microsecond().unsigned_abs());
    let [from, to] = halves.each_ref().map(|system| system.agencies.iter().cycle());
    let of_each = from.zip(to).zip(1_u64..).take(count);
    of_each
        .map(|((from, to), number)| one(&mut random, from, to, number, now))
        .collect()
}

fn one(
    random: &mut StdRng,
    from: &AgencyCode,
    to: &AgencyCode,
    number: u64,
    now: Timestamp,
) -> Result<Package, Failure> {
    let mut content = vec![0; (PACKAGE_BYTES - FRAME_BYTES) / 4 * 3];
    random.fill_bytes(&mut content);
    let mut chance = [0; 10];
    random.fill_bytes(&mut chance);
    let millis = u64::try_from(now.as_millisecond()).unwrap_or_default();
    let signer = Signer {
        competence: String::new(),
        position: "Chủ tịch".to_owned(),
        full_name: "Trần Thị Bình".to_owned(),
    };
    let mut header = Header::new(
        Builder::from_unix_timestamp_millis(millis, &chance).into_uuid(),
        from.clone(),
        [to.clone()],
        number,
        "UBND-VX".parse().map_err(Failure::input)?,
        DocumentType::OfficialLetter,
        "V/v đo hiệu năng liên thông văn bản",
        signer,
        now,
    );
    header.attachments = vec![Attachment {
        sha256: truc_signature::sha256(&content),
        size: content.len() as u64,
        name: "công văn.pdf".to_owned(),
        content_type: "application/pdf".to_owned(),
        description: String::new(),
    }];
    let package = EdxmlPackage::Document(edxml::export(&header, &ExportOptions::default()));
    let mut bytes = Vec::with_capacity(PACKAGE_BYTES);
    edxml::write(
        &package,
        &WriteOptions::default(),
        &mut [content].as_slice(),
        &mut bytes,
    )
    .map_err(Failure::input)?;
    Ok(Package {
        from: from.clone(),
        bytes: bytes.into(),
    })
}
