//! What a lesson's file has to keep beyond its form: names that lead somewhere, points that add up, one check a step.

use std::collections::BTreeSet;

use super::{
    file::{Incoming, Lesson, ME, Member, Mistake, START, Step},
    place::Place,
    text::Text,
};
use crate::strict_toml::{InvalidFile, nearest};
use truc_document::{BusinessAct, StatusCode};

/// Points of all steps together.
const POINTS: u32 = 100;

/// Judges a lesson that was read from `text`.
pub(super) fn check(file: &str, text: &str, lesson: &Lesson) -> Result<(), InvalidFile> {
    let names = Names::of(lesson);
    let fault = names
        .general(lesson)
        .or_else(|| each(&lesson.cast, "cast", |at, one| names.member(lesson, at, one)))
        .or_else(|| each(&lesson.document, "document", |_, one| names.document(one)))
        .or_else(|| each(&lesson.answer, "answer", |_, one| names.answer(lesson, one)))
        .or_else(|| each(&lesson.step, "step", |at, one| names.step(lesson, at, one)))
        .or_else(|| each(&lesson.mistake, "mistake", |_, one| names.mistake(one)));
    match fault {
        Some((path, message)) => Err(InvalidFile::at(file, text, &path, message)),
        None => Ok(()),
    }
}

/// A path in the file, and what is wrong there.
type Fault = (String, String);

fn fault(path: &str, message: impl Into<String>) -> Option<Fault> {
    Some((path.to_owned(), message.into()))
}

fn each<T>(list: &[T], name: &str, judge: impl Fn(usize, &T) -> Option<Fault>) -> Option<Fault> {
    list.iter().enumerate().find_map(|(at, one)| {
        let (path, message) = judge(at, one)?;
        Some((format!("{name}/{at}/{path}"), message))
    })
}

struct Names<'a> {
    cast: BTreeSet<&'a str>,
    /// Those that the lesson plays.
    played: BTreeSet<&'a str>,
    documents: BTreeSet<&'a str>,
    steps: BTreeSet<&'a str>,
    /// Steps in which a document is sent.
    sending: BTreeSet<&'a str>,
}

impl<'a> Names<'a> {
    fn of(lesson: &'a Lesson) -> Self {
        let sending = lesson.step.iter().filter(|step| step.sent.is_some());
        Self {
            cast: lesson.cast.iter().map(|one| &*one.id).collect(),
            played: lesson
                .cast
                .iter()
                .filter(|one| one.place.is_some())
                .map(|one| &*one.id)
                .collect(),
            documents: lesson.document.iter().map(|one| &*one.id).collect(),
            steps: lesson.step.iter().map(|one| &*one.id).collect(),
            sending: sending.map(|one| &*one.id).collect(),
        }
    }

    fn text(&self, path: &str, text: &Text) -> Option<Fault> {
        let message = text.fault(|name| name == ME || self.cast.contains(name))?;
        fault(path, message)
    }

    fn general(&self, lesson: &Lesson) -> Option<Fault> {
        let texts = [
            ("title", &lesson.title),
            ("story", &lesson.story),
            ("role", &lesson.role.text),
            ("learned", &lesson.learned),
        ];
        if let Some(found) = texts.iter().find_map(|(path, text)| self.text(path, text)) {
            return Some(found);
        }
        if let Some(found) = lesson.rules.iter().find_map(|rule| self.text("rules", rule)) {
            return Some(found);
        }
        if !(1..=5).contains(&lesson.level) {
            return fault("level", format!("`{}` is no level; write 1 to 5", lesson.level));
        }
        if !(1..=480).contains(&lesson.minutes) {
            return fault("minutes", format!("`{}` minutes; write 1 to 480", lesson.minutes));
        }
        if lesson.rules.is_empty() {
            return fault(
                "rules",
                "no rule is named; say which decree or decision the lesson teaches",
            );
        }
        if lesson.role.position.trim().is_empty() || lesson.role.position.chars().count() > 100 {
            return fault("role/position", "a position has 1 to 100 characters");
        }
        if lesson.step.is_empty() {
            return fault("step", "a lesson has one step at least");
        }
        let points: u32 = lesson.step.iter().map(|step| step.points).sum();
        if points != POINTS {
            return fault("step", format!("steps have {points} points together; make it {POINTS}"));
        }
        let ids = lesson.cast.iter().map(|one| ("cast", &one.id));
        let ids = ids.chain(lesson.document.iter().map(|one| ("document", &one.id)));
        let ids = ids.chain(lesson.step.iter().map(|one| ("step", &one.id)));
        let mut seen = BTreeSet::from([ME, START]);
        for (path, id) in ids {
            if !seen.insert(id) {
                return fault(path, format!("the name `{id}` is taken; give each its own"));
            }
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            if id.is_empty() || !id.chars().all(plain) {
                return fault(path, format!("`{id}` is no name; use a-z, 0-9 and hyphens"));
            }
        }
        None
    }

