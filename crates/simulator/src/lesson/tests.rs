//! An attempt judged by facts: each shipped lesson passed, and failed; slips, hints, time.

use std::{collections::BTreeSet, sync::Arc};

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use truc_document::{AgencyCode, BusinessAct, DocumentType, StatusCode, Urgency, zone};
use uuid::Uuid;

use super::*;

/// An attempt with a cast that plays at once.
struct Class {
    attempt: Attempt,
    now: Timestamp,
    papers: u128,
}

impl Class {
    fn of(lesson: &str) -> Self {
        let lessons = Lesson::shipped().unwrap();
        let lesson = lessons.iter().find(|one| one.id == lesson).unwrap();
        Self::with(Arc::clone(lesson))
    }

    fn with(lesson: Arc<Lesson>) -> Self {
        let now: Timestamp = "2020-09-14T01:00:00Z".parse().unwrap();
        let roles = Roles::of(&lesson, &lesson.role.place.entry(1));
        let mut class = Self {
            attempt: Attempt::new(lesson, Uuid::from_u128(1), roles, now),
            now,
            papers: 100,
        };
        class.play();
        class
    }

    fn code(&self, name: &str) -> AgencyCode {
        self.attempt.roles().party(name).unwrap().code.clone()
    }

    fn fact(&mut self, by: &str, what: What) {
        self.now += SignedDuration::from_secs(1);
        let fact = Fact {
            at: self.now,
            by: self.code(by),
            what,
        };
        self.attempt.observe(&fact);
    }

    /// The cast does what is due until nothing is.
    fn play(&mut self) {
        for _ in 0..50 {
            self.now += SignedDuration::from_secs(2);
            let due = self.attempt.due(self.now);
            let Some(due) = due.first().filter(|_| *self.attempt.outcome() == Outcome::Running) else {
                return;
            };
            let lesson = Arc::clone(self.attempt.lesson());
            match *due {
                Due::Document(at) => {
                    let one = &lesson.document[at];
                    let to: Vec<&str> = one.to.iter().map(String::as_str).collect();
                    let mut paper = self.paper(document_id(self.attempt.id(), &one.id), &to);
                    paper.document_type = one.document_type.0;
                    paper.replies_to = one
                        .reply_to
                        .iter()
                        .filter_map(|name| self.attempt.paper_of(name))
                        .collect();
                    self.fact(&one.from, What::Sent(paper));
                }
                Due::Answer(at) => {
                    let one = &lesson.answer[at];
                    let document = self.attempt.paper_of(&one.of).unwrap();
                    self.fact(&one.by, What::Taken { document });
                    for status in &one.statuses {
                        for document in self.attempt.answered_about(document, status.0) {
                            let status = status.0;
                            self.fact(&one.by, What::Reported { document, status });
                        }
                    }
                }
            }
        }
        panic!("the cast finds no end");
    }

    fn paper(&self, id: Uuid, to: &[&str]) -> Paper {
        Paper {
            id,
            to: to.iter().map(|name| self.code(name)).collect::<BTreeSet<_>>(),
            document_type: DocumentType::OfficialLetter,
            urgency: Urgency::Normal,
            issued_on: zone::day_of(self.now),
            due_on: None,
            act: BusinessAct::New,
            targets: Vec::new(),
            replies_to: Vec::new(),
        }
    }

    fn send(&mut self, to: &[&str], change: impl FnOnce(&mut Paper)) {
        self.papers += 1;
        let mut paper = self.paper(Uuid::from_u128(self.papers), to);
        change(&mut paper);
        self.fact("me", What::Sent(paper));
        self.play();
    }

    fn report(&mut self, on: &str, status: StatusCode) {
        let document = self.attempt.paper_of(on).unwrap_or_else(|| panic!("no `{on}`"));
        self.fact("me", What::Reported { document, status });
        self.play();
    }

