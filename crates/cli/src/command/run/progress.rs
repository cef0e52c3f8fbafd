//! How far a run is: a bar where somebody watches, a line each tenth where nobody does.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use indicatif::{ProgressBar, ProgressStyle};
use truc_simulator::run::Progress;

use crate::{
    output::{self, Lang, Output},
    say,
};

pub(crate) struct Bar {
    bar: ProgressBar,
    output: Output,
}

impl Bar {
    pub(crate) fn new(output: &Output) -> Self {
        let bar = match output::is_watched() {
            true => ProgressBar::new(0),
            false => ProgressBar::hidden(),
        };
        let style = ProgressStyle::with_template("{bar:30} {human_pos}/{human_len} {msg} [{elapsed}]");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { bar, output: *output }
    }

    /// What a run calls after each step.
    pub(crate) fn teller(&self) -> Arc<dyn Fn(&Progress) + Send + Sync> {
        let (bar, output, told) = (self.bar.clone(), self.output, AtomicU64::new(0));
        Arc::new(move |progress| {
            bar.set_length(progress.planned);
            bar.set_position(progress.sent);
            bar.set_message(message(progress, output.lang));
            let tenth = progress.sent * 10 / progress.planned.max(1);
            if bar.is_hidden() && told.fetch_max(tenth, Ordering::Relaxed) < tenth {
                output.tell(&format!("{}0 % {}", tenth, message(progress, output.lang)));
            }
        })
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

fn message(progress: &Progress, lang: Lang) -> String {
    let Progress {
        settled,
        owed,
        statuses,
        ..
    } = *progress;
    let time = say::time(progress.hub_time);
    let minute = time.get(..16).unwrap_or(&time);
    match lang {
        Lang::Vi => format!("{minute} · đã nhận {settled}/{owed} · {statuses} trạng thái"),
        Lang::En => format!("{minute} · {settled}/{owed} delivered · {statuses} statuses"),
    }
}
