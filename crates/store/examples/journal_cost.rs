//! What the embedded journal costs on this machine, next to the bare minimum (SHA-256 of the same bytes, and their write and
//! sync into a pre-zeroed file).
//!
//! ```text
//! cargo run --release -p truc-store --example journal_cost -- FOLDER [RECORDS]
//! ```
//!
//! FOLDER must not exist; it is filled and left for a look. CPU time is that of the calling thread, without the thread that
//! prepares segments.

#![allow(clippy::print_stdout, reason = "a tool for the terminal")]

use std::{
    env,
    error::Error,
    fs::{self, File, OpenOptions},
    hint::black_box,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    time::Instant,
};

use bytes::Bytes;
use sha2::{Digest, Sha256};
use truc_store::journal::{Embedded, EmbeddedOptions, Journal, JournalReader, Position};

const RECORD_BYTES: usize = 2_048;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let folder: PathBuf = arguments.next().ok_or("FOLDER is missing")?.into();
    let records: usize = arguments.next().map_or(Ok(500_000), |records| records.parse())?;
    // Only whole groups are written.
    let records = records / 512 * 512;
    fs::create_dir(&folder)?;

    println!("records of {RECORD_BYTES} bytes; CPU and wall time in µs a record");
    for group in [1, 8, 64, 512] {
        let count = (records / 10).min(group * 4_000);
        let file = zeroed(&folder.join(format!("bare-{group}")))?;
        let bare = measure(count, || append_bare(&file, count, group))?;
        let mut journal = Embedded::open(&folder.join(format!("groups-of-{group}")), EmbeddedOptions::default())?;
        let whole = measure(count, || append(&mut journal, count, group))?;
        println!("append, groups of {group:3}: {whole}; bare write, sync and SHA-256: {bare}");
    }

    let large = folder.join("large");
    let mut journal = Embedded::open(&large, EmbeddedOptions::default())?;
    let filling = measure(records, || append(&mut journal, records, 512))?;
    println!("append, {records} in groups of 512: {filling}");
    drop(journal);
    let start = Instant::now();
    let journal = Embedded::open(&large, EmbeddedOptions::default())?;
    println!(
        "open with {records} records: {:.1} ms",
        start.elapsed().as_secs_f64() * 1e3
    );

    let reader = journal.reader();
    let reads = 200_000.min(records);
    let scattered = measure(reads, || {
        for nth in 0..reads {
            // A stride without a common factor with most counts: all segments, no order.
            black_box(reader.read(Position((nth * 7_919 % records) as u64 + 1))?);
        }
        Ok(())
    })?;
    println!("read of a scattered record: {scattered}");
    let all = measure(records, || {
        for group in reader.groups(Position::FIRST) {
            black_box(group?);
        }
        Ok(())
    })?;
    println!("read of all groups, hashes checked: {all}");
    Ok(())
}

fn append(journal: &mut Embedded, count: usize, group: usize) -> Result<(), Box<dyn Error>> {
    let records = vec![Bytes::from(vec![0x5a; RECORD_BYTES]); group];
    for _ in 0..count / group {
        black_box(journal.append_blocking(&records)?);
    }
    Ok(())
}

const BARE_BYTES: usize = 64 << 20;

fn zeroed(path: &Path) -> Result<File, Box<dyn Error>> {
    let file = OpenOptions::new().write(true).create_new(true).open(path)?;
    for at in (0..BARE_BYTES).step_by(1 << 20) {
        file.write_all_at(&vec![0; 1 << 20], at as u64)?;
    }
    file.sync_all()?;
    Ok(file)
}

fn append_bare(file: &File, count: usize, group: usize) -> Result<(), Box<dyn Error>> {
    let bytes = vec![0x5a; RECORD_BYTES * group];
    let places = BARE_BYTES / bytes.len();
    for nth in 0..count / group {
        black_box(Sha256::digest(&bytes));
        file.write_all_at(&bytes, (nth % places * bytes.len()) as u64)?;
        file.sync_data()?;
    }
    Ok(())
}

fn measure(count: usize, work: impl FnOnce() -> Result<(), Box<dyn Error>>) -> Result<String, Box<dyn Error>> {
    let (cpu, wall) = (cpu_nanoseconds()?, Instant::now());
    work()?;
    let per_record = |nanoseconds: f64| nanoseconds / 1e3 / count as f64;
    let cpu = per_record((cpu_nanoseconds()? - cpu) as f64);
    Ok(format!(
        "{cpu:.2} CPU, {:.2} wall",
        per_record(wall.elapsed().as_nanos() as f64)
    ))
}

/// Time that this thread has run, as Linux counts it.
fn cpu_nanoseconds() -> Result<u64, Box<dyn Error>> {
    let counts = fs::read_to_string("/proc/thread-self/schedstat")?;
    Ok(counts.split(' ').next().ok_or("schedstat is empty")?.parse()?)
}