    /// Does the open step as its check says.
    fn do_step(&mut self) {
        let lesson = Arc::clone(self.attempt.lesson());
        let step = &lesson.step[self.attempt.open_step().expect("an open step")];
        if let Some(check) = &step.sent {
            let to: Vec<&str> = check.to.iter().map(String::as_str).collect();
            let target = check.target.as_ref().map(|name| self.attempt.paper_of(name).unwrap());
            let reply = check.reply_to.as_ref().map(|name| self.attempt.paper_of(name).unwrap());
            self.send(&to, |paper| {
                paper.document_type = check.document_type.map_or(paper.document_type, |one| one.0);
                paper.urgency = check.urgency.map_or(paper.urgency, |one| one.0);
                paper.act = check.act.map_or(paper.act, |one| one.0);
                paper.targets.extend(target);
                paper.replies_to.extend(reply);
                paper.due_on = check.due_within_days.map(|_| paper.issued_on);
            });
        } else if let Some(check) = &step.reported {
            self.report(&check.on, check.status[0].0);
        } else if let Some(check) = &step.taken {
            let document = self.attempt.paper_of(&check.on).unwrap();
            self.fact("me", What::Taken { document });
            self.play();
        } else {
            panic!("{}: `{}` waits for a cast that does nothing", lesson.id, step.id);
        }
    }

    fn why(&self) -> &Text {
        match self.attempt.outcome() {
            Outcome::Failed { why, .. } => why,
            other => panic!("{other:?}, {:?}", self.attempt.slips()),
        }
    }
}

#[test]
fn each_lesson_is_passed_with_all_points_by_who_does_what_is_asked() {
    for lesson in Lesson::shipped().unwrap() {
        let mut class = Class::with(Arc::clone(&lesson));
        while *class.attempt.outcome() == Outcome::Running {
            class.do_step();
        }
        let passed = matches!(class.attempt.outcome(), Outcome::Passed { .. });
        assert!(passed, "{}: {:?}", lesson.id, class.attempt.outcome());
        assert_eq!(class.attempt.score(), 100, "{}: {:?}", lesson.id, class.attempt.slips());
        assert!(class.attempt.slips().is_empty(), "{}", lesson.id);
    }
}

#[test]
fn each_mistake_about_a_status_ends_its_lesson_and_says_why() {
    let mut seen = 0;
    for lesson in Lesson::shipped().unwrap() {
        for mistake in &lesson.mistake {
            let Some(check) = &mistake.reported else { continue };
            let mut class = Class::with(Arc::clone(&lesson));
            while class.attempt.paper_of(&check.on).is_none() {
                class.do_step();
            }
            class.report(&check.on, check.status[0].0);
            assert!(!class.why().vi.contains('{'), "{}", class.why().vi);
            seen += 1;
        }
    }
    assert!(seen >= 10, "{seen}");
}

#[test]
fn who_does_nothing_fails_by_time_in_every_lesson() {
    for lesson in Lesson::shipped().unwrap() {
        let mut class = Class::with(Arc::clone(&lesson));
        assert!(class.attempt.tick(class.attempt.ends_at()));
        assert!(!class.why().en.is_empty(), "{}", lesson.id);
        assert!(!class.attempt.tick(class.attempt.ends_at()), "an end is an end");
    }
}

#[test]
fn what_is_late_fails_at_its_instant_and_not_before() {
    let mut class = Class::of("urgent-telegram");
    let telegram = class.attempt.moment("telegram").unwrap();
    let deadline = telegram + SignedDuration::from_mins(8);
    assert!(!class.attempt.tick(deadline - SignedDuration::from_secs(1)));
    assert!(class.attempt.needs_help(deadline - SignedDuration::from_secs(1)));
    class.attempt.tick(deadline + SignedDuration::from_mins(1));
    assert!(matches!(class.attempt.outcome(), Outcome::Failed { at, .. } if *at == deadline));
}

#[test]
fn a_document_that_is_not_as_asked_says_how_and_costs() {
    let mut class = Class::of("first-letter");
    class.send(&["home", "me"], |paper| paper.urgency = Urgency::Express);
    let slip = &class.attempt.slips()[0];
    assert_eq!(slip.cost, 5);
    assert!(
        slip.text.vi.contains("độ khẩn là hỏa tốc, cần thường"),
        "{}",
        slip.text.vi
    );
    assert!(slip.text.vi.contains("gửi thừa cho"), "{}", slip.text.vi);
    assert!(
        slip.text.en.contains("its urgency is express, and normal is asked for"),
        "{}",
        slip.text.en
    );
    while *class.attempt.outcome() == Outcome::Running {
        class.do_step();
    }
    assert_eq!(class.attempt.score(), 95);
}

#[test]
fn hints_come_in_their_order_cost_and_end() {
    let mut class = Class::of("first-letter");
    let first = class.attempt.hint(class.now).unwrap();
    assert!(first.vi.contains("Soạn văn bản"));
    let second = class.attempt.hint(class.now).unwrap();
    assert!(
        second.en.contains("Sở Nội vụ tỉnh Thực Hành (giả định) – Z90.01"),
        "{}",
        second.en
    );
    assert_eq!(class.attempt.hint(class.now), Err(NoHint::NoneLeft));
    class.do_step();
    assert_eq!(class.attempt.score(), 55 + 10 - 10);
}

