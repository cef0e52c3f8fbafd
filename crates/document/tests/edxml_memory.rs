//! The size of a package costs no memory, neither written nor read. A process of its own, so that the peak is its own.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "what a helper of a test can't do fails the test")]

use std::{
    fs::File,
    io::{self, BufReader, BufWriter, Read},
};

use sha2::{Digest as _, Sha256};
use truc_document::edxml::{
    Attachment, AttachmentSource, DocumentPackage, Package, Packing, ReadLimits, WriteOptions, read, write,
};

const BLOCK_BYTES: usize = 1 << 20;
const BLOCKS: usize = 100;
const PEAK_KIB_MAX: u64 = 32 << 10;

/// A block that does not compress, many times over: farther apart than deflate remembers.
struct Noise {
    block: Vec<u8>,
}

impl AttachmentSource for Noise {
    fn open(&mut self, _: usize) -> io::Result<Box<dyn Read + '_>> {
        Ok(Box::new(Repeated {
            block: &self.block,
            at: 0,
        }))
    }
}

struct Repeated<'a> {
    block: &'a [u8],
    at: usize,
}

impl Read for Repeated<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.at == BLOCK_BYTES * BLOCKS {
            return Ok(0);
        }
        let mut rest = &self.block[self.at % BLOCK_BYTES..];
        let read = rest.read(into)?;
        self.at += read;
        Ok(read)
    }
}

fn noise() -> Vec<u8> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut block = Vec::with_capacity(BLOCK_BYTES);
    while block.len() < BLOCK_BYTES {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        block.extend_from_slice(&state.to_le_bytes());
    }
    block
}

/// The most memory that this process ever had, KiB.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn a_hundred_mebibytes_pass_through_thirty_two() {
    let mut source = Noise { block: noise() };
    let mut digest = Sha256::new();
    for _ in 0..BLOCKS {
        digest.update(&source.block);
    }
    let sha256: [u8; 32] = digest.finalize().into();
    for packing in [Packing::Zipped, Packing::Plain] {
        let package = Package::Document(DocumentPackage {
            attachments: vec![Attachment {
                content_id: "1".to_owned(),
                name: "bản quét.pdf".to_owned(),
                packing,
                sha256,
                size: (BLOCK_BYTES * BLOCKS) as u64,
                ..Attachment::default()
            }],
            ..DocumentPackage::default()
        });
        let file = tempfile::NamedTempFile::new().unwrap();
        let before = peak_kib();
        let out = BufWriter::new(file.reopen().unwrap());
        write(&package, &WriteOptions::default(), &mut source, out).unwrap();
        let mut received = 0;
        let mut sink = |_: usize, bytes: &[u8]| {
            received += bytes.len();
            Ok(())
        };
        let input = BufReader::new(File::open(file.path()).unwrap());
        let reading = read(input, &ReadLimits::default(), &mut sink).unwrap();
        let Package::Document(document) = reading.package else {
            panic!("a document");
        };
        assert_eq!(
            (document.attachments[0].sha256, received),
            (sha256, BLOCK_BYTES * BLOCKS)
        );
        assert_eq!(document.attachments[0].packing, packing);
        let taken = peak_kib() - before;
        assert!(taken < PEAK_KIB_MAX, "{taken} KiB");
    }
}
