//! What a nation's year costs in memory, at a tenth of its size: 160,000 documents to 3.6 recipients each, every delivery
//! taken and reported 01, 03 and 06, every report taken by the sender. All of it through `apply`.
//!
//! ```text
//! cargo run --release -p truc-store --example state_memory -- [DOCUMENTS]
//! ```
//!
//! The days, like the documents, are a tenth of a year's, so that counts by day weigh what they would. Memory is what the
//! kernel says is resident, less what was before the first document; CPU time is that of the calling thread.

#![allow(clippy::print_stdout, reason = "a tool for the terminal")]

use std::{env, error::Error, fs};

use bytes::Bytes;
use jiff::Timestamp;
use truc_document::{AgencyCode, DocumentType, Header, Level, Signer, SigningPolicy};
use truc_proto::v1 as pb;
use truc_store::{
    apply::{Outcome, apply},
    record::{Change, Entry, wire},
    snapshot,
    state::State,
};
use uuid::Uuid;

/// A tenth of about 24,000 agencies; the month count of each is kept for the whole year.
const AGENCIES: u64 = 2400;
/// A tenth of a year, µs.
const SPAN_US: u64 = 36 * 86_400_000_000;

fn main() -> Result<(), Box<dyn Error>> {
    let documents: u64 = env::args().nth(1).map_or(Ok(160_000), |number| number.parse())?;
    let mut axis = Axis {
        state: State::default(),
        now: "2020-09-01T01:00:00Z".parse()?,
        codes: Vec::new(),
    };
    for number in 0..AGENCIES {
        axis.register(number)?;
    }
    let mut header = axis.header()?;
    let (memory, cpu, records) = (resident()?, cpu_nanoseconds()?, axis.state.position.0);
    for number in 0..documents {
        axis.now += std::time::Duration::from_micros(SPAN_US / documents);
        axis.life(&mut header, number)?;
    }
    let (memory, cpu) = (resident()?.saturating_sub(memory), cpu_nanoseconds()? - cpu);
    let records = axis.state.position.0 - records;
    let totals = axis.state.totals();
    println!(
        "{} documents, {} deliveries, {} statuses beside 01, {records} records",
        totals.documents, totals.deliveries, totals.statuses
    );
    println!(
        "{:>10.1} MiB, {} bytes a document",
        mebibytes(memory),
        memory / documents
    );
    println!("{:>10.2} µs CPU a record", cpu as f64 / 1e3 / records as f64);
    let mut kept = Vec::new();
    snapshot::write(&axis.state, &mut kept)?;
    println!("{:>10.1} MiB of snapshot", mebibytes(kept.len() as u64));
    if snapshot::read(&kept[..])?.digest() != axis.state.digest() {
        return Err("the state that was read is not the one that was written".into());
    }
    Ok(())
}

struct Axis {
    state: State,
    now: Timestamp,
    codes: Vec<AgencyCode>,
}

impl Axis {
    fn change(&mut self, change: Change, header: Option<Box<Header>>) -> Result<Outcome, Box<dyn Error>> {
        let entry = Entry {
            at: self.now,
            change,
            header,
        };
        let position = self.state.position.next();
        Ok(apply(&mut self.state, position, [1; 32], &entry)?.outcome)
    }

    fn register(&mut self, number: u64) -> Result<(), Box<dyn Error>> {
        let code = format!("H{:02}.{}", number % 63, number / 63 + 1);
        let level = [Level::Central, Level::Province, Level::District, Level::Commune][(number / 63 % 4) as usize];
        let agency = pb::Agency {
            name: code.clone(),
            code: code.clone(),
            level: level.wire(),
            province: format!("H{:02}", number % 63),
            connected: true,
            signing_policy: SigningPolicy::Off.wire(),
            ..pb::Agency::default()
        };
        self.codes.push(code.parse()?);
        let agency = Some(agency);
        self.change(
            Change::AgencyChanged(wire::AgencyChanged { agency, create: true }),
            None,
        )?;
        Ok(())
    }

    fn header(&self) -> Result<Box<Header>, Box<dyn Error>> {
        let (from, to) = (self.codes[0].clone(), self.codes[1].clone());
        let kind = DocumentType::OfficialLetter;
        let notation = "UBND-VX".parse()?;
        let signer = Signer::default();
        let header = Header::new(
            Uuid::nil(),
            from,
            [to],
            1,
            notation,
            kind,
            "Về việc đo",
            signer,
            self.now,
        );
        Ok(Box::new(header))
    }

    /// One document from its sending to the last report, which its sender takes.
    fn life(&mut self, header: &mut Box<Header>, number: u64) -> Result<(), Box<dyn Error>> {
        let from = (number % AGENCIES) as usize;
        // 29 recipients for 8 documents: 3.625 each.
        let count = if number % 8 < 5 { 4 } else { 3 };
        let to: Vec<usize> = (1..=count)
            .map(|step| ((number * 7 + step * 61) % AGENCIES) as usize)
            .collect();
        header.document_id = Uuid::from_u128(u128::from(number + 1) * 0x9E37_79B9_7F4A_7C15_F39C);
        header.number = number + 1;
        header.sender = self.codes[from].clone();
        let template = header.recipients[0].clone();
        header.recipients = vec![template; to.len()];
        for (recipient, &agency) in header.recipients.iter_mut().zip(&to) {
            recipient.agency = self.codes[agency].clone();
        }
        let sent = wire::DocumentSent {
            envelope: None,
            envelope_digest: Bytes::copy_from_slice(&[number as u8; 32]),
            standing: pb::SignatureStanding::Signed as i32,
        };
        self.change(Change::DocumentSent(sent), Some(header.clone()))?;
        for agency in to {
            self.take(agency)?;
            for status in [3, 6] {
                let status = wire::Status {
                    agency: self.codes[agency].to_string(),
                    document_id: Bytes::copy_from_slice(header.document_id.as_bytes()),
                    status,
                    ..wire::Status::default()
                };
                self.change(Change::Status(status), None)?;
            }
        }
        self.take(from)
    }

    /// Takes all that waits for an agency.
    fn take(&mut self, agency: usize) -> Result<(), Box<dyn Error>> {
        let agency = self.codes[agency].to_string();
        let lease = wire::Lease {
            agency: agency.clone(),
            max: 100,
            until: self.now.as_microsecond() + 60_000_000,
            delivery_ids: Vec::new(),
        };
        if let Outcome::Leased(leased) = self.change(Change::Lease(lease), None)? {
            let delivery_ids = leased.deliveries.iter().map(|delivery| delivery.id).collect();
            self.change(
                Change::Acknowledgement(wire::Acknowledgement { agency, delivery_ids }),
                None,
            )?;
        }
        Ok(())
    }
}

fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

/// Bytes of this process that are in memory.
fn resident() -> Result<u64, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes: u64 = line
        .and_then(|line| line.split_whitespace().next())
        .ok_or("no VmRSS")?
        .parse()?;
    Ok(kibibytes << 10)
}

fn cpu_nanoseconds() -> Result<u64, Box<dyn Error>> {
    let counts = fs::read_to_string("/proc/thread-self/schedstat")?;
    Ok(counts.split(' ').next().ok_or("schedstat is empty")?.parse()?)
}
