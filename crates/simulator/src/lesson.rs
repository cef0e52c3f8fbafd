//! Lessons (bài học) for clerks: a file has a story, a cast, steps and mistakes; an attempt judges what an agency did by what
//! the journal says.
//!
//! An [`Attempt`] is a function of its lesson and of [`Fact`]s in the order of the journal. It opens no connection and reads no
//! clock, so that the same journal gives the same score, after a restart too. Whoever drives it tells it facts, and has the
//! cast do what [`Attempt::due`] says.

mod attempt;
mod cast;
mod check;
#[cfg(test)]
mod documentation;
mod fact;
mod file;
mod matching;
mod place;
mod shipped;
#[cfg(test)]
mod tests;
mod text;
mod wire;

use std::path::Path;

pub use self::{
    attempt::{Attempt, HintTaken, NoHint, Outcome, Slip},
    cast::{Due, Party, Roles, document_id},
    fact::{Fact, Paper, What},
    file::{
        Answer, AnsweredCheck, Incoming, Late, Lesson, Member, Mistake, ReportedCheck, Role, SentCheck, SentMistake,
        SignerStanding, Step, TakenCheck,
    },
    place::{Place, TraineePlace, is_of_lessons, trainee_number},
    text::Text,
};
use crate::strict_toml::{self, InvalidFile};

impl Lesson {
    /// Reads and checks text; `name` is what messages call it, and without folder and `.toml` what the lesson is called.
    ///
    /// # Errors
    /// The text is no lesson, or contradicts itself.
    pub fn parse(name: &str, text: &str) -> Result<Self, InvalidFile> {
        let mut lesson: Self = strict_toml::parse(name, text)?;
        check::check(name, text, &lesson)?;
        let id = Path::new(name).file_stem().unwrap_or_default();
        lesson.id = id.to_string_lossy().into_owned();
        Ok(lesson)
    }

    /// The most that can be reached.
    pub fn points(&self) -> u32 {
        self.step.iter().map(|step| step.points).sum()
    }
}
