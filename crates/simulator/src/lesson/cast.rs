//! The other agencies of an attempt: who they are, and what is now theirs to do.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use truc_document::{AgencyCode, BusinessAct, StatusCode};
use uuid::Uuid;

use super::{
    attempt::Attempt,
    check::played,
    fact::{Fact, What},
    file::{Lesson, ME, Member, START},
};
use crate::{AgencyEntry, Magic};

/// An agency with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// Code.
    pub code: AgencyCode,
    /// Name.
    pub name: String,
}

/// Who is who in an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roles {
    /// The trainee's agency.
    pub me: Party,
    /// The cast, by the names of the file.
    pub cast: BTreeMap<String, Party>,
}

impl Roles {
    /// For a trainee's agency.
    pub fn of(lesson: &Lesson, me: &AgencyEntry) -> Self {
        Self {
            me: Party {
                code: me.code.clone(),
                name: me.name.clone(),
            },
            cast: lesson.cast.iter().map(|one| (one.id.clone(), party(one))).collect(),
        }
    }

    /// By the name of the file.
    pub fn party(&self, name: &str) -> Option<&Party> {
        if name == ME {
            Some(&self.me)
        } else {
            self.cast.get(name)
        }
    }

    /// An agency's name for people: with its code, so that it is found in the directory.
    pub(super) fn called(&self, code: &AgencyCode) -> String {
        let known = std::iter::once(&self.me).chain(self.cast.values());
        let found = known.into_iter().find(|party| party.code == *code);
        found.map_or_else(|| code.to_string(), |party| format!("{} – {code}", party.name))
    }
}

fn party(member: &Member) -> Party {
    if let Some(place) = played(member) {
        return Party {
            code: place.code(),
            name: place.name().to_owned(),
        };
    }
    let Some(agency) = &member.agency else {
        unreachable!("one of the cast has a place or an agency: checked when the file was read")
    };
    let name = Magic::of(agency).map_or_else(|| agency.to_string(), |magic| magic.name().to_owned());
    Party {
        code: agency.0.clone(),
        name,
    }
}

/// The id of a document of the cast: the same for the same attempt and name, so that sending it again is no second one.
pub fn document_id(attempt: Uuid, name: &str) -> Uuid {
    let digest = Sha256::new()
        .chain_update(b"truc/v1/lesson-document")
        .chain_update(attempt.as_bytes())
        .chain_update(name.as_bytes())
        .finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// What one of the cast has to do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Due {
    /// Send this document of the lesson, by its place in the file.
    Document(usize),
    /// Give this answer of the lesson, by its place in the file.
    Answer(usize),
}

impl Attempt {
    /// What the cast has to do by `now` and has not done as far as the journal says.
    pub fn due(&self, now: Timestamp) -> Vec<Due> {
        let lesson = self.lesson();
        let ready = |after: &str, seconds: u32| {
            let wait = SignedDuration::from_secs(i64::from(seconds));
            self.moment(after)
                .and_then(|at| at.checked_add(wait).ok())
                .is_some_and(|at| at <= now)
        };
        let documents = lesson.document.iter().enumerate();
        let documents = documents.filter(|(_, one)| {
            self.paper_of(&one.id).is_none()
                && one.reply_to.iter().all(|name| self.paper_of(name).is_some())
                && ready(&one.after, one.wait_seconds)
        });
        let answers = lesson.answer.iter().enumerate();
        let answers = answers.filter(|(_, one)| {
            let after = one.after.as_deref().unwrap_or(&one.of);
            self.paper_of(&one.of).is_some() && ready(after, one.wait_seconds) && !self.is_answered(one)
        });
        documents
            .map(|(at, _)| Due::Document(at))
            .chain(answers.map(|(at, _)| Due::Answer(at)))
            .collect()
    }

    /// When a step was done, or a document of the cast was sent.
    pub(super) fn moment(&self, name: &str) -> Option<Timestamp> {
        if name == START {
            return Some(self.started_at());
        }
        let lesson = self.lesson();
        if let Some(at) = lesson.step.iter().position(|step| step.id == name) {
            return self.steps()[at].done_at;
        }
        let id = self.paper_of(name)?;
        self.history().iter().find_map(|fact| match &fact.what {
            What::Sent(paper) if paper.id == id => Some(fact.at),
            _ => None,
        })
    }

    fn is_answered(&self, answer: &super::Answer) -> bool {
        let (Some(id), Some(by)) = (self.paper_of(&answer.of), self.roles().party(&answer.by)) else {
            return false;
        };
        let Some(last) = answer.statuses.last() else {
            return true;
        };
        let about = self.answered_about(id, last.0);
        let told = |fact: &Fact, document: Uuid| match &fact.what {
            What::Reported { document: of, status } => *of == document && *status == last.0,
            What::Taken { document: of } => last.0 == StatusCode::Arrived && *of == document,
            _ => false,
        };
        about.iter().all(|document| {
            let mut facts = self.history().iter().filter(|fact| fact.by == by.code);
            facts.any(|fact| told(fact, *document))
        })
    }

    /// 15 and 16 are said of what an act is about, other statuses of the document itself.
    pub fn answered_about(&self, document: Uuid, status: StatusCode) -> Vec<Uuid> {
        let acts = matches!(status, StatusCode::Agreed | StatusCode::Declined);
        match self.paper(document) {
            Some(paper) if acts && paper.act != BusinessAct::New => paper.targets.clone(),
            _ => vec![document],
        }
    }
}
