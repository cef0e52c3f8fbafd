//! The cast at work: it sends and answers as any agency does, through the client library.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use truc_agency::{Agency, CallError, DeliveryState, Draft, FetchOptions, FileLabel, Hub, ListedKind, StatusToReport};
use truc_document::{AgencyCode, Header, Notation, Reason, Signer, StatusCode, Urgency, suggest, zone};
use truc_signature::{Capacity, CertificateRequest, Identity, SigningKey, Subject};
use truc_simulator::lesson::{Answer, Attempt, Due, Incoming, Lesson, Place, SignerStanding, document_id};
use uuid::Uuid;

use crate::{
    exit::Failure,
    identity::Signatory,
    keys::{Keys, unusable},
};

/// Words that one look at a mailbox takes.
const WORDS: u32 = 1000;

/// Speaks for all agencies of the cast.
#[derive(Clone)]
pub(super) struct Player {
    pub(super) hub: Hub,
    pub(super) keys: Keys,
}

impl Player {
    /// Does what is due in an attempt. Done before, it does nothing more.
    pub(super) async fn play(&self, attempt: &Attempt, due: Due) -> Result<(), Failure> {
        let lesson = attempt.lesson();
        match due {
            Due::Document(at) => self.send(attempt, &lesson.document[at]).await,
            Due::Answer(at) => self.answer(attempt, &lesson.answer[at]).await,
        }
    }

    fn agency(&self, code: &AgencyCode) -> Agency {
        self.hub.agency(code.clone(), self.keys.credential())
    }

    async fn send(&self, attempt: &Attempt, document: &Incoming) -> Result<(), Failure> {
        let place = place_of(attempt.lesson(), &document.from)?;
        let code = place.code();
        let agency = self.agency(&code);
        let now = agency.clock().await?.now;
        let (full_name, position) = place.head();
        let signatory = Signatory {
            full_name: full_name.to_owned(),
            position: position.to_owned(),
            capacity: Capacity::Head,
        };
        let identity = self.keys.agency(&code, place.name(), signatory.clone())?;
        let person = match document.signer {
            SignerStanding::Good => Arc::clone(&identity.person),
            SignerStanding::Revoked => {
                self.signer_to_be_revoked(attempt, document, &code, signatory, now)
                    .await?
            }
        };
        let header = header_of(attempt, document, place, now)?;
        let mut draft = Draft::new(header);
        if let Some(content) = &document.content {
            let label = FileLabel::new("noi-dung.txt", "text/plain");
            draft = draft.attach(label, content.clone().into());
        }
        let composed = draft.sign(Some(&*person), &identity.seal).map_err(Failure::input)?;
        match agency.send(composed.envelope).await {
            Ok(_) => {}
            // Sent in the moment before a restart.
            Err(error)
                if error
                    .refusal()
                    .is_some_and(|refusal| refusal.reason == Reason::DocumentIdReused) => {}
            Err(error) => return Err(error.into()),
        }
        if document.signer == SignerStanding::Revoked {
            // From before it was signed: so it was never good, and the hub could not know.
            let from = now.saturating_sub(SignedDuration::from_hours(1)).unwrap_or(now);
            let directory = self.hub.operator(self.keys.credential()).directory();
            directory
                .revoke_certificate(person.fingerprint(), Some(from), "Mất khóa (giả định)")
                .await?;
        }
        Ok(())
    }

    /// A key of this document's own: what is revoked must not take others along.
    async fn signer_to_be_revoked(
        &self,
        attempt: &Attempt,
        document: &Incoming,
        code: &AgencyCode,
        signatory: Signatory,
        now: Timestamp,
    ) -> Result<Arc<Identity>, Failure> {
        let key = SigningKey::derive(self.keys.seed(), &format!("lesson/{}/{}", attempt.id(), document.id));
        let year = SignedDuration::from_hours(24 * 365);
        let request = CertificateRequest {
            subject: Subject::Person {
                agency: code.clone(),
                full_name: signatory.full_name,
                position: signatory.position,
                capacity: signatory.capacity,
            },
            key: key.public(),
            not_before: now.saturating_sub(year).unwrap_or(now),
            not_after: now.saturating_add(year).unwrap_or(now),
        };
        let chain = self.keys.authority().issue(&request).map_err(unusable)?;
        let directory = self.hub.operator(self.keys.credential()).directory();
        directory.register_certificate(&chain.certificates).await?;
        Ok(Arc::new(Identity::new(key, chain)))
    }

