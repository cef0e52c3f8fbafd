//! A small axis: the state, the records that made it, and the verbs of agencies and operators.

use std::collections::BTreeSet;

use bytes::Bytes;
use jiff::{Timestamp, civil::Date};
use truc_document::{
    AgencyCode, BusinessAct, DocumentType, Header, Level, Reason, Refusal, Signer, SigningPolicy, StatusCode,
    SystemKind, Urgency,
};
use truc_proto::v1 as pb;
use truc_signature::envelope_digest;
use uuid::Uuid;

use super::invariants;
use crate::{
    apply::{Accepted, Applied, Closed, Leased, Outcome, StatusTaken, apply},
    journal::Position,
    record::{Change, Entry, wire},
    snapshot,
    state::{Content, DeliveryState, State},
};

/// Two provinces with what is below them, and a ministry: enough for every pair of levels that counts.
pub(crate) const THAI_BINH: &str = "H54";
pub(crate) const DISTRICT: &str = "H54.01";
pub(crate) const COMMUNE: &str = "H54.01.001";
pub(crate) const NAM_DINH: &str = "H40";
pub(crate) const MINISTRY: &str = "G01";
pub(crate) const ALL: [&str; 5] = [THAI_BINH, DISTRICT, COMMUNE, NAM_DINH, MINISTRY];

/// See the module.
#[derive(Clone)]
pub(crate) struct Axis {
    pub(crate) state: State,
    /// All records so far.
    pub(crate) records: Vec<Bytes>,
    pub(crate) now: Timestamp,
    /// Deliveries that were taken or withdrawn: they must stay so.
    gone: BTreeSet<(u64, u8)>,
    numbers: u64,
}

impl Axis {
    /// Nobody is registered yet. It is eight in the morning of the 1st of September 2020 in Vietnam.
    pub(crate) fn empty() -> Self {
        Self {
            state: State::default(),
            records: Vec::new(),
            now: "2020-09-01T01:00:00Z".parse().unwrap(),
            gone: BTreeSet::new(),
            numbers: 0,
        }
    }

    /// All of [`ALL`] are registered and connected.
    pub(crate) fn new() -> Self {
        let mut axis = Self::empty();
        for code in ALL {
            axis.register(agency(code));
        }
        axis
    }

    // === Any record ===

    /// Orders a change now: its record goes through its bytes, and the state is looked over after it.
    pub(crate) fn change(&mut self, change: Change) -> Applied {
        let entry = Entry {
            at: self.now,
            change,
            header: None,
        };
        let (bytes, _) = entry.encode();
        self.record(bytes)
    }

    /// Applies the next record.
    pub(crate) fn record(&mut self, bytes: Bytes) -> Applied {
        let entry = Entry::decode(bytes.clone()).unwrap();
        self.records.push(bytes);
        let position = Position(self.records.len() as u64);
        let applied = apply(&mut self.state, position, chain(position), &entry).unwrap();
        invariants::check(&self.state);
        self.stays_gone();
        applied
    }

    /// What was taken or withdrawn never comes back.
    fn stays_gone(&mut self) {
        for (id, stands) in &self.gone {
            assert_eq!(
                self.state.delivery(*id).unwrap().state as u8,
                *stands,
                "delivery {id} came back"
            );
        }
        let ids = 1..=self.state.deliveries.len() as u64;
        let standing = ids.map(|id| (id, self.state.delivery(id).unwrap().state));
        let gone = |state| matches!(state, DeliveryState::Acknowledged | DeliveryState::Withdrawn);
        self.gone = standing
            .filter(|(_, state)| gone(*state))
            .map(|(id, state)| (id, state as u8))
            .collect();
    }

    pub(crate) fn wait(&mut self, seconds: i64) -> &mut Self {
        self.now += jiff::SignedDuration::from_secs(seconds);
        self
    }

    /// The state goes through a snapshot.
    pub(crate) fn reload(&mut self) {
        let mut bytes = Vec::new();
        snapshot::write(&self.state, &mut bytes).unwrap();
        self.state = snapshot::read(&bytes[..]).unwrap();
        invariants::check(&self.state);
    }

    // === The operator ===

