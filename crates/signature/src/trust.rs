//! Trust: does a chain of certificates lead to one of our roots, and is it fit for what its holder does?

use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use rustls_pki_types::{CertificateDer, TrustAnchor, UnixTime};
use truc_document::{
    Reason, Refusal,
    limits::{CERTIFICATE_BYTES_MAX, CHAIN_MAX},
};
use webpki::{EndEntityCert, KeyUsage};

use crate::{
    Digest, TrustedCertificate,
    certificate::{
        InvalidCertificate,
        read::{Holder, ReadCertificate},
    },
    digest::sha256,
};

/// The roots that are trusted.
pub struct TrustStore {
    roots: Vec<Root>,
}

struct Root {
    der: Bytes,
    anchor: TrustAnchor<'static>,
    not_before: Timestamp,
    not_after: Timestamp,
}

impl TrustStore {
    /// Trusts these root certificates (DER), each for all kinds of holders.
    pub fn new(roots: Vec<Bytes>) -> Result<Self, InvalidCertificate> {
        Ok(Self {
            roots: roots.into_iter().map(Root::new).collect::<Result<_, _>>()?,
        })
    }

    /// The roots, DER.
    pub fn roots(&self) -> impl Iterator<Item = &Bytes> {
        self.roots.iter().map(|root| &root.der)
    }

    /// Checks a chain: the holder's certificate, then its issuers in order; the root may be left out.
    ///
    /// Each signature, basic constraints, extended key usage for the kind of holder along the whole chain (webpki),
    /// key usages, names, and a key that is not weak. Whether it is valid *now*, and not revoked, is for whoever has
    /// a clock and a list: the chain is judged at an instant at which all its certificates are valid.
    ///
    /// Costs about 150 µs: keep the result by its fingerprint. Always CERTIFICATE_UNTRUSTED when refused.
    pub fn certify(&self, chain: &[Bytes]) -> Result<TrustedCertificate, Refusal> {
        let chain = match chain {
            [rest @ .., last] if !rest.is_empty() && self.roots().any(|root| root == last) => rest,
            chain => chain,
        };
        let [der, issuers @ ..] = chain else {
            return Err(untrusted(
                "no certificate came with the signature and none is registered under its `key_id`; \
                 send the chain in `certificates`, or register it",
            ));
        };
        if chain.len() > CHAIN_MAX {
            return Err(untrusted(format!(
                "chain has {} certificates, {CHAIN_MAX} are allowed",
                chain.len()
            )));
        }
        if let Some(large) = chain.iter().find(|der| der.len() > CERTIFICATE_BYTES_MAX) {
            return Err(untrusted(format!(
                "certificate has {} bytes, {CERTIFICATE_BYTES_MAX} are allowed",
                large.len()
            )));
        }
        let read: Vec<ReadCertificate> = chain
            .iter()
            .map(|der| ReadCertificate::from_der(der))
            .collect::<Result<_, _>>()
            .map_err(untrusted)?;
        let holder = read[0].holder().map_err(untrusted)?;
        for pair in read.windows(2) {
            if pair[0].issuer() != pair[1].subject() {
                return Err(untrusted(
                    "chain is out of order: each certificate must be followed by that of its issuer",
                ));
            }
            pair[1].check_issues().map_err(untrusted)?;
        }
        let (not_before, not_after) = self.lead_to_root(&holder, der, issuers, &read)?;
        Ok(TrustedCertificate {
            fingerprint: sha256(der),
            kind: holder.kind,
            agency: holder.agency,
            common_name: holder.common_name,
            capacity: holder.capacity,
            not_before,
            not_after,
            serial: holder.serial,
            key: holder.key,
            der: der.clone(),
            issuers: issuers.to_vec(),
        })
    }

    /// As [`Self::certify`], for the certificate that a signature names: the first of the chain must be `key_id`.
    pub fn certify_named(&self, key_id: &Digest, chain: &[Bytes]) -> Result<TrustedCertificate, Refusal> {
        match chain.first() {
            Some(der) if sha256(der) != *key_id => {
                Err(untrusted("`key_id` is not the SHA-256 of the first of `certificates`"))
            }
            _ => self.certify(chain),
        }
    }

    /// The time in which the chain is valid up to and with a root that it leads to.
    fn lead_to_root(
        &self,
        holder: &Holder,
        der: &Bytes,
        issuers: &[Bytes],
        read: &[ReadCertificate],
    ) -> Result<(Timestamp, Timestamp), Refusal> {
        let mut refusal = None;
        for root in &self.roots {
            let not_before = read
                .iter()
                .map(|certificate| certificate.not_before)
                .fold(root.not_before, Timestamp::max);
            let not_after = read
                .iter()
                .map(|certificate| certificate.not_after)
                .fold(root.not_after, Timestamp::min);
            if not_before > not_after {
                refusal = Some(untrusted("certificates of the chain are never valid at the same time"));
                continue;
            }
            match verify_path(root, holder, der, issuers, not_before) {
                Ok(()) => return Ok((not_before, not_after)),
                Err(error) => refusal = Some(untrusted(format!("chain does not lead to a trusted root: {error}"))),
            }
        }
        Err(refusal.unwrap_or_else(|| untrusted("no root certificate is trusted here")))
    }
}

impl std::fmt::Debug for TrustStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.roots().map(|root| hex::encode(sha256(root))))
            .finish()
    }
}

impl Root {
    fn new(der: Bytes) -> Result<Self, InvalidCertificate> {
        let read = ReadCertificate::from_der(&der)?;
        let anchor = webpki::anchor_from_trusted_cert(&CertificateDer::from(&der[..]))
            .map_err(|error| InvalidCertificate::Encoding {
                message: error.to_string(),
            })?
            .to_owned();
        Ok(Self {
            anchor,
            not_before: read.not_before,
            not_after: read.not_after,
            der,
        })
    }
}

fn verify_path(
    root: &Root,
    holder: &Holder,
    der: &Bytes,
    issuers: &[Bytes],
    at: Timestamp,
) -> Result<(), webpki::Error> {
    let der = CertificateDer::from(&der[..]);
    let issuers: Vec<CertificateDer<'_>> = issuers.iter().map(|der| CertificateDer::from(&der[..])).collect();
    let at = UnixTime::since_unix_epoch(Duration::from_secs(at.as_second().try_into().unwrap_or(0)));
    EndEntityCert::try_from(&der)?.verify_for_usage(
        &[webpki::ring::ED25519],
        std::slice::from_ref(&root.anchor),
        &issuers,
        at,
        // Webpki asks it of the issuers too: an authority for systems can't make a seal.
        KeyUsage::required(holder.kind.required_purpose()),
        None,
        None,
    )?;
    Ok(())
}

fn untrusted(message: impl ToString) -> Refusal {
    Refusal::new(Reason::CertificateUntrusted, message.to_string())
}

#[cfg(test)]
mod tests;