    async fn answer(&self, attempt: &Attempt, answer: &Answer) -> Result<(), Failure> {
        let Some(document) = attempt.paper_of(&answer.of) else {
            return Ok(());
        };
        let code = place_of(attempt.lesson(), &answer.by)?.code();
        let agency = self.agency(&code);
        if !self.take(&agency, document).await? {
            return Ok(());
        }
        for status in answer.statuses.iter().filter(|status| status.0 != StatusCode::Arrived) {
            for about in attempt.answered_about(document, status.0) {
                let report = StatusToReport::new(about, status.0).because(answer.because.as_str());
                agency.report(report).await?;
            }
        }
        Ok(())
    }

    /// Takes the document out of the mailbox for good; says whether it was not withdrawn before.
    async fn take(&self, agency: &Agency, document: Uuid) -> Result<bool, CallError> {
        let life = self.hub.operator(self.keys.credential()).track(document).await?;
        let Some(delivery) = life.recipients.iter().find(|one| one.agency == *agency.code()) else {
            return Ok(false);
        };
        match delivery.delivery {
            DeliveryState::Waiting | DeliveryState::Leased => {
                self.take_all(agency, vec![delivery.delivery_id]).await?;
                Ok(true)
            }
            DeliveryState::Acknowledged => Ok(true),
            DeliveryState::Withdrawn => Ok(false),
        }
    }

    async fn take_all(&self, agency: &Agency, deliveries: Vec<u64>) -> Result<(), CallError> {
        if deliveries.is_empty() {
            return Ok(());
        }
        let options = FetchOptions {
            headers_only: true,
            delivery_ids: deliveries.clone(),
            ..FetchOptions::default()
        };
        agency.fetch(options).await?;
        agency.acknowledge(&deliveries).await.map(drop)
    }

    /// Takes what trainees reported and what the hub told, so that it does not wait for ever.
    pub(super) async fn read_words(&self, code: &AgencyCode) -> Result<(), CallError> {
        let agency = self.agency(code);
        for kind in [ListedKind::Status, ListedKind::Notice] {
            let listed = agency.list(Some(kind), WORDS, None).await?;
            let ids = listed.deliveries.iter().map(|one| one.id).collect();
            self.take_all(&agency, ids).await?;
        }
        Ok(())
    }
}

fn header_of(attempt: &Attempt, document: &Incoming, place: Place, now: Timestamp) -> Result<Header, Failure> {
    let code_of = |name: &String| attempt.roles().party(name).map(|party| party.code.clone());
    let (full_name, position) = place.head();
    let signer = Signer {
        competence: String::new(),
        position: position.to_owned(),
        full_name: full_name.to_owned(),
    };
    let notation: Notation = suggest(document.document_type.0, place.initials(), "VP").map_err(Failure::input)?;
    let mut header = Header::new(
        document_id(attempt.id(), &document.id),
        place.code(),
        document.to.iter().filter_map(code_of),
        u64::from(document.number),
        notation,
        document.document_type.0,
        document.subject.clone(),
        signer,
        now,
    );
    header.urgency = document.urgency.map_or(Urgency::Normal, |urgency| urgency.0);
    let days = document.due_in_days.map(i64::from);
    header.due_on = days.map(|days| zone::day_of(now).saturating_add(jiff::Span::new().days(days)));
    header.in_reply_to = document
        .reply_to
        .iter()
        .filter_map(|name| attempt.paper_of(name))
        .collect();
    Ok(header)
}

fn place_of(lesson: &Lesson, name: &str) -> Result<Place, Failure> {
    let member = lesson.cast.iter().find(|member| member.id == name);
    member
        .and_then(|member| member.place)
        .ok_or_else(|| Failure::input(format!("lesson `{}` does not play `{name}`", lesson.id)))
}
