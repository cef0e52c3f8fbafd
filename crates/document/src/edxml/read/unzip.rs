//! The zip of one entry that the VNPT library puts around each file.
//!
//! Read from front to back: its writer leaves the sizes to a record behind the data, where a reader of archives would
//! have to go to the end first.

use std::io::{self, BufRead, Read};

use flate2::bufread::DeflateDecoder;

use super::super::{ReadErrorCode, ReadLimits};

/// Begins every zip that has an entry.
pub(super) const LOCAL: &[u8; 4] = b"PK\x03\x04";
const CENTRAL: [u8; 4] = *b"PK\x01\x02";
const DESCRIPTOR: u32 = u32::from_le_bytes(*b"PK\x07\x08");
const END: &[u8; 4] = b"PK\x05\x06";
/// Growth is not looked at before this.
const UNSUSPICIOUS_BYTES: u64 = 16 << 20;
/// The directory of one entry, with the longest comment.
const DIRECTORY_BYTES_MAX: u64 = 256 << 10;
const CHUNK_BYTES: usize = 8 << 10;

/// Why a zip can't be unpacked.
#[derive(Debug)]
pub(super) enum Unpacking {
    /// It has more than one entry.
    Several,
    /// It is damaged, or does too much.
    Refused(ReadErrorCode, String),
    /// Source or sink failed.
    Failed(io::Error),
}

impl From<io::Error> for Unpacking {
    fn from(error: io::Error) -> Self {
        // The decoder says in this way that the data are damaged.
        let damaged = matches!(
            error.kind(),
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof
        );
        if damaged
            && error
                .get_ref()
                .is_none_or(|inner| !inner.is::<super::super::ReadError>())
        {
            return invalid(&error.to_string());
        }
        Self::Failed(error)
    }
}

fn invalid(why: &str) -> Unpacking {
    Unpacking::Refused(
        ReadErrorCode::ZipInvalid,
        format!("the zip around the file is damaged: {why}"),
    )
}

/// The name of the first entry, as far as the first bytes of a zip have it.
pub(super) fn entry_name(start: &[u8]) -> Option<&str> {
    let length = usize::from(u16::from_le_bytes([*start.get(26)?, *start.get(27)?]));
    std::str::from_utf8(start.get(30..30 + length)?).ok()
}

struct Local {
    flags: u16,
    method: u16,
    crc: u32,
    packed: u64,
    size: u64,
}

/// Unpacks the only entry of a zip.
pub(super) fn unzip(
    mut source: impl BufRead,
    limits: &ReadLimits,
    mut take: impl FnMut(&[u8]) -> io::Result<()>,
) -> Result<(), Unpacking> {
    let local = local(&mut source)?;
    let described = local.flags & 8 != 0;
    let mut written = Written {
        crc: crc32fast::Hasher::new(),
        size: 0,
        limits,
        take: &mut take,
    };
    let packed = match local.method {
        8 => {
            let mut decoder = DeflateDecoder::new(&mut source);
            let mut chunk = [0; CHUNK_BYTES];
            loop {
                let read = decoder.read(&mut chunk)?;
                if read == 0 {
                    break decoder.total_in();
                }
                written.take(&chunk[..read], decoder.total_in())?;
            }
        }
        0 if !described => {
            let mut stored = (&mut source).take(local.packed);
            let mut chunk = [0; CHUNK_BYTES];
            loop {
                let read = stored.read(&mut chunk)?;
                if read == 0 {
                    break local.packed - stored.limit();
                }
                written.take(&chunk[..read], u64::MAX)?;
            }
        }
        method => return Err(invalid(&format!("method {method} is none that packages use"))),
    };
    let (size, crc) = (written.size, written.crc.finalize());
    let said = if described {
        descriptor(&mut source, packed)?
    } else {
        (local.crc, local.packed, local.size)
    };
    if said != (crc, packed, size) {
        return Err(invalid("its check sum or its sizes are not those of its entry"));
    }
    directory(source)
}

/// Counts and checks what comes out.
struct Written<'a> {
    crc: crc32fast::Hasher,
    size: u64,
    limits: &'a ReadLimits,
    take: &'a mut dyn FnMut(&[u8]) -> io::Result<()>,
}

