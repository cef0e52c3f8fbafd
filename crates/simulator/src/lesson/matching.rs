//! Whether what a trainee did is what a step asks, or what a mistake describes; and how it differs, in words.

use std::collections::BTreeSet;

use truc_document::{AgencyCode, BusinessAct};

use super::{
    attempt::Attempt,
    fact::{Fact, Paper, What},
    file::{Mistake, ReportedCheck, SentCheck, SentMistake, Step},
    text::Text,
};

impl Attempt {
    /// Whether a fact does this step.
    pub(super) fn does(&self, step: &Step, fact: &Fact) -> bool {
        let mine = fact.by == self.roles().me.code;
        match &fact.what {
            What::Sent(paper) => {
                let check = step.sent.as_ref();
                mine && check.is_some_and(|check| self.differences(check, paper).is_empty())
            }
            What::Reported { document, status } => {
                if let Some(check) = &step.reported {
                    return mine && self.is_reported(check, fact);
                }
                step.answered.as_ref().is_some_and(|check| {
                    let by = self.roles().party(&check.by);
                    by.is_some_and(|by| by.code == fact.by)
                        && check.status.0 == *status
                        && self.paper_of(&check.on) == Some(*document)
                })
            }
            What::Taken { document } => {
                let check = step.taken.as_ref();
                mine && check.is_some_and(|check| self.paper_of(&check.on) == Some(*document))
            }
            What::Refused { .. } => false,
        }
    }

    /// Whether a fact of the trainee is this mistake. Lateness is no fact.
    pub(super) fn is_mistake(&self, mistake: &Mistake, fact: &Fact) -> bool {
        match &fact.what {
            What::Sent(paper) => {
                let check = mistake.sent.as_ref();
                check.is_some_and(|check| self.is_such(check, paper))
            }
            What::Reported { .. } => {
                let check = mistake.reported.as_ref();
                check.is_some_and(|check| self.is_reported(check, fact))
            }
            What::Taken { .. } | What::Refused { .. } => false,
        }
    }

    fn is_reported(&self, check: &ReportedCheck, fact: &Fact) -> bool {
        let What::Reported { document, status } = fact.what else {
            return false;
        };
        self.paper_of(&check.on) == Some(document) && check.status.iter().any(|one| one.0 == status)
    }

    fn is_such(&self, check: &SentMistake, paper: &Paper) -> bool {
        let among = |name: &String| {
            self.roles()
                .party(name)
                .is_some_and(|party| paper.to.contains(&party.code))
        };
        let about = |name: &Option<String>, ids: &[uuid::Uuid]| {
            name.as_ref()
                .is_none_or(|name| self.paper_of(name).is_some_and(|id| ids.contains(&id)))
        };
        (check.to.is_empty() || check.to.iter().any(among))
            && check.document_type.is_none_or(|wanted| wanted.0 == paper.document_type)
            && check.urgency_below.is_none_or(|wanted| paper.urgency < wanted.0)
            && check.act.is_none_or(|wanted| wanted.0 == paper.act)
            && about(&check.target, &paper.targets)
            && about(&check.reply_to, &paper.replies_to)
            && !(check.without_due && paper.due_on.is_some())
    }

    /// How a document differs from what a step asks; nothing where it does not.
    pub(super) fn differences(&self, check: &SentCheck, paper: &Paper) -> Vec<Text> {
        let mut told = Vec::new();
        let mut differs = |vi: String, en: String| told.push(Text::new(vi, en));
        let wanted: BTreeSet<AgencyCode> = check
            .to
            .iter()
            .filter_map(|name| Some(self.roles().party(name)?.code.clone()))
            .collect();
        for code in wanted.difference(&paper.to) {
            let name = self.roles().called(code);
            differs(
                format!("thiếu nơi nhận {name}"),
                format!("{name} is not among the receivers"),
            );
        }
        for code in paper.to.difference(&wanted) {
            let name = self.roles().called(code);
            differs(format!("gửi thừa cho {name}"), format!("{name} should not get it"));
        }
        if let Some(wanted) = check.document_type
            && wanted.0 != paper.document_type
        {
            let (is, asked) = (paper.document_type.vietnamese(), wanted.0.vietnamese());
            differs(
                format!("loại văn bản là {is}, cần {asked}"),
                format!("its type is {is}, and {asked} is asked for"),
            );
        }
        if let Some(wanted) = check.urgency
            && wanted.0 != paper.urgency
        {
            let (is, asked) = (paper.urgency, wanted.0);
            differs(
                format!("độ khẩn là {}, cần {}", is.vietnamese(), asked.vietnamese()),
                format!("its urgency is {is}, and {asked} is asked for"),
            );
        }
        let act = check.act.map_or(BusinessAct::New, |act| act.0);
        if act != paper.act {
            let (is, asked) = (paper.act, act);
            differs(
                format!("là {}, cần {}", is.vietnamese(), asked.vietnamese()),
                format!("it is {}, and {} is asked for", act_name(is), act_name(asked)),
            );
        } else if let Some(target) = &check.target
            && self.paper_of(target).is_none_or(|id| !paper.targets.contains(&id))
        {
            differs(
                "tác động lên văn bản khác với văn bản cần xử lý".to_owned(),
                "it acts on another document than it should".to_owned(),
            );
        }
        if let Some(name) = &check.reply_to
            && self.paper_of(name).is_none_or(|id| !paper.replies_to.contains(&id))
        {
            differs(
                "chưa gắn với văn bản cần trả lời (mở văn bản đến, chọn Trả lời)".to_owned(),
                "it does not refer to the document that it answers (open that one and choose Reply)".to_owned(),
            );
        }
        if let Some(days) = check.due_within_days {
            let last = paper
                .issued_on
                .saturating_add(jiff::Span::new().days(i64::from(days.min(10_000))));
            match paper.due_on {
                None => differs("chưa ghi hạn xử lý".to_owned(), "it has no due date".to_owned()),
                Some(due) if due > last || due < paper.issued_on => differs(
                    format!("hạn xử lý {}, cần chậm nhất {}", day(due), day(last)),
                    format!(
                        "it is due on {}, and {} is the latest that is asked for",
                        day(due),
                        day(last)
                    ),
                ),
                Some(_) => {}
            }
        }
        told
    }
}

fn act_name(act: BusinessAct) -> &'static str {
    match act {
        BusinessAct::New => "a new document",
        BusinessAct::Recall => "a recall",
        BusinessAct::Update => "an update",
        BusinessAct::Replace => "a replacement",
    }
}

fn day(date: jiff::civil::Date) -> String {
    date.strftime("%d/%m/%Y").to_string()
}
