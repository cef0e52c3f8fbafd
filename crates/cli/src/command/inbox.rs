//! `truc inbox`: how much waits, and what was fetched and is not yet acknowledged.
//!
//! Looking must not take: a recalled document is withdrawn at once only while nobody has been handed it, so the hub shows
//! what waits to nobody but by a lease. `inbox` therefore counts what waits (from the statistics, which changes nothing)
//! and lists what this agency was handed by `truc fetch`.

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;
use truc_agency::ReportQuery;
use truc_proto::v1 as pb;

use super::fetch::{
    self,
    notes::{Note, Notes},
};
use crate::{
    access::{Acting, AgencyOptions},
    exit::{Exit, Failure},
    output::{Lang, Output},
    say,
};

/// Mailboxes that a report lists at most.
const MAILBOXES_MAX: usize = 100;

/// Counts what waits at the hub, without taking anything, and lists what was fetched and not yet acknowledged.
#[derive(Args, Debug)]
pub(crate) struct Inbox {
    #[command(flatten)]
    agency: AgencyOptions,
}

#[derive(Serialize)]
struct Printed {
    agency: String,
    /// Absent where the hub's report has too many mailboxes to list this one.
    waiting: Option<u64>,
    leased: Option<u64>,
    /// Handed out more than five times and not acknowledged.
    stuck: Option<u64>,
    oldest_accepted_at: Option<Timestamp>,
    fetched: Vec<Note>,
}

impl Inbox {
    pub(crate) async fn run(self, output: &Output) -> Result<Exit, Failure> {
        let acting = self.agency.connect().await?;
        let mut printed = Printed {
            agency: acting.code().to_string(),
            waiting: None,
            leased: None,
            stuck: None,
            oldest_accepted_at: None,
            fetched: Notes::open(acting.notes_folder())?.notes().to_vec(),
        };
        printed.count(&acting).await?;
        output.data(&printed, || printed.table(output))?;
        Ok(Exit::Good)
    }
}

impl Printed {
    async fn count(&mut self, acting: &Acting) -> Result<(), Failure> {
        let province = acting.agency.directory().agency(acting.code()).await?.province;
        let query = ReportQuery {
            province: Some(province.to_string()),
            ..ReportQuery::default()
        };
        let mailboxes = acting.agency.statistics().report(query).await?.mailboxes;
        match mailboxes.iter().find(|row| row.agency == self.agency) {
            Some(row) => self.set(row),
            None if mailboxes.len() < MAILBOXES_MAX => {
                (self.waiting, self.leased, self.stuck) = (Some(0), Some(0), Some(0));
            }
            None => {}
        }
        Ok(())
    }

    fn set(&mut self, row: &pb::MailboxRow) {
        (self.waiting, self.leased, self.stuck) = (Some(row.waiting), Some(row.leased), Some(row.stuck));
        self.oldest_accepted_at = row
            .oldest_accepted_at
            .and_then(|at| Timestamp::new(at.seconds, at.nanos).ok());
    }

    fn table(&self, output: &Output) -> String {
        let unknown = || "?".to_owned();
        let waiting = self.waiting.map_or_else(unknown, |count| count.to_string());
        let leased = self.leased.map_or_else(unknown, |count| count.to_string());
        let oldest = self.oldest_accepted_at.map(say::time);
        let mut text = match output.lang {
            Lang::Vi => format!(
                "{}: {waiting} lượt đang chờ, {leased} đã lấy và chưa xác nhận",
                self.agency
            ),
            Lang::En => format!(
                "{}: {waiting} waiting, {leased} taken and not acknowledged",
                self.agency
            ),
        };
        if let Some(oldest) = oldest {
            text += match output.lang {
                Lang::Vi => "; cũ nhất từ ",
                Lang::En => "; the oldest since ",
            };
            text += &oldest;
        }
        text += ".\n";
        if let Some(stuck) = self.stuck.filter(|stuck| *stuck > 0) {
            text += &match output.lang {
                Lang::Vi => format!(
                    "{stuck} lượt đã giao quá 5 lần mà chưa xác nhận: phần mềm bên nhận có thể không đọc được.\n"
                ),
                Lang::En => format!(
                    "{stuck} handed out more than 5 times and not acknowledged: the receiving software may not be able to read it.\n"
                ),
            };
        }
        if self.waiting != Some(0) {
            text += match output.lang {
                Lang::Vi => "Lấy về bằng `truc fetch`.\n",
                Lang::En => "`truc fetch` takes them.\n",
            };
        }
        if !self.fetched.is_empty() {
            text += &fetch::table(&self.fetched, output);
        }
        text
    }
}
