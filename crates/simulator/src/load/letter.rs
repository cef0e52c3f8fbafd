//! The one letter that a load sends: the same but for its id, number, parties and content.

use jiff::Timestamp;
use rand::Rng as _;
use rand_chacha::ChaCha8Rng;
use truc_document::{AgencyCode, Attachment, DocumentType, Header, Signer};
use truc_signature::sha256;
use uuid::{Builder, Uuid};

pub(super) fn header(
    random: &mut ChaCha8Rng,
    sender: AgencyCode,
    to: impl Iterator<Item = AgencyCode>,
    number: u64,
    content: &[u8],
    now: Timestamp,
) -> Header {
    let mut bytes = [0; 10];
    random.fill_bytes(&mut bytes);
    let millis = u64::try_from(now.as_millisecond()).unwrap_or(0) + number;
    let id: Uuid = Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid();
    let signer = Signer {
        competence: String::new(),
        position: "Chủ tịch".to_owned(),
        full_name: "Trần Thị Bình".to_owned(),
    };
    let notation = "UBND-VX"
        .parse()
        .unwrap_or_else(|_| unreachable!("a notation of the decree"));
    let subject = "V/v báo cáo kết quả thực hiện nhiệm vụ được giao";
    let kind = DocumentType::OfficialLetter;
    let mut header = Header::new(id, sender, to, number, notation, kind, subject, signer, now);
    header.attachments.push(Attachment {
        sha256: sha256(content),
        size: content.len() as u64,
        name: "van-ban.bin".to_owned(),
        content_type: "application/octet-stream".to_owned(),
        description: String::new(),
    });
    header
}
