//! The address book: provinces and agencies in the order of their indexes, certificates, revocations, and who gave the
//! hub which content. Agencies and certificates are messages of the API.

use std::{
    io::{self, Read, Write},
    sync::Arc,
};

use prost::Message as _;
use truc_proto::v1 as pb;

use super::{SnapshotError, reader::SnapshotReader, writer::SnapshotWriter};
use crate::state::{AgencyIndex, Mailbox, Revocation, State, timestamp};

pub(super) fn write<W: Write>(state: &State, out: &mut SnapshotWriter<W>) -> io::Result<()> {
    let directory = &state.directory;
    out.count(directory.provinces().len())?;
    for province in directory.provinces() {
        out.blob(province.as_bytes())?;
    }
    out.count(directory.len())?;
    for agency in directory.in_order() {
        out.blob(&directory.to_wire(agency).encode_to_vec())?;
    }
    out.count(directory.certificates.len())?;
    for (fingerprint, certificate) in &directory.certificates {
        out.bytes(fingerprint)?;
        out.blob(&certificate.encode_to_vec())?;
    }
    out.count(directory.revocations.len())?;
    for (fingerprint, revocation) in &directory.revocations {
        out.bytes(fingerprint)?;
        out.i64(revocation.at.as_microsecond())?;
        out.blob(revocation.reason.as_bytes())?;
    }
    out.count(state.fetched.len())?;
    for &agency in &state.fetched {
        out.u32(agency)?;
    }
    out.count(state.uploads.len())?;
    for (agency, sha256) in &state.uploads {
        out.u32(*agency)?;
        out.bytes(sha256)?;
    }
    Ok(())
}

pub(super) fn read<R: Read>(state: &mut State, input: &mut SnapshotReader<R>) -> Result<(), SnapshotError> {
    let directory = Arc::make_mut(&mut state.directory);
    for _ in 0..input.count()? {
        directory.push_province(input.text()?);
    }
    let provinces = directory.provinces().len();
    for index in 0..input.count()? {
        let wire = pb::Agency::decode(&input.blob()?[..]).map_err(|_| SnapshotError::Invalid("an agency is none"))?;
        if directory.put(&wire).map(u64::from) != Some(index) || directory.provinces().len() != provinces {
            return Err(SnapshotError::Invalid("an agency can't be registered"));
        }
    }
    for _ in 0..input.count()? {
        let fingerprint = input.array()?;
        let certificate = pb::Certificate::decode(bytes::Bytes::from(input.blob()?))
            .map_err(|_| SnapshotError::Invalid("a certificate is none"))?;
        directory.certificates.insert(fingerprint, Arc::new(certificate));
    }
    for _ in 0..input.count()? {
        let fingerprint = input.array()?;
        let revocation = Revocation {
            at: timestamp(input.i64()?),
            reason: input.text()?,
        };
        directory.revocations.insert(fingerprint, revocation);
    }
    let agencies = directory.len();
    state.mailboxes = vec![Mailbox::default(); agencies];
    for _ in 0..input.count()? {
        let agency = agency(state, input)?;
        state.fetched.insert(agency);
    }
    for _ in 0..input.count()? {
        let agency = agency(state, input)?;
        state.uploads.insert((agency, input.array()?));
    }
    Ok(())
}

/// The index of an agency that is there.
#[inline]
pub(super) fn agency<R: Read>(state: &State, input: &mut SnapshotReader<R>) -> Result<AgencyIndex, SnapshotError> {
    let index = input.u32()?;
    if (index as usize) < state.directory.len() {
        return Ok(index);
    }
    Err(SnapshotError::Invalid("an agency is not in the directory"))
}