    fn member(&self, lesson: &Lesson, at: usize, member: &Member) -> Option<Fault> {
        match (&member.place, &member.agency) {
            (Some(_), Some(_)) | (None, None) => {
                return fault("id", "one of the cast has a `place` or an `agency`; write one of them");
            }
            (None, Some(agency)) if super::is_of_lessons(agency) => {
                return fault(
                    "agency",
                    format!("`{}` is an agency of the lessons; name its `place`", agency.0),
                );
            }
            _ => {}
        }
        let same = |other: &Member| other.place == member.place && other.agency == member.agency;
        if lesson.cast[..at].iter().any(same) {
            return fault("id", "this agency is in the cast already; use the name that it has");
        }
        None
    }

    fn document(&self, document: &Incoming) -> Option<Fault> {
        self.player("from", &document.from)
            .or_else(|| document.to.iter().find_map(|one| self.party("to", one)))
            .or_else(|| {
                let other = |name: &&String| !self.documents.contains(&***name) && !self.sending.contains(&***name);
                let unknown = document.reply_to.iter().find(other)?;
                fault(
                    "reply-to",
                    self.no("document", unknown, self.documents.union(&self.sending)),
                )
            })
            .or_else(|| self.moment("after", &document.after))
            .or_else(|| {
                let subject = document.subject.chars().count();
                (subject == 0 || subject > 500)
                    .then(|| fault("subject", "a subject has 1 to 500 characters"))
                    .flatten()
            })
            .or_else(|| {
                (document.to.is_empty() || document.to.contains(&document.from))
                    .then(|| fault("to", "a document goes to others, to one at least"))
                    .flatten()
            })
            .or_else(|| {
                (document.number == 0 || document.number > 99_999)
                    .then(|| fault("number", "a number is 1 to 99999"))
                    .flatten()
            })
            .or_else(|| wait(document.wait_seconds))
    }

    fn answer(&self, lesson: &Lesson, answer: &super::file::Answer) -> Option<Fault> {
        if let Some(found) = self.paper("of", &answer.of).or_else(|| self.player("by", &answer.by)) {
            return Some(found);
        }
        let receives = |step: &Step| step.sent.as_ref().is_some_and(|sent| sent.to.contains(&answer.by));
        let sent_there = lesson.step.iter().any(|step| step.id == answer.of && receives(step));
        let came_there = |one: &Incoming| one.id == answer.of && one.to.contains(&answer.by);
        if !sent_there && !lesson.document.iter().any(came_there) {
            return fault("by", format!("`{}` is no receiver of `{}`", answer.by, answer.of));
        }
        if answer.statuses.is_empty() {
            return fault("statuses", "no status; write some, such as `[\"03\", \"06\"]`");
        }
        let reasoned = |status: &StatusCode| matches!(status, StatusCode::Refused | StatusCode::Declined);
        if answer.because.trim().is_empty() && answer.statuses.iter().any(|status| reasoned(&status.0)) {
            return fault("because", "02 and 16 need a reason; add `because`");
        }
        if answer.statuses.iter().any(|status| status.0 == StatusCode::TakeBack) {
            return fault("statuses", "13 is the sender's, not the receiver's");
        }
        let after = answer.after.as_deref();
        after
            .and_then(|after| self.moment("after", after))
            .or_else(|| wait(answer.wait_seconds))
    }

    fn step(&self, lesson: &Lesson, at: usize, step: &Step) -> Option<Fault> {
        let texts = std::iter::once(&step.text).chain(&step.hint);
        if let Some(found) = texts.into_iter().find_map(|text| self.text("text", text)) {
            return Some(found);
        }
        if step.points == 0 {
            return fault("points", "a step has 1 point at least");
        }
        let checks = [
            step.sent.is_some(),
            step.reported.is_some(),
            step.taken.is_some(),
            step.answered.is_some(),
        ];
        if checks.iter().filter(|&&there| there).count() != 1 {
            return fault("id", "a step has one of `sent`, `reported`, `taken` and `answered`");
        }
        if let Some(sent) = &step.sent {
            let act = sent.act.map_or(BusinessAct::New, |act| act.0);
            if let Some(found) = sent.to.iter().find_map(|one| self.player_or_other("sent/to", one)) {
                return Some(found);
            }
            if sent.to.is_empty() {
                return fault("sent/to", "no receivers; name those who have to get it");
            }
            if (act == BusinessAct::New) != sent.target.is_none() {
                return fault("sent/target", "an act has a target, and a new document has none");
            }
            if let Some(target) = &sent.target
                && !lesson.step[..at]
                    .iter()
                    .any(|one| one.id == *target && one.sent.is_some())
            {
                return fault(
                    "sent/target",
                    format!("`{target}` is no step before this one in which a document is sent"),
                );
            }
            return sent.reply_to.iter().find_map(|one| self.paper("sent/reply-to", one));
        }
        if let Some(reported) = &step.reported {
            if reported.status.is_empty() {
                return fault("reported/status", "no status; write some, such as `[\"03\"]`");
            }
            return self.paper("reported/on", &reported.on);
        }
        if let Some(taken) = &step.taken {
            return (!self.documents.contains(&*taken.on))
                .then(|| fault("taken/on", self.no("document", &taken.on, self.documents.iter())))
                .flatten();
        }
        let answered = step.answered.as_ref()?;
        self.player_or_other("answered/by", &answered.by).or_else(|| {
            (!self.sending.contains(&*answered.on))
                .then(|| {
                    fault(
                        "answered/on",
                        self.no("step that sends", &answered.on, self.sending.iter()),
                    )
                })
                .flatten()
        })
    }

