//! A certificate with its issuers.

use bytes::Bytes;

use crate::digest::{Digest, sha256};

/// X.509 certificates in DER: the holder's first, then its issuers in order, up to but without the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateChain {
    /// At least one.
    pub certificates: Vec<Bytes>,
}

impl CertificateChain {
    /// SHA-256 of the holder's certificate: the `key_id` of what is signed with its key.
    pub fn fingerprint(&self) -> Digest {
        sha256(self.certificates.first().map_or(&[], |certificate| certificate))
    }

    /// The chain as PEM, for files that TLS and OpenSSL read.
    pub fn to_pem(&self) -> String {
        self.certificates.iter().map(|der| certificate_pem(der)).collect()
    }
}

/// One certificate as PEM.
pub fn certificate_pem(der: &[u8]) -> String {
    encode_pem("CERTIFICATE", der)
}

/// One revocation list as PEM.
pub fn crl_pem(der: &[u8]) -> String {
    encode_pem("X509 CRL", der)
}

fn encode_pem(label: &str, der: &[u8]) -> String {
    let config = pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF);
    pem::encode_config(&pem::Pem::new(label, der), config)
}
