//! The count made anew: who sent, received, took, refused and finished what, from the records and what became of them.
//!
//! **Invariant:** nothing here calls the counting in `apply` or looks into the state. It knows deliveries only by the
//! leases that handed them out, and days only by the calendar.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::{Timestamp, civil::Date};
use truc_document::{AgencyCode, BusinessAct, Header, SignatureStanding, StatusCode, Urgency, zone};
use truc_proto::v1::PaceStage;
use uuid::Uuid;

use super::ProvinceCount;
use crate::{
    apply::{Leased, Outcome},
    record::{Change, Entry, wire},
    state::{
        Content,
        statistics::{Counts, Pace, Totals},
    },
};

/// A day and a province.
type Cell = (Date, String);

#[derive(Default)]
pub(super) struct Tally {
    now: Timestamp,
    /// Codes in both forms, each with the code that the agency is registered under.
    codes: HashMap<String, String>,
    /// Province by that code.
    province_of: HashMap<String, String>,
    /// Who took over from a closed agency, by code.
    successor_of: HashMap<String, String>,
    documents: Vec<Document>,
    /// Documents that an agency has neither taken nor lost, by its code.
    open: HashMap<String, BTreeSet<usize>>,
    by_id: HashMap<Uuid, usize>,
    /// Document and agency of each delivery that was handed out and not taken yet.
    handed_out: HashMap<u64, (usize, String)>,
    pub(super) counts: BTreeMap<Cell, Counts>,
    pub(super) refusals: BTreeMap<(Date, String, String), u64>,
    pub(super) pace: BTreeMap<(Date, String, i32, i32), Pace>,
    pub(super) totals: Totals,
}

struct Document {
    sender: String,
    taken_at: Timestamp,
    urgency: Urgency,
    due: Option<Date>,
    /// By recipient.
    deliveries: BTreeMap<String, Way>,
}

/// How far one delivery came.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Untouched,
    HandedOut,
    Taken,
    Withdrawn,
}

impl Tally {
    /// Hub time of a record, of those too that count for nothing: where several hubs write, the next may be older.
    pub(super) fn time(&mut self, at: Timestamp) {
        self.now = self.now.max(at);
    }

    /// Counts a record with what became of it.
    pub(super) fn count(&mut self, entry: &Entry, outcome: &Outcome) -> Result<(), String> {
        match (&entry.change, outcome) {
            (Change::AgencyChanged(changed), Outcome::Agency(_)) => self.agency(changed),
            (Change::AgencyClosed(closed), Outcome::Closed(_)) => self.closed(closed),
            (Change::DocumentSent(sent), Outcome::Accepted(accepted)) if !accepted.repeated => {
                let header = entry.header.as_deref().ok_or("document has no header")?;
                if accepted.document as usize != self.documents.len() {
                    return Err(format!("document is number {}, not the next one", accepted.document));
                }
                self.document(sent, header)?;
            }
            (Change::DocumentRefused(refused), _) => self.refused(refused),
            (Change::Lease(lease), Outcome::Leased(leased)) => return self.leased(lease, leased),
            (Change::Acknowledgement(acknowledgement), Outcome::Acknowledged(outcomes)) => {
                let code = self.code(&acknowledgement.agency);
                for (id, outcome) in acknowledgement.delivery_ids.iter().zip(outcomes) {
                    if outcome.is_ok() {
                        self.taken(*id, &code)?;
                    }
                }
            }
            (Change::Status(status), Outcome::Status(taken)) if !taken.repeated => self.status(status)?,
            (Change::ClockMoved(moved), _) => {
                self.now = self.now.max(Timestamp::from_microsecond(moved.to).unwrap_or_default());
            }
            _ => {}
        }
        Ok(())
    }