    fn mistake(&self, mistake: &Mistake) -> Option<Fault> {
        if let Some(found) = self.text("text", &mistake.text) {
            return Some(found);
        }
        let checks = [
            mistake.sent.is_some(),
            mistake.reported.is_some(),
            mistake.late.is_some(),
        ];
        if checks.iter().filter(|&&there| there).count() != 1 {
            return fault("id", "a mistake has one of `sent`, `reported` and `late`");
        }
        let step = |path: &str, name: &str| {
            (!self.steps.contains(name))
                .then(|| fault(path, self.no("step", name, self.steps.iter())))
                .flatten()
        };
        if let Some(found) = mistake.unless.as_deref().and_then(|name| step("unless", name)) {
            return Some(found);
        }
        if let Some(sent) = &mistake.sent {
            if *sent == super::file::SentMistake::default() {
                return fault("sent", "nothing is said of the document; every one would be a mistake");
            }
            let papers = [("sent/target", &sent.target), ("sent/reply-to", &sent.reply_to)];
            let mut papers = papers.into_iter();
            return sent
                .to
                .iter()
                .find_map(|one| self.player_or_other("sent/to", one))
                .or_else(|| papers.find_map(|(path, name)| self.paper(path, name.as_deref()?)));
        }
        if let Some(reported) = &mistake.reported {
            return self.paper("reported/on", &reported.on);
        }
        let late = mistake.late.as_ref()?;
        step("late/step", &late.step).or_else(|| self.moment("late/since", &late.since))
    }

    /// Somebody who acts: played by the lesson.
    fn player(&self, path: &str, name: &str) -> Option<Fault> {
        let answers_by_itself = self.cast.contains(name) && !self.played.contains(name);
        if answers_by_itself {
            return fault(
                path,
                format!("`{name}` answers by itself; only one with a `place` does what a lesson says"),
            );
        }
        self.player_or_other(path, name)
    }

    fn player_or_other(&self, path: &str, name: &str) -> Option<Fault> {
        (!self.cast.contains(name))
            .then(|| fault(path, self.no("one of the cast", name, self.cast.iter())))
            .flatten()
    }

    fn party(&self, path: &str, name: &str) -> Option<Fault> {
        if name == ME {
            None
        } else {
            self.player_or_other(path, name)
        }
    }

    /// A document of either side.
    fn paper(&self, path: &str, name: &str) -> Option<Fault> {
        let known = self.documents.contains(name) || self.sending.contains(name);
        (!known)
            .then(|| fault(path, self.no("document", name, self.documents.union(&self.sending))))
            .flatten()
    }

    fn moment(&self, path: &str, name: &str) -> Option<Fault> {
        let known = name == START || self.documents.contains(name) || self.steps.contains(name);
        let all = || self.documents.union(&self.steps);
        (!known)
            .then(|| fault(path, self.no("step or document", name, all())))
            .flatten()
    }

    fn no<'n>(&self, what: &str, name: &str, known: impl Iterator<Item = &'n &'n str>) -> String {
        let known: Vec<&str> = known.copied().collect();
        match nearest(name, &known) {
            Some(near) => format!("`{name}` is no {what}; did you mean `{near}`?"),
            None => format!("`{name}` is no {what}; known here: {}", known.join(", ")),
        }
    }
}

fn wait(seconds: u32) -> Option<Fault> {
    (seconds > 600)
        .then(|| fault("wait-seconds", format!("`{seconds}` seconds; write 0 to 600")))
        .flatten()
}

/// Whether the lesson plays it; others of the sandbox answer by themselves.
pub(super) fn played(member: &Member) -> Option<Place> {
    member.place
}