impl Written<'_> {
    fn take(&mut self, bytes: &[u8], packed: u64) -> Result<(), Unpacking> {
        self.size += bytes.len() as u64;
        let ratio = self.limits.zip_ratio_max;
        if self.size > UNSUSPICIOUS_BYTES && self.size / ratio > packed {
            return Err(Unpacking::Refused(
                ReadErrorCode::ZipBomb,
                format!("the zip around the file grows to more than {ratio} times its size"),
            ));
        }
        if self.size > self.limits.attachment_bytes_max {
            let max = self.limits.attachment_bytes_max;
            return Err(Unpacking::Refused(
                ReadErrorCode::AttachmentTooLarge,
                format!("the file has more than {max} bytes unpacked"),
            ));
        }
        self.crc.update(bytes);
        (self.take)(bytes).map_err(Unpacking::Failed)
    }
}

fn local(source: &mut impl Read) -> Result<Local, Unpacking> {
    let mut fixed = [0; 30];
    source.read_exact(&mut fixed)?;
    let two = |at: usize| u16::from_le_bytes([fixed[at], fixed[at + 1]]);
    let four = |at: usize| u32::from_le_bytes([fixed[at], fixed[at + 1], fixed[at + 2], fixed[at + 3]]);
    if fixed[..4] != *LOCAL {
        return Err(invalid("it has no entry"));
    }
    if two(6) & 1 != 0 {
        return Err(invalid("it is encrypted"));
    }
    let mut rest = vec![0; usize::from(two(26)) + usize::from(two(28))];
    source.read_exact(&mut rest)?;
    let (packed, size) = large_sizes(&rest[usize::from(two(26))..], four(18), four(22));
    Ok(Local {
        flags: two(6),
        method: two(8),
        crc: four(14),
        packed,
        size,
    })
}

/// Sizes that don't fit four bytes stand in an extra field (ZIP64), size first.
fn large_sizes(mut extra: &[u8], packed: u32, size: u32) -> (u64, u64) {
    let (mut packed, mut size) = (u64::from(packed), u64::from(size));
    let four_full = u64::from(u32::MAX);
    while let [a, b, c, d, rest @ ..] = extra {
        let length = usize::from(u16::from_le_bytes([*c, *d])).min(rest.len());
        let (mut field, next) = rest.split_at(length);
        if u16::from_le_bytes([*a, *b]) == 1 {
            for value in [&mut size, &mut packed] {
                if let (true, Some((eight, left))) = (*value == four_full, field.split_first_chunk::<8>()) {
                    *value = u64::from_le_bytes(*eight);
                    field = left;
                }
            }
        }
        extra = next;
    }
    (packed, size)
}

/// The record behind the data: check sum and sizes, in four bytes each, or in eight where they would not fit.
fn descriptor(source: &mut impl Read, packed: u64) -> Result<(u32, u64, u64), Unpacking> {
    let mut four = || -> Result<u32, Unpacking> {
        let mut bytes = [0; 4];
        source.read_exact(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    };
    let first = four()?;
    let crc = if first == DESCRIPTOR { four()? } else { first };
    let (low, high) = (four()?, four()?);
    let eight = u64::from(low) | u64::from(high) << 32;
    if packed > u64::from(u32::MAX) && eight == packed {
        let size = u64::from(four()?) | u64::from(four()?) << 32;
        return Ok((crc, eight, size));
    }
    Ok((crc, u64::from(low), u64::from(high)))
}

/// How many entries a zip has, as its end says.
pub(super) fn entries(zip: &[u8]) -> Option<u16> {
    let end = zip.windows(END.len()).rposition(|bytes| bytes == END)?;
    let two = zip.get(end + 10..end + 12)?;
    Some(u16::from_le_bytes([two[0], two[1]]))
}

/// What is behind the entry: the directory, of one entry.
fn directory(mut source: impl Read) -> Result<(), Unpacking> {
    let mut magic = [0; 4];
    source.read_exact(&mut magic)?;
    if magic == *LOCAL {
        return Err(Unpacking::Several);
    }
    if magic != CENTRAL {
        return Err(invalid("it has no directory"));
    }
    let mut rest = Vec::new();
    let read = source.take(DIRECTORY_BYTES_MAX + 1).read_to_end(&mut rest)?;
    if read as u64 > DIRECTORY_BYTES_MAX {
        return Err(invalid("there is too much behind its entry"));
    }
    match entries(&rest) {
        Some(1) => Ok(()),
        Some(_) => Err(invalid("its directory has other entries than it has")),
        None => Err(invalid("its directory has no end")),
    }
}
