//! One authority: a key and a CA certificate that issue others. All that is of rcgen is in this folder.

use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyUsagePurpose, PublicKeyData, SerialNumber, SignatureAlgorithm, date_time_ymd,
};

use crate::{SigningKey, VerifyingKey, digest::sha256_of_parts};

/// Separates serial numbers from every other digest.
const SERIAL_DOMAIN: &str = "truc/v1/serial-number";
/// ub-common-name of RFC 5280, in characters.
const COMMON_NAME_CHARACTERS_MAX: usize = 64;

/// A certificate authority: root or issuing.
pub(super) struct CertificateAuthority {
    pub(super) certificate: Bytes,
    pub(super) issuer: Issuer<'static, Key>,
}

/// Our keys as rcgen sees them. It never holds one itself, so nothing here depends on chance.
pub(super) struct Key {
    key: SigningKey,
    public: VerifyingKey,
}

/// A public key as rcgen sees it.
pub(super) struct PublicKey(pub(super) VerifyingKey);

impl CertificateAuthority {
    /// A self-signed root.
    pub(super) fn root(
        common_name: &str,
        key: SigningKey,
        validity: (Timestamp, Timestamp),
    ) -> Result<Self, rcgen::Error> {
        let key = Key::new(key);
        let mut params = ca_params(common_name, validity, BasicConstraints::Constrained(1), Vec::new());
        params.serial_number = Some(serial_number(&key.public, &key.public, common_name, validity));
        let certificate = Bytes::copy_from_slice(params.self_signed(&key)?.der());
        Ok(Self {
            certificate,
            issuer: Issuer::new(params, key),
        })
    }

    /// An issuing authority under `root`, for certificates of these purposes only: the purpose is checked along the whole chain.
    pub(super) fn issuing(
        root: &Self,
        common_name: &str,
        key: SigningKey,
        validity: (Timestamp, Timestamp),
        purposes: Vec<ExtendedKeyUsagePurpose>,
    ) -> Result<Self, rcgen::Error> {
        let key = Key::new(key);
        let mut params = ca_params(common_name, validity, BasicConstraints::Constrained(0), purposes);
        params.serial_number = Some(serial_number(
            &root.issuer.key().public,
            &key.public,
            common_name,
            validity,
        ));
        params.use_authority_key_identifier_extension = true;
        let certificate = Bytes::copy_from_slice(params.signed_by(&key, &root.issuer)?.der());
        Ok(Self {
            certificate,
            issuer: Issuer::new(params, key),
        })
    }
}

impl Key {
    fn new(key: SigningKey) -> Self {
        let public = key.public();
        Self { key, public }
    }

    pub(super) fn public(&self) -> &VerifyingKey {
        &self.public
    }
}

impl PublicKeyData for Key {
    fn der_bytes(&self) -> &[u8] {
        self.public.as_bytes()
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &rcgen::PKCS_ED25519
    }
}

impl rcgen::SigningKey for Key {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        Ok(self.key.sign(message).to_vec())
    }
}

impl PublicKeyData for PublicKey {
    fn der_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        &rcgen::PKCS_ED25519
    }
}

/// What all certificates here have: names, validity.
pub(super) fn params(common_name: &str, (not_before, not_after): (Timestamp, Timestamp)) -> CertificateParams {
    let mut params = CertificateParams::default();
    let mut name = DistinguishedName::new();
    name.push(DnType::CountryName, "VN");
    name.push(DnType::CommonName, cut(common_name));
    params.distinguished_name = name;
    params.not_before = date_time_ymd(1970, 1, 1) + since_1970(not_before);
    params.not_after = date_time_ymd(1970, 1, 1) + since_1970(not_after);
    params
}

/// A serial number of 16 bytes that is a digest of what is certified: the same request gives the same certificate, and
/// no two certificates of an authority share one.
pub(super) fn serial_number(
    issuer: &VerifyingKey,
    holder: &VerifyingKey,
    subject: &str,
    (not_before, not_after): (Timestamp, Timestamp),
) -> SerialNumber {
    let [from, until] = [not_before, not_after].map(|time| time.as_second().to_be_bytes());
    let parts: [&[u8]; 5] = [issuer.as_bytes(), holder.as_bytes(), subject.as_bytes(), &from, &until];
    let mut serial = sha256_of_parts(SERIAL_DOMAIN, &parts)[..16].to_vec();
    // Positive, and of the same length always.
    serial[0] = serial[0] & 0x7f | 0x40;
    serial.into()
}

/// rcgen speaks in the `time` crate's type; `date_time_ymd(1970, 1, 1)` and this make it without naming that crate.
/// Times before 1970 become 1970.
pub(super) fn since_1970(at: Timestamp) -> Duration {
    Duration::from_secs(at.as_second().try_into().unwrap_or(0))
}

fn ca_params(
    common_name: &str,
    validity: (Timestamp, Timestamp),
    constraints: BasicConstraints,
    purposes: Vec<ExtendedKeyUsagePurpose>,
) -> CertificateParams {
    let mut params = params(common_name, validity);
    params.is_ca = IsCa::Ca(constraints);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.extended_key_usages = purposes;
    params
}

fn cut(name: &str) -> String {
    if name.chars().count() <= COMMON_NAME_CHARACTERS_MAX {
        return name.to_owned();
    }
    name.chars().take(COMMON_NAME_CHARACTERS_MAX - 1).chain(['…']).collect()
}