    /// The count by province, by code.
    pub(super) fn provinces(&self) -> Vec<ProvinceCount> {
        let mut provinces: BTreeMap<&str, (Counts, u64)> = BTreeMap::new();
        for ((_, province), counts) in &self.counts {
            provinces.entry(province).or_default().0 += counts;
        }
        for ((_, province, _), count) in &self.refusals {
            provinces.entry(province).or_default().1 += count;
        }
        let told = |(province, (counts, refused)): (&str, (Counts, u64))| ProvinceCount {
            province: province.to_owned(),
            counts,
            refused,
        };
        provinces.into_iter().map(told).collect()
    }

    fn today(&self) -> Date {
        zone::day_of(self.now)
    }

    /// The code that an agency is registered under.
    fn code(&self, code: &str) -> String {
        self.codes.get(code).cloned().unwrap_or_else(|| code.to_owned())
    }

    fn province(&self, code: &str) -> Option<String> {
        self.province_of.get(code).cloned()
    }

    fn cell(&mut self, code: &str) -> &mut Counts {
        let cell = (self.today(), self.province(code).unwrap_or_default());
        self.counts.entry(cell).or_default()
    }

    fn took(&mut self, code: &str, document: usize, stage: PaceStage) {
        let Document { taken_at, urgency, .. } = self.documents[document];
        let ms = u64::try_from(self.now.duration_since(taken_at).as_millis()).unwrap_or(0);
        let key = (
            self.today(),
            self.province(code).unwrap_or_default(),
            urgency.wire(),
            stage as i32,
        );
        let pace = self.pace.entry(key).or_default();
        pace.count += 1;
        pace.total_ms += ms;
        pace.longest_ms = pace.longest_ms.max(ms);
    }

    fn agency(&mut self, changed: &wire::AgencyChanged) {
        let Some(agency) = &changed.agency else { return };
        self.codes.retain(|_, code| *code != agency.code);
        for code in [&agency.code, &agency.legacy_code] {
            if !code.is_empty() {
                self.codes.insert(code.clone(), agency.code.clone());
            }
        }
        let own = if agency.province.is_empty() {
            &agency.code
        } else {
            &agency.province
        };
        self.province_of.insert(agency.code.clone(), own.clone());
    }

    /// Who stands for an agency now.
    fn heir(&self, code: &str) -> String {
        let next = |code: &String| self.successor_of.get(code).cloned();
        std::iter::successors(Some(code.to_owned()), next)
            .last()
            .unwrap_or_default()
    }

    /// The recipient of a document that `code` acts for: itself, or a closed agency that it took over from. What is open comes
    /// before what was taken.
    fn acts_for(&self, document: usize, code: &str) -> Option<String> {
        let settled = |way: &Way| match way {
            Way::Untouched | Way::HandedOut => 0,
            Way::Taken => 1,
            Way::Withdrawn => 2,
        };
        let deliveries = &self.documents.get(document)?.deliveries;
        let theirs = deliveries
            .iter()
            .filter(|(recipient, _)| *recipient == code || self.heir(recipient) == code);
        let first = theirs.min_by_key(|(recipient, way)| (settled(way), *recipient != code));
        first.map(|(recipient, _)| recipient.clone())
    }

    /// What the agency had not taken is the successor's, once.
    fn closed(&mut self, closed: &wire::AgencyClosed) {
        let (code, successor) = (self.code(&closed.agency), self.code(&closed.successor));
        if self.successor_of.contains_key(&code) {
            return;
        }
        self.successor_of.insert(code.clone(), successor.clone());
        let heirless: Vec<String> = self
            .open
            .keys()
            .filter(|open| self.heir(open) == successor)
            .cloned()
            .collect();
        // Of all that the closed agency stood for, its own and what it had taken over.
        let under = |tally: &Self, recipient: &String| {
            let mut at = recipient.clone();
            loop {
                if at == code {
                    return true;
                }
                match tally.successor_of.get(&at) {
                    Some(next) => at.clone_from(next),
                    None => return false,
                }
            }
        };
        let moving: Vec<(usize, String)> = heirless
            .into_iter()
            .filter(|recipient| under(self, recipient))
            .flat_map(|recipient| {
                let documents: Vec<usize> = self.open[&recipient].iter().copied().collect();
                documents.into_iter().map(move |document| (document, recipient.clone()))
            })
            .collect();
        for (document, recipient) in moving {
            let otherwise = self.documents[document]
                .deliveries
                .iter()
                .any(|(other, way)| *other != recipient && *way != Way::Withdrawn && self.heir(other) == successor);
            if otherwise {
                self.drop_out(document, &recipient);
            }
        }
    }

