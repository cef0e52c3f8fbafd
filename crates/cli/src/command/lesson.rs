//! `truc lesson`: lists the lessons, and checks a lesson's file.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde::Serialize;

use crate::{
    exit::{Exit, Failure},
    output::{Lang, Output, Table, Words},
};

/// Lessons of the console's training page.
#[derive(Debug, Subcommand)]
pub(crate) enum Lesson {
    /// List the lessons that `truc up` gives
    List(List),
    /// Check a lesson's file
    Check(Check),
}

/// Lists the lessons of the binary, and those of a folder.
#[derive(Args, Debug)]
pub(crate) struct List {
    /// A folder of your own, as for `truc up`
    #[arg(long, value_name = "DIR")]
    lessons: Option<PathBuf>,
}

/// Reads a lesson as `truc up --lessons` does, and says what is wrong with it, in which line, and how to mend it.
#[derive(Args, Debug)]
pub(crate) struct Check {
    /// The lesson
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

#[derive(Serialize)]
struct Printed {
    id: String,
    title: Both,
    level: u8,
    minutes: u32,
    steps: usize,
    /// Mistakes that end it, and others that cost points.
    mistakes: usize,
    cast: Vec<String>,
}

#[derive(Serialize)]
struct Both {
    vi: String,
    en: String,
}

impl Lesson {
    pub(crate) fn run(self, output: &Output) -> Result<Exit, Failure> {
        match self {
            Self::List(list) => list.run(output),
            Self::Check(check) => check.run(output),
        }
    }
}

impl List {
    fn run(self, output: &Output) -> Result<Exit, Failure> {
        let lessons = match &self.lessons {
            Some(folder) => truc_simulator::Lesson::with_folder(folder).map_err(Failure::input)?,
            None => truc_simulator::Lesson::shipped().map_err(Failure::input)?,
        };
        let printed: Vec<Printed> = lessons.iter().map(|lesson| Printed::of(lesson)).collect();
        output.data(&printed, || {
            let heads = [
                Words("Bài học", "Lesson"),
                Words("Tên", "Title"),
                Words("Mức", "Level"),
                Words("Phút", "Minutes"),
                Words("Bước", "Steps"),
            ];
            let mut table = Table::new(output.lang, &heads);
            table.right([2, 3, 4]);
            for lesson in &printed {
                table.row([
                    lesson.id.clone(),
                    lesson.title.of(output.lang).to_owned(),
                    lesson.level.to_string(),
                    lesson.minutes.to_string(),
                    lesson.steps.to_string(),
                ]);
            }
            table.text()
        })?;
        Ok(Exit::Good)
    }
}

impl Check {
    fn run(self, output: &Output) -> Result<Exit, Failure> {
        let lesson = truc_simulator::Lesson::load(&self.file).map_err(Failure::input)?;
        let printed = Printed::of(&lesson);
        output.data(&printed, || {
            let mut table = Table::pairs(output.lang);
            table.pair(Words("Bài học", "Lesson"), printed.id.clone());
            table.pair(Words("Tên", "Title"), printed.title.of(output.lang));
            table.pair(Words("Mức", "Level"), printed.level.to_string());
            table.pair(Words("Thời gian (phút)", "Minutes"), printed.minutes.to_string());
            table.pair(Words("Cơ quan cùng tham gia", "Cast"), printed.cast.join(", "));
            table.pair(Words("Số bước", "Steps"), printed.steps.to_string());
            table.pair(Words("Lỗi được xét", "Mistakes"), printed.mistakes.to_string());
            table.text()
        })?;
        Ok(Exit::Good)
    }
}

impl Printed {
    fn of(lesson: &truc_simulator::Lesson) -> Self {
        Self {
            id: lesson.id.clone(),
            title: Both {
                vi: lesson.title.vi.clone(),
                en: lesson.title.en.clone(),
            },
            level: lesson.level,
            minutes: lesson.minutes,
            steps: lesson.step.len(),
            mistakes: lesson.mistake.len(),
            cast: lesson.cast.iter().map(|member| member.id.clone()).collect(),
        }
    }
}

impl Both {
    fn of(&self, lang: Lang) -> &str {
        match lang {
            Lang::Vi => &self.vi,
            Lang::En => &self.en,
        }
    }
}
