//! What a lesson's file says. `docs/lessons.md` explains each key.

use serde::Deserialize;
use truc_document::{AgencyCode, BusinessAct, DocumentType, StatusCode, Urgency};

use super::{place::Place, place::TraineePlace, text::Text};
use crate::token::Token;

/// A lesson (bài học): a story, somebody to be in it, steps that are checked against the journal, and mistakes that end it.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Lesson {
    /// The file's name without `.toml`.
    #[serde(skip)]
    pub id: String,
    /// Title.
    pub title: Text,
    /// From 1, the easiest, to 5.
    pub level: u8,
    /// Hub minutes in which it has to be done, 1 to 480.
    pub minutes: u32,
    /// What happened, and what is asked.
    pub story: Text,
    /// Whom the trainee plays.
    pub role: Role,
    /// Told at the end.
    pub learned: Text,
    /// Rules behind it, with articles.
    pub rules: Vec<Text>,
    /// Points that a hint costs.
    #[serde(default = "five")]
    pub hint_cost: u32,
    /// Points that a document costs which is not as its step asks.
    #[serde(default = "five")]
    pub slip_cost: u32,
    /// The other agencies.
    #[serde(default)]
    pub cast: Vec<Member>,
    /// What they send.
    #[serde(default)]
    pub document: Vec<Incoming>,
    /// What they answer.
    #[serde(default)]
    pub answer: Vec<Answer>,
    /// What the trainee has to do, in this order. Points are 100 together.
    pub step: Vec<Step>,
    /// What the trainee must not do.
    #[serde(default)]
    pub mistake: Vec<Mistake>,
}

const fn five() -> u32 {
    5
}

/// Whom the trainee plays.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Role {
    /// The kind of agency that is made for each attempt.
    pub place: TraineePlace,
    /// Position that the trainee signs under, up to 100 characters.
    pub position: String,
    /// In a sentence.
    pub text: Text,
}

/// One of the cast.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Member {
    /// What the file calls it.
    pub id: String,
    /// An agency of the invented province, played by the lesson.
    pub place: Option<Place>,
    /// Or any agency of the sandbox, which answers by itself, such as the magic `Z04`.
    pub agency: Option<Token<AgencyCode>>,
}

/// A document of the cast.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Incoming {
    /// What the file calls it.
    pub id: String,
    /// Who sends it.
    pub from: String,
    /// For whom; the trainee where absent.
    #[serde(default = "me")]
    pub to: Vec<String>,
    /// Type.
    #[serde(rename = "type")]
    pub document_type: Token<DocumentType>,
    /// Number in the sender's register, 1 to 99999.
    pub number: u32,
    /// Summary, as documents have it: Vietnamese.
    pub subject: String,
    /// The text of a file that travels along.
    pub content: Option<String>,
    /// Urgency.
    #[serde(default)]
    pub urgency: Option<Token<Urgency>>,
    /// Last day, counted from the day of sending: 0 is that day.
    pub due_in_days: Option<u32>,
    /// Documents that it answers.
    #[serde(default)]
    pub reply_to: Vec<String>,
    /// How the signer's certificate stands once the document is with the trainee.
    #[serde(default)]
    pub signer: SignerStanding,
    /// `start`, a step that is done, or a document of the cast that is sent.
    #[serde(default = "start")]
    pub after: String,
    /// Seconds that pass before, 0 to 600.
    #[serde(default)]
    pub wait_seconds: u32,
}

fn me() -> Vec<String> {
    vec![ME.to_owned()]
}

fn start() -> String {
    START.to_owned()
}

/// The trainee, as files call it.
pub(super) const ME: &str = "me";
/// The beginning of a lesson, as files call it.
pub(super) const START: &str = "start";

/// The signer of a document of the cast.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum SignerStanding {
    /// As it should be.
    #[default]
    Good,
    /// The certificate is revoked from an hour before the document was signed: it became known too late for the hub to
    /// refuse it, and in time for the receiver to see it.
    Revoked,
}