    /// Withdrawn, whatever was done with it.
    fn drop_out(&mut self, document: usize, recipient: &str) {
        if let Some(way) = self.documents[document].deliveries.get_mut(recipient) {
            *way = Way::Withdrawn;
        }
        self.settled(document, recipient);
        self.handed_out.retain(|_, (at, to)| *at != document || to != recipient);
        self.cell(recipient).withdrawn += 1;
        self.totals.withdrawn += 1;
    }

    fn settled(&mut self, document: usize, recipient: &str) {
        if let Some(open) = self.open.get_mut(recipient) {
            open.remove(&document);
        }
    }

    fn document(&mut self, sent: &wire::DocumentSent, header: &Header) -> Result<(), String> {
        let name = |code: &AgencyCode| self.code(code.as_str());
        let sender = name(&header.sender);
        let recipients: Vec<String> = header
            .recipients
            .iter()
            .map(|recipient| name(&recipient.agency))
            .collect();
        let electronic = u64::from(!header.paper_follows);
        let standing = SignatureStanding::try_from(sent.standing).map_err(|error| error.to_string())?;

        let counts = self.cell(&sender);
        counts.sent += 1;
        counts.sent_electronic += electronic;
        match standing {
            SignatureStanding::Signed => counts.sent_signed += 1,
            SignatureStanding::UnsignedPilot => counts.sent_unsigned_pilot += 1,
            SignatureStanding::UnsignedOff => counts.sent_unsigned_off += 1,
        }
        let home = self.province(&sender);
        for recipient in &recipients {
            let within = u64::from(self.province(recipient) == home);
            let counts = self.cell(recipient);
            counts.received += 1;
            counts.received_electronic += electronic;
            counts.received_within_province += within;
            counts.received_within_province_electronic += within * electronic;
        }
        self.totals.documents += 1;
        self.totals.deliveries += recipients.len() as u64;

        let mut targets = Vec::new();
        if header.act == BusinessAct::Recall {
            for target in &header.act_targets {
                let target = self.by_id.get(target);
                targets.push(*target.ok_or("recall of a document that was never taken")?);
            }
        }
        for &target in &targets {
            for recipient in &recipients {
                if let Some(theirs) = self.acts_for(target, recipient) {
                    self.withdraw(target, &theirs, recipient);
                }
            }
        }
        let recall = self.documents.len();
        for recipient in &recipients {
            self.open.entry(recipient.clone()).or_default().insert(recall);
        }
        self.by_id.insert(header.document_id, self.documents.len());
        self.documents.push(Document {
            sender,
            taken_at: self.now,
            urgency: header.urgency,
            due: header.due_on,
            deliveries: recipients
                .iter()
                .map(|recipient| (recipient.clone(), Way::Untouched))
                .collect(),
        });
        for recipient in &recipients {
            // Who was to get some of it and saw none is not told of it.
            let ways: Vec<_> = targets
                .iter()
                .filter_map(|target| {
                    self.documents[*target]
                        .deliveries
                        .get(&self.acts_for(*target, recipient)?)
                })
                .collect();
            if !ways.is_empty() && ways.iter().all(|way| **way == Way::Withdrawn) {
                self.withdraw(recall, recipient, recipient);
            }
        }
        Ok(())
    }

    /// Takes back what nobody touched, from who acts for the recipient.
    fn withdraw(&mut self, document: usize, recipient: &str, holder: &str) {
        match self.documents[document].deliveries.get_mut(recipient) {
            Some(way) if *way == Way::Untouched => *way = Way::Withdrawn,
            _ => return,
        }
        self.settled(document, recipient);
        self.cell(holder).withdrawn += 1;
        self.totals.withdrawn += 1;
    }