#[test]
fn a_wrong_receiver_ends_the_first_lesson() {
    let mut class = Class::of("first-letter");
    class.send(&["finance"], |_| {});
    assert!(class.why().vi.contains("Sở Tài chính"), "{}", class.why().vi);
    // What comes after changes nothing.
    let score = class.attempt.score();
    class.fact("me", What::Sent(class.paper(Uuid::from_u128(9), &["home"])));
    assert_eq!((class.attempt.score(), score), (0, 0));
}

#[test]
fn recalling_the_wrong_document_ends_the_lesson() {
    let mut class = Class::of("recall-in-time");
    class.do_step();
    class.do_step();
    let wrong = class.attempt.paper_of("letter-home").unwrap();
    class.send(&["home"], |paper| {
        paper.act = BusinessAct::Recall;
        paper.targets = vec![wrong];
    });
    assert!(class.why().vi.contains("không sai"), "{}", class.why().vi);
}

#[test]
fn a_step_done_early_counts_when_its_turn_comes() {
    let mut class = Class::of("wrong-addressee");
    class.report("ours", StatusCode::Accepted);
    assert_eq!(class.attempt.score(), 0);
    class.report("misdirected", StatusCode::Refused);
    assert_eq!(class.attempt.score(), 70);
}

#[test]
fn facts_of_others_are_none_of_this_attempt() {
    let mut class = Class::of("first-letter");
    let other = Fact {
        at: class.now,
        by: "Z90.80.002".parse().unwrap(),
        what: What::Sent(class.paper(Uuid::from_u128(5), &["home"])),
    };
    assert!(!class.attempt.observe(&other));
    assert_eq!(class.attempt.open_step(), Some(0));
}

proptest! {
    /// Whatever happens in whatever order: points stay within bounds, an end is final, and the same facts give the same end.
    #[test]
    fn any_course_of_things_is_judged_the_same_twice(
        lesson in 0..9usize,
        acts in proptest::collection::vec((0..6u8, 0..8usize, 0..9usize, 0..4usize), 0..40),
    ) {
        let lessons = Lesson::shipped().unwrap();
        let run = || {
            let mut class = Class::with(Arc::clone(&lessons[lesson]));
            let mut ended = None;
            for &(act, which, kind, urgency) in &acts {
                let lesson = Arc::clone(class.attempt.lesson());
                let names: Vec<&str> = lesson.document.iter().map(|one| &*one.id)
                    .chain(lesson.step.iter().map(|one| &*one.id)).collect();
                let name = names[which % names.len()];
                let known = class.attempt.paper_of(name);
                let cast: Vec<&str> = lesson.cast.iter().map(|one| &*one.id).collect();
                match (act, known) {
                    (0, Some(document)) => class.fact("me", What::Taken { document }),
                    (1, Some(_)) => class.report(name, StatusCode::ALL[kind]),
                    (2, _) => class.send(&[cast[which % cast.len()]], |paper| {
                        paper.document_type = DocumentType::ALL[kind * 3];
                        paper.urgency = Urgency::ALL[urgency];
                        paper.act = BusinessAct::ALL[urgency];
                        paper.targets.extend(known);
                    }),
                    (3, _) => drop(class.attempt.hint(class.now)),
                    (4, _) if class.attempt.open_step().is_some() => {
                        let step = &lesson.step[class.attempt.open_step().unwrap()];
                        if step.answered.is_none() && step.reported.as_ref().is_none_or(|one| class.attempt.paper_of(&one.on).is_some()) {
                            class.do_step();
                        }
                    }
                    _ => { class.now += SignedDuration::from_mins(which as i64); class.attempt.tick(class.now); }
                }
                prop_assert!(class.attempt.score() <= 100);
                if let Some(ended) = &ended {
                    prop_assert_eq!(ended, class.attempt.outcome());
                } else if *class.attempt.outcome() != Outcome::Running {
                    ended = Some(class.attempt.outcome().clone());
                }
            }
            Ok((class.attempt.outcome().clone(), class.attempt.score()))
        };
        let (first, again): (Result<_, TestCaseError>, Result<_, TestCaseError>) = (run(), run());
        prop_assert_eq!(first?, again?);
    }
}