/// Statuses of the cast about one document.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Answer {
    /// A step in which the trainee sends, or a document of the cast.
    pub of: String,
    /// Who answers; a receiver of it.
    pub by: String,
    /// In their order. 15 and 16 answer an act, and are reported of the documents that it acts on.
    pub statuses: Vec<Token<StatusCode>>,
    /// Said with 02, 15 and 16.
    #[serde(default)]
    pub because: String,
    /// As in a document; the step or document that it is about where absent.
    pub after: Option<String>,
    /// As in a document.
    #[serde(default)]
    pub wait_seconds: u32,
}

/// One thing to do.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Step {
    /// What the file calls it, and the document that is sent in it.
    pub id: String,
    /// What is asked.
    pub text: Text,
    /// 1 to 100.
    pub points: u32,
    /// One after another, from the faint to the plain.
    #[serde(default)]
    pub hint: Vec<Text>,
    /// Done when the trainee sent such a document.
    pub sent: Option<SentCheck>,
    /// Done when the trainee reported such a status.
    pub reported: Option<ReportedCheck>,
    /// Done when the trainee took this document out of the mailbox.
    pub taken: Option<TakenCheck>,
    /// Done when one of the cast answered so: the trainee has to wait for it.
    pub answered: Option<AnsweredCheck>,
}

/// A document of the trainee.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SentCheck {
    /// These receivers and no others.
    pub to: Vec<String>,
    /// Type; any where absent.
    #[serde(rename = "type")]
    pub document_type: Option<Token<DocumentType>>,
    /// Urgency; any where absent.
    pub urgency: Option<Token<Urgency>>,
    /// Act; a new document where absent.
    pub act: Option<Token<BusinessAct>>,
    /// What it acts on: the step in which that was sent.
    pub target: Option<String>,
    /// What it answers.
    pub reply_to: Option<String>,
    /// It has a last day, at most so many days from the day of sending.
    pub due_within_days: Option<u32>,
}

/// A status of the trainee.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReportedCheck {
    /// A document of the cast, or a step in which the trainee sent, for 13.
    pub on: String,
    /// Any of these.
    pub status: Vec<Token<StatusCode>>,
}

/// A document that was opened.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TakenCheck {
    /// A document of the cast.
    pub on: String,
}

/// A status of the cast.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AnsweredCheck {
    /// The step in which the trainee sent it.
    pub on: String,
    /// Who answers.
    pub by: String,
    /// The status.
    pub status: Token<StatusCode>,
}

/// What the trainee must not do.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Mistake {
    /// What the file calls it.
    pub id: String,
    /// Why it is one: told to the trainee.
    pub text: Text,
    /// Points that it costs; where absent it ends the lesson.
    pub costs: Option<u32>,
    /// It is one only while this step is not done.
    pub unless: Option<String>,
    /// A document of the trainee that has all of these.
    pub sent: Option<SentMistake>,
    /// A status of the trainee.
    pub reported: Option<ReportedCheck>,
    /// A step that is not done in time.
    pub late: Option<Late>,
}

/// Features of a document that is wrong.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct SentMistake {
    /// Any of these is among the receivers.
    pub to: Vec<String>,
    /// Type.
    #[serde(rename = "type")]
    pub document_type: Option<Token<DocumentType>>,
    /// Less urgent than this.
    pub urgency_below: Option<Token<Urgency>>,
    /// Act.
    pub act: Option<Token<BusinessAct>>,
    /// What it acts on.
    pub target: Option<String>,
    /// What it answers.
    pub reply_to: Option<String>,
    /// It has no last day.
    pub without_due: bool,
}

/// How long a step may take.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Late {
    /// The step.
    pub step: String,
    /// Hub minutes.
    pub minutes: u32,
    /// From when: `start`, a step that is done, or a document of the cast that is sent.
    #[serde(default = "start")]
    pub since: String,
}
