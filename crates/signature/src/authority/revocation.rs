//! Certificate revocation lists (RFC 5280, CRL): what an issuing authority takes back.

use bytes::Bytes;
use jiff::Timestamp;
use rcgen::{
    CertificateRevocationListParams, KeyIdMethod, RevocationReason, RevokedCertParams, SerialNumber, date_time_ymd,
};

use super::{Authority, AuthorityError, IssuingAuthority, issuing::since_1970};

/// One certificate that is revoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevokedSerial {
    /// Serial number, big-endian, as `TrustedCertificate::serial` gives it.
    pub serial: Vec<u8>,
    /// From when on; whole seconds.
    pub revoked_at: Timestamp,
}

impl Authority {
    /// The list of an issuing authority in DER: what is revoked, as of `this_update`, to be looked up again by `next_update`.
    /// `number` counts the lists of this authority. The same arguments give the same bytes.
    pub fn crl(
        &self,
        which: IssuingAuthority,
        number: u64,
        revoked: &[RevokedSerial],
        this_update: Timestamp,
        next_update: Timestamp,
    ) -> Result<Bytes, AuthorityError> {
        let date_time = |at| date_time_ymd(1970, 1, 1) + since_1970(at);
        let revoked_certs = revoked
            .iter()
            .map(|revoked| RevokedCertParams {
                serial_number: SerialNumber::from_slice(&revoked.serial),
                revocation_time: date_time(revoked.revoked_at),
                reason_code: Some(RevocationReason::Unspecified),
                invalidity_date: None,
            })
            .collect();
        let list = CertificateRevocationListParams {
            this_update: date_time(this_update),
            next_update: date_time(next_update),
            crl_number: SerialNumber::from(number),
            issuing_distribution_point: None,
            revoked_certs,
            key_identifier_method: KeyIdMethod::Sha256,
        };
        let list = list.signed_by(&self.issuing(which).issuer)?;
        Ok(Bytes::copy_from_slice(list.der()))
    }
}