    pub(crate) fn put(&mut self, agency: pb::Agency, create: bool) -> Result<pb::Agency, Refusal> {
        let agency = Some(agency);
        match self
            .change(Change::AgencyChanged(wire::AgencyChanged { agency, create }))
            .outcome
        {
            Outcome::Agency(agency) => Ok(*agency),
            Outcome::Refused(refusal) => Err(refusal),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn close(&mut self, code: &str, successor: &str) -> Result<Closed, Refusal> {
        let closed = wire::AgencyClosed {
            agency: code.to_owned(),
            successor: successor.to_owned(),
        };
        match self.change(Change::AgencyClosed(closed)).outcome {
            Outcome::Closed(closed) => Ok(closed),
            Outcome::Refused(refusal) => Err(refusal),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn register(&mut self, agency: pb::Agency) {
        self.put(agency, true).unwrap();
    }

    /// Changes an agency that is there.
    pub(crate) fn alter(&mut self, code: &str, alter: impl FnOnce(&mut pb::Agency)) {
        let code: AgencyCode = code.parse().unwrap();
        let mut agency = self.state.directory.to_wire(self.state.agency(&code).unwrap().1);
        alter(&mut agency);
        self.put(agency, false).unwrap();
    }

    pub(crate) fn revoke(&mut self, fingerprint: [u8; 32], at: Timestamp) -> i64 {
        let revoked = wire::CertificateRevoked {
            fingerprint: Bytes::copy_from_slice(&fingerprint),
            revoked_at: at.as_microsecond(),
            reason: "mất khóa".to_owned(),
        };
        match self.change(Change::CertificateRevoked(revoked)).outcome {
            Outcome::Revoked(at) => at,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn set_fault(&mut self, name: &str) -> Outcome {
        let fault = Some(pb::Fault {
            name: name.to_owned(),
            ..pb::Fault::default()
        });
        self.change(Change::FaultSet(wire::FaultSet { fault })).outcome
    }

    // === An agency ===

    /// A letter with a number of its own.
    pub(crate) fn letter(&mut self, from: &str, to: &[&str]) -> Letter {
        self.numbers += 1;
        Letter::new(self.numbers, from, to, self.now)
    }

    pub(crate) fn try_send(&mut self, letter: &Letter) -> Result<Accepted, Refusal> {
        match self.change(letter.change()).outcome {
            Outcome::Accepted(accepted) => Ok(accepted),
            Outcome::Refused(refusal) => Err(refusal),
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    pub(crate) fn send(&mut self, letter: &Letter) -> Accepted {
        self.try_send(letter).unwrap()
    }

    /// A new letter is taken; its id.
    #[track_caller]
    pub(crate) fn sent(&mut self, from: &str, to: &[&str]) -> Uuid {
        let letter = self.letter(from, to);
        self.send(&letter);
        letter.id()
    }

    /// Not taken, for this reason, with this field.
    #[track_caller]
    pub(crate) fn refused(&mut self, letter: &Letter, reason: Reason, field: &str) {
        let before = self.state.digest_of_content();
        let refusal = self.try_send(letter).unwrap_err();
        assert_eq!((refusal.reason, refusal.field.as_str()), (reason, field), "{refusal}");
        assert_eq!(self.state.digest_of_content(), before, "a refusal changed something");
    }

    /// Leases those named for `seconds`.
    pub(crate) fn lease_these(&mut self, code: &str, ids: &[u64], seconds: i64) -> Leased {
        let lease = wire::Lease {
            agency: code.to_owned(),
            max: 0,
            until: (self.now + jiff::SignedDuration::from_secs(seconds)).as_microsecond(),
            delivery_ids: ids.to_vec(),
        };
        match self.change(Change::Lease(lease)).outcome {
            Outcome::Leased(leased) => leased,
            other => panic!("a lease leases, not {other:?}"),
        }
    }

    /// Leases up to `max` for `seconds`.
    pub(crate) fn lease_for(&mut self, code: &str, max: u32, seconds: i64) -> Leased {
        let agency = code.parse().ok().and_then(|code| self.state.directory.find(&code));
        let waited = |axis: &Self| {
            let mailbox = agency.and_then(|agency| axis.state.mailbox(agency));
            mailbox.map_or_else(Vec::new, |mailbox| mailbox.in_order().collect())
        };
        let until = (self.now + jiff::SignedDuration::from_secs(seconds)).as_microsecond();
        let lease = wire::Lease {
            agency: code.to_owned(),
            max,
            until,
            delivery_ids: Vec::new(),
        };
        let Outcome::Leased(leased) = self.change(Change::Lease(lease)).outcome else {
            panic!("a lease leases")
        };
        let place = |id: u64| (self.state.delivery(id).unwrap().rank, id);
        let order: Vec<_> = leased
            .deliveries
            .iter()
            .map(|delivery| delivery.id)
            .chain(waited(self))
            .map(place)
            .collect();
        assert!(order.is_sorted(), "not the first of the mailbox: {order:?}");
        assert!(leased.deliveries.len() <= max as usize);
        leased
    }

    /// Leases all for a minute; the ids.
    pub(crate) fn lease(&mut self, code: &str) -> Vec<u64> {
        self.lease_for(code, 1000, 60)
            .deliveries
            .iter()
            .map(|delivery| delivery.id)
            .collect()
    }

    pub(crate) fn acknowledge(&mut self, code: &str, ids: &[u64]) -> Vec<Result<(), Reason>> {
        let acknowledgement = wire::Acknowledgement {
            agency: code.to_owned(),
            delivery_ids: ids.to_vec(),
        };
        match self.change(Change::Acknowledgement(acknowledgement)).outcome {
            Outcome::Acknowledged(outcomes) => {
                let reasons = outcomes
                    .into_iter()
                    .map(|outcome| outcome.map_err(|refusal| refusal.reason));
                reasons.collect()
            }
            other => panic!("{other:?}"),
        }
    }

    /// Takes all that waits, for good.
    pub(crate) fn take(&mut self, code: &str) -> Vec<u64> {
        let ids = self.lease(code);
        if !ids.is_empty() {
            assert!(self.acknowledge(code, &ids).iter().all(Result::is_ok));
        }
        ids
    }

    pub(crate) fn report(&mut self, code: &str, id: Uuid, status: StatusCode) -> Result<StatusTaken, Refusal> {
        let status = wire::Status {
            agency: code.to_owned(),
            document_id: Bytes::copy_from_slice(id.as_bytes()),
            status: status.wire(),
            description: "theo quy định".to_owned(),
            staff: None,
        };
        match self.change(Change::Status(status)).outcome {
            Outcome::Status(taken) => Ok(taken),
            Outcome::Refused(refusal) => Err(refusal),
            other => panic!("{other:?}"),
        }
    }

    /// Reports statuses; what became of each: `ok`, `again` or the reason.
    pub(crate) fn reports(&mut self, code: &str, id: Uuid, statuses: &str) -> String {
        let mut seen = Vec::new();
        for status in statuses.split(' ') {
            seen.push(match self.report(code, id, status.parse().unwrap()) {
                Ok(StatusTaken { repeated: true, .. }) => "again".to_owned(),
                Ok(_) => "ok".to_owned(),
                Err(refusal) => refusal.reason.to_string(),
            });
        }
        seen.join(" ")
    }

    // === What can be seen ===

    /// What an agency's mailbox holds, in order.
    pub(crate) fn mailbox(&self, code: &str) -> Vec<String> {
        let agency = self.state.directory.find(&code.parse().unwrap()).unwrap();
        let ids = self.state.mailbox(agency).unwrap().in_order();
        ids.map(|id| self.told(self.state.delivery(id).unwrap().content.unwrap()))
            .collect()
    }

    /// A content in words: `document 3`, `status 01 of 3 by H40`, `notice 1 of 3 on H40`.
    pub(crate) fn told(&self, content: Content) -> String {
        let number = content.document() + 1;
        match content {
            Content::Document(_) => format!("document {number}"),
            Content::Status { agency, status, .. } => {
                format!("status {status:02} of {number} by {}", self.state.code(agency))
            }
            Content::Notice { agency, kind, .. } => {
                let kind = pb::NoticeKind::try_from(i32::from(kind)).unwrap();
                let kind = kind.as_str_name().trim_start_matches("NOTICE_KIND_").to_lowercase();
                format!("{kind} of {number} on {}", self.state.code(agency))
            }
        }
    }

    /// How the deliveries of a document stand, in the order of its recipients.
    pub(crate) fn stand(&self, id: Uuid) -> Vec<DeliveryState> {
        let (_, entry) = self.state.documents.find(id).unwrap();
        self.state
            .deliveries_of(entry)
            .map(|(_, delivery)| delivery.state)
            .collect()
    }

    pub(crate) fn totals(&self) -> pb::Totals {
        self.state.totals()
    }
}

impl State {
    /// The digest of all but position, chain and time.
    pub(crate) fn digest_of_content(&self) -> [u8; 32] {
        let mut content = self.clone();
        (content.position, content.chain, content.now) = (Position(0), [0; 32], 0);
        content.digest()
    }
}

/// A chain as good as any: each record is a group of its own.
pub(crate) fn chain(position: Position) -> [u8; 32] {
    truc_signature::sha256(&position.0.to_be_bytes())
}

/// A connected agency; its level shows in its code.
pub(crate) fn agency(code: &str) -> pb::Agency {
    let level = match code.split('.').count() {
        _ if code.starts_with('G') => Level::Central,
        1 => Level::Province,
        2 => Level::District,
        _ => Level::Commune,
    };
    pb::Agency {
        code: code.to_owned(),
        legacy_code: if code == THAI_BINH {
            "000.00.00.H54".to_owned()
        } else {
            String::new()
        },
        name: format!("Cơ quan {code}"),
        level: level.wire(),
        parent: code.rsplit_once('.').map_or("", |(parent, _)| parent).to_owned(),
        province: code.split('.').next().unwrap().to_owned(),
        connected: true,
        signing_policy: SigningPolicy::Pilot.wire(),
        systems: vec![SystemKind::DocumentManagement.wire()],
        portal_services: 0,
        ..pb::Agency::default()
    }
}

/// The fingerprint of the certificate with which an agency's documents are signed (`person`) or sealed.
pub(crate) fn key_id(agency: &str, person: bool) -> [u8; 32] {
    truc_signature::sha256(format!("{agency} {person}").as_bytes())
}

/// A document on its way; signatures are of the right form, as `apply` sees no more of them.
#[derive(Clone)]
pub(crate) struct Letter {
    pub(crate) header: Header,
    pub(crate) signed: bool,
    /// Another signature over the same header: another envelope.
    pub(crate) salt: u8,
}

impl Letter {
    fn new(number: u64, from: &str, to: &[&str], now: Timestamp) -> Self {
        let signer = Signer {
            competence: "TM.".to_owned(),
            position: "Chủ tịch".to_owned(),
            full_name: "Nguyễn Văn A".to_owned(),
        };
        let header = Header::new(
            Uuid::from_u128(u128::from(number) | 0xA000_0000_0000_7000_8000 << 48),
            from.parse().unwrap(),
            to.iter().map(|code| code.parse().unwrap()),
            number,
            "UBND-VX".parse().unwrap(),
            DocumentType::OfficialLetter,
            "Về việc kết nối trục liên thông",
            signer,
            now,
        );
        Self {
            header,
            signed: true,
            salt: 0,
        }
    }

    pub(crate) fn id(&self) -> Uuid {
        self.header.document_id
    }

    pub(crate) fn urgency(mut self, urgency: Urgency) -> Self {
        self.header.urgency = urgency;
        self
    }

    pub(crate) fn due(mut self, due: Date) -> Self {
        self.header.due_on = Some(due);
        self
    }

    pub(crate) fn paper(mut self) -> Self {
        self.header.paper_follows = true;
        self
    }

    pub(crate) fn unsigned(mut self) -> Self {
        self.signed = false;
        self
    }

    pub(crate) fn act(mut self, act: BusinessAct, targets: &[Uuid]) -> Self {
        self.header.act = act;
        self.header.act_targets = targets.to_vec();
        self.header.act_reason = "sai thể thức".to_owned();
        self
    }

    pub(crate) fn answers(mut self, ids: &[Uuid]) -> Self {
        self.header.in_reply_to = ids.to_vec();
        self
    }

    pub(crate) fn envelope(&self) -> pb::Envelope {
        let signature = |person| pb::Signature {
            key_id: Bytes::copy_from_slice(&key_id(self.header.sender.as_str(), person)),
            signature: Bytes::from(vec![self.salt; 64]),
            certificates: Vec::new(),
        };
        pb::Envelope {
            header: self.header.encode().into(),
            personal_signature: self.signed.then(|| signature(true)),
            seal: Some(signature(false)),
            inline_attachments: Vec::new(),
        }
    }

    pub(crate) fn change(&self) -> Change {
        let envelope = self.envelope();
        let standing = if self.signed {
            pb::SignatureStanding::Signed
        } else {
            pb::SignatureStanding::UnsignedPilot
        };
        Change::DocumentSent(wire::DocumentSent {
            envelope_digest: Bytes::copy_from_slice(&envelope_digest(&envelope)),
            envelope: Some(envelope),
            standing: standing as i32,
        })
    }
}
