//! Forging: the envelopes of senders who do something wrong, each so that one check fails and no other before it.

use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use truc_agency::{CallError, Directory};
use truc_document::AgencyCode;
use truc_proto::v1 as pb;
use truc_signature::{
    Authority, AuthorityError, Capacity, CertificateRequest, Identity, SeededWallet, SigningKey, Subject, sign_envelope,
};

use crate::{
    topology::AgencyEntry,
    traffic::{Flaw, PersonalSignature, Planned, Traffic},
};

/// Years in which no run takes place: before the axis, and after the certificates of the wallet.
const LONG_AGO: [&str; 2] = ["2015-01-01T00:00:00Z", "2017-12-31T23:59:59Z"];
const LATER: [&str; 2] = ["2036-01-01T00:00:00Z", "2037-12-31T23:59:59Z"];
/// Added to the name of whoever lost the key, so that the certificate is none that good documents are signed with.
const LOST: &str = " (mất khóa)";

/// Who signs a document with that flaw instead of the right person.
pub(super) fn signer(
    flaw: Flaw,
    traffic: &Traffic,
    sender: &AgencyEntry,
    personal: &PersonalSignature,
    wallet: &SeededWallet,
) -> Result<Option<Arc<Identity>>, AuthorityError> {
    let (code, capacity, name) = (&sender.code, personal.capacity, personal.full_name.as_str());
    match flaw {
        Flaw::Untrusted => {
            // One authority for all that is forged: making it costs as much as some certificates.
            let stranger = Authority::from_seed(b"an authority that the axis does not know")?;
            let key = SigningKey::derive(b"stranger", &format!("{code}/{name}"));
            dated(
                &stranger,
                key,
                sender,
                personal,
                ["2018-01-01T00:00:00Z", "2035-12-31T23:59:59Z"],
            )
            .map(Some)
        }
        Flaw::Expired => of_other_years(wallet, sender, personal, LONG_AGO).map(Some),
        Flaw::NotYetValid => of_other_years(wallet, sender, personal, LATER).map(Some),
        Flaw::Revoked => wallet.person(code, capacity, &format!("{name}{LOST}")).map(Some),
        Flaw::OtherAgency => wallet.person(&another(traffic, code), capacity, name).map(Some),
        // No document of the traffic shows this capacity.
        Flaw::NotCompetent => wallet.person(code, Capacity::SubDelegated, name).map(Some),
        _ => Ok(None),
    }
}

/// What is done to an envelope that was signed in good order.
pub(super) fn spoil(flaw: Flaw, envelope: &mut pb::Envelope, person: Option<&Identity>, seal: &Identity) {
    let of_other_bytes = || sign_envelope(Bytes::from_static(b"another header"), person, seal, Vec::new(), true);
    match flaw {
        Flaw::OtherBytes => envelope.personal_signature = of_other_bytes().personal_signature,
        Flaw::Unsealed => envelope.seal = None,
        Flaw::SealOtherBytes => envelope.seal = of_other_bytes().seal,
        Flaw::AlteredContent => {
            if let Some(attachment) = envelope.inline_attachments.first_mut() {
                let mut content = attachment.content.to_vec();
                if let Some(last) = content.last_mut() {
                    *last ^= 1;
                }
                attachment.content = content.into();
            }
        }
        _ => {}
    }
}

/// Revokes the certificates that planned documents will be signed with in vain. Without any it asks nothing of the hub.
pub(super) async fn revoke(traffic: &Traffic, wallet: &SeededWallet, directory: &Directory) -> Result<(), CallError> {
    let revoked = |planned: &&Planned| planned.flaw == Some(Flaw::Revoked);
    for planned in traffic.planned().iter().filter(revoked) {
        let sender = &traffic.agencies()[planned.sender];
        let Some(personal) = traffic.letter(planned).personal else {
            continue;
        };
        let signed = signer(Flaw::Revoked, traffic, sender, &personal, wallet);
        // Whoever cannot be certified here cannot sign later either: sending tells why.
        if let Ok(Some(identity)) = signed {
            let chain = &identity.chain().certificates;
            directory.revoke_chain(chain, None, "Mất khóa").await?;
        }
    }
    Ok(())
}

fn of_other_years(
    wallet: &SeededWallet,
    sender: &AgencyEntry,
    personal: &PersonalSignature,
    years: [&str; 2],
) -> Result<Arc<Identity>, AuthorityError> {
    let path = format!("{}/{}/{}", sender.code, personal.full_name, years[0]);
    let key = SigningKey::derive(b"a key of other years", &path);
    dated(wallet.authority(), key, sender, personal, years)
}

fn dated(
    authority: &Authority,
    key: SigningKey,
    sender: &AgencyEntry,
    personal: &PersonalSignature,
    years: [&str; 2],
) -> Result<Arc<Identity>, AuthorityError> {
    let [not_before, not_after] = years.map(|time| time.parse().unwrap_or(Timestamp::MIN));
    let chain = authority.issue(&CertificateRequest {
        subject: Subject::Person {
            agency: sender.code.clone(),
            full_name: personal.full_name.clone(),
            position: String::new(),
            capacity: personal.capacity,
        },
        key: key.public(),
        not_before,
        not_after,
    })?;
    Ok(Arc::new(Identity::new(key, chain)))
}

/// Some other agency.
fn another(traffic: &Traffic, code: &AgencyCode) -> AgencyCode {
    let other = traffic.agencies().iter().find(|entry| entry.code != *code);
    other.map_or_else(|| code.clone(), |entry| entry.code.clone())
}
