//! What the state costs on this machine: a document sent, fetched, acknowledged and its status fetched too, by `apply`
//! alone; then a copy of the state, its snapshot written and read, a report.
//!
//! ```text
//! cargo run --release -p truc-store --example state_cost -- [DOCUMENTS [AGENCIES]]
//! ```
//!
//! CPU time is that of the calling thread. Snapshots go to memory: what remains beside them on a disk is the write itself.

#![allow(clippy::print_stdout, reason = "a tool for the terminal")]

use std::{env, error::Error, time::Instant};

use bytes::Bytes;
use jiff::Timestamp;
use truc_document::{AgencyCode, DocumentType, Header, Level, Signer, SigningPolicy};
use truc_proto::v1 as pb;
use truc_store::{
    apply::{Outcome, apply},
    record::{Change, Entry, wire},
    snapshot,
    state::{State, report::report},
};
use uuid::Uuid;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let documents: u64 = arguments.next().map_or(Ok(1_000_000), |number| number.parse())?;
    let agencies: u64 = arguments.next().map_or(Ok(10_000), |number| number.parse())?;
    let mut axis = Axis {
        state: State::default(),
        now: "2020-09-01T01:00:00Z".parse()?,
        codes: Vec::new(),
    };
    for number in 0..agencies {
        axis.register(number)?;
    }
    let mut header = axis.header()?;
    let began = Began::now()?;
    for number in 0..documents {
        axis.exchange(&mut header, number)?;
    }
    per(
        "document sent, taken, its status taken: five records",
        &began,
        documents,
    )?;

    let began = Began::now()?;
    let copy = axis.state.clone();
    all("copy of the state", &began)?;
    let mut bytes = Vec::new();
    let began = Began::now()?;
    snapshot::write(&copy, &mut bytes)?;
    all("snapshot written", &began)?;
    println!(
        "{:>60} {:>10.1} MiB",
        "snapshot",
        bytes.len() as f64 / f64::from(1 << 20)
    );
    let began = Began::now()?;
    let read = snapshot::read(&bytes[..])?;
    all("snapshot read", &began)?;
    let began = Began::now()?;
    let same = read.digest() == copy.digest();
    all("two digests", &began)?;
    let began = Began::now()?;
    let rows = report(&read, &pb::GetReportRequest::default())?.rows;
    all("report", &began)?;
    if !same || rows.len() != 1 {
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
    fn change(&mut self, change: Change, header: Option<Box<Header>>) -> Result<(Outcome, Entry), Box<dyn Error>> {
        self.now += std::time::Duration::from_millis(20);
        let entry = Entry {
            at: self.now,
            change,
            header,
        };
        let position = self.state.position.next();
        Ok((apply(&mut self.state, position, [1; 32], &entry)?.outcome, entry))
    }

    fn register(&mut self, number: u64) -> Result<(), Box<dyn Error>> {
        let code = format!("H{:02}.{}", number % 63, number / 63 + 1);
        let agency = pb::Agency {
            name: code.clone(),
            code: code.clone(),
            level: Level::District.wire(),
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
        let [from, to] = [0, 1].map(|at| self.codes[at].clone());
        let kind = DocumentType::OfficialLetter;
        let notation = "UBND-VX".parse()?;
        let header = Header::new(
            Uuid::nil(),
            from,
            [to],
            1,
            notation,
            kind,
            "Về việc đo",
            Signer::default(),
            self.now,
        );
        Ok(Box::new(header))
    }

    fn exchange(&mut self, header: &mut Box<Header>, number: u64) -> Result<(), Box<dyn Error>> {
        let count = self.codes.len() as u64;
        let (from, to) = (number % count, (number * 7 + 1) % count);
        header.document_id = Uuid::from_u128(u128::from(number + 1) * 0x9E37_79B9_7F4A_7C15_F39C);
        header.number = number + 1;
        header.sender = self.codes[from as usize].clone();
        header.recipients[0].agency = self.codes[to as usize].clone();
        let sent = wire::DocumentSent {
            envelope: None,
            envelope_digest: Bytes::copy_from_slice(&[number as u8; 32]),
            standing: pb::SignatureStanding::Signed as i32,
        };
        let (_, entry) = self.change(Change::DocumentSent(sent), Some(header.clone()))?;
        drop(entry);
        for agency in [to, from] {
            self.take(agency as usize)?;
        }
        Ok(())
    }

    fn take(&mut self, agency: usize) -> Result<(), Box<dyn Error>> {
        let agency = self.codes[agency].to_string();
        let lease = wire::Lease {
            agency: agency.clone(),
            max: 10,
            until: self.now.as_microsecond() + 60_000_000,
            delivery_ids: Vec::new(),
        };
        if let (Outcome::Leased(leased), _) = self.change(Change::Lease(lease), None)? {
            let delivery_ids = leased.deliveries.iter().map(|delivery| delivery.id).collect();
            let acknowledgement = wire::Acknowledgement { agency, delivery_ids };
            self.change(Change::Acknowledgement(acknowledgement), None)?;
        }
        Ok(())
    }
}

struct Began {
    wall: Instant,
    cpu: u64,
}

impl Began {
    fn now() -> Result<Self, Box<dyn Error>> {
        Ok(Self {
            wall: Instant::now(),
            cpu: cpu_nanoseconds()?,
        })
    }

    /// Nanoseconds of CPU of this thread, and by the clock.
    fn passed(&self) -> Result<(f64, f64), Box<dyn Error>> {
        let cpu = cpu_nanoseconds()? - self.cpu;
        Ok((cpu as f64, self.wall.elapsed().as_nanos() as f64))
    }
}

fn cpu_nanoseconds() -> Result<u64, Box<dyn Error>> {
    let counts = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    Ok(counts.split(' ').next().ok_or("schedstat is empty")?.parse()?)
}

fn per(what: &str, began: &Began, count: u64) -> Result<(), Box<dyn Error>> {
    let (cpu, wall) = began.passed()?;
    let (cpu, wall) = (cpu / 1e3 / count as f64, wall / 1e3 / count as f64);
    println!("{what:>60} {cpu:>8.2} µs CPU {wall:>8.2} µs");
    Ok(())
}

fn all(what: &str, began: &Began) -> Result<(), Box<dyn Error>> {
    let (cpu, wall) = began.passed()?;
    println!("{what:>60} {:>8.1} ms CPU {:>8.1} ms", cpu / 1e6, wall / 1e6);
    Ok(())
}