    fn refused(&mut self, refused: &wire::DocumentRefused) {
        let code = self.code(&refused.agency);
        if let Some(province) = self.province(&code) {
            let key = (self.today(), province, refused.reason.clone());
            *self.refusals.entry(key).or_default() += 1;
        }
        self.totals.refused += 1;
    }

    /// Only to whom it is for, and never after it was taken or withdrawn.
    fn leased(&mut self, lease: &wire::Lease, leased: &Leased) -> Result<(), String> {
        let code = self.code(&lease.agency);
        for delivery in &leased.deliveries {
            let Content::Document(document) = delivery.content else {
                continue;
            };
            let document = document as usize;
            let id = delivery.id;
            let to = self.acts_for(document, &code);
            let to = to.unwrap_or_else(|| code.clone());
            let there = self.documents.get_mut(document);
            match there.and_then(|document| document.deliveries.get_mut(&to)) {
                None => return Err(format!("delivery {id} went to `{code}`, which its document is not for")),
                Some(Way::Taken) => return Err(format!("delivery {id} was handed out after it was acknowledged")),
                Some(Way::Withdrawn) => return Err(format!("delivery {id} was handed out after it was withdrawn")),
                Some(way) => *way = Way::HandedOut,
            }
            self.handed_out.insert(id, (document, to));
        }
        Ok(())
    }

    fn taken(&mut self, id: u64, code: &str) -> Result<(), String> {
        // A status or a notice, or one that was acknowledged before.
        let Some((document, to)) = self.handed_out.remove(&id) else {
            return Ok(());
        };
        if to != code && self.heir(&to) != code {
            return Err(format!("delivery {id} to `{to}` was acknowledged by `{code}`"));
        }
        if let Some(way) = self.documents[document].deliveries.get_mut(&to) {
            *way = Way::Taken;
        }
        self.settled(document, &to);
        self.cell(code).acknowledged += 1;
        self.totals.acknowledged += 1;
        self.took(code, document, PaceStage::Reached);
        Ok(())
    }

    fn status(&mut self, status: &wire::Status) -> Result<(), String> {
        self.totals.statuses += 1;
        let code = self.code(&status.agency);
        let id = Uuid::from_slice(&status.document_id).map_err(|error| error.to_string())?;
        let document = *self.by_id.get(&id).ok_or("status of a document that was never taken")?;
        let reporter = self.acts_for(document, &code);
        let Document {
            sender,
            due,
            deliveries,
            ..
        } = &self.documents[document];
        let due = *due;
        match StatusCode::try_from(status.status).map_err(|error| error.to_string())? {
            StatusCode::TakeBack => {
                if *sender != code && self.heir(sender) != code {
                    return Err(format!("`{code}` took back a document of `{sender}`"));
                }
                let recipients: Vec<String> = deliveries.keys().cloned().collect();
                recipients
                    .iter()
                    .for_each(|recipient| self.withdraw(document, recipient, recipient));
                return Ok(());
            }
            _ if reporter.and_then(|reporter| deliveries.get(&reporter)) != Some(&Way::Taken) => {
                return Err(format!("`{code}` reports on document `{id}`, which it never took"));
            }
            StatusCode::Refused => {
                self.cell(&code).refused_by_receiver += 1;
                self.totals.refused_by_receiver += 1;
            }
            StatusCode::Accepted => self.took(&code, document, PaceStage::Accepted),
            StatusCode::Finished => {
                let today = self.today();
                let counts = self.cell(&code);
                counts.finished += 1;
                counts.finished_with_due_date += u64::from(due.is_some());
                counts.finished_on_time += u64::from(due.is_some_and(|due| today <= due));
                self.took(&code, document, PaceStage::Finished);
            }
            StatusCode::Arrived
            | StatusCode::Assigned
            | StatusCode::Processing
            | StatusCode::Agreed
            | StatusCode::Declined => {}
        }
        Ok(())
    }
}
