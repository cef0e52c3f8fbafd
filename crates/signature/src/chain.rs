//! A certificate with its issuers.

use bytes::Bytes;

use crate::digest::{Digest, sha256};

const CERTIFICATE: &str = "CERTIFICATE";

/// X.509 certificates in DER: the holder's first, then its issuers in order, up to but without the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateChain {
    /// At least one.
    pub certificates: Vec<Bytes>,
}

/// A text that gives no chain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidChain {
    /// It is not PEM.
    #[error("text is no PEM: {0}")]
    Pem(String),
    /// It is, but none of its blocks is a certificate.
    #[error("text holds no certificate (`BEGIN CERTIFICATE`)")]
    Empty,
}

impl CertificateChain {
    /// SHA-256 of the holder's certificate: the `key_id` of what is signed with its key.
    pub fn fingerprint(&self) -> Digest {
        sha256(self.certificates.first().map_or(&[], |certificate| certificate))
    }

    /// Reads the certificates of a PEM text, in its order; other blocks, such as a private key, are passed over.
    pub fn from_pem(text: &str) -> Result<Self, InvalidChain> {
        let blocks = pem::parse_many(text).map_err(|error| InvalidChain::Pem(error.to_string()))?;
        let certificates: Vec<Bytes> = blocks
            .into_iter()
            .filter(|block| block.tag() == CERTIFICATE)
            .map(|block| block.into_contents().into())
            .collect();
        if certificates.is_empty() {
            return Err(InvalidChain::Empty);
        }
        Ok(Self { certificates })
    }

    /// The chain as PEM, for files that TLS and OpenSSL read.
    pub fn to_pem(&self) -> String {
        self.certificates.iter().map(|der| certificate_pem(der)).collect()
    }
}

/// One certificate as PEM.
pub fn certificate_pem(der: &[u8]) -> String {
    encode_pem(CERTIFICATE, der)
}

/// One revocation list as PEM.
pub fn crl_pem(der: &[u8]) -> String {
    encode_pem("X509 CRL", der)
}

fn encode_pem(label: &str, der: &[u8]) -> String {
    let config = pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF);
    pem::encode_config(&pem::Pem::new(label, der), config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chain_is_read_as_it_was_written() {
        let chain = CertificateChain {
            certificates: vec![vec![1; 300].into(), vec![2; 5].into()],
        };
        let key = encode_pem("PRIVATE KEY", &[3; 48]);
        let text = format!("{key}Bag Attributes\n{}", chain.to_pem());
        assert_eq!(CertificateChain::from_pem(&text).unwrap(), chain);
        assert_eq!(CertificateChain::from_pem(&key).unwrap_err(), InvalidChain::Empty);
        assert_eq!(CertificateChain::from_pem("").unwrap_err(), InvalidChain::Empty);
        let broken = text.replace("AQEB", "A*EB");
        assert!(matches!(CertificateChain::from_pem(&broken), Err(InvalidChain::Pem(_))));
    }
}
