//! `truc record`: what a hub carried, as a trace.

use std::{fs::File, io::BufWriter, path::PathBuf};

use clap::Args;
use serde::Serialize;
use tokio_util::sync::CancellationToken;
use truc_simulator::trace::{self, Contents, RecordError, RecordOptions, Recorded};

use crate::{
    access::HubOptions,
    embedded,
    exit::{Exit, Failure},
    output::{Output, Table, Words},
};

/// Writes what a hub carried to a trace: documents, acknowledgements, statuses and refusals, one JSON object a line. It ends
/// with what has happened when it begins. Needs the operator's credential. docs/traces.md tells every field.
#[derive(Args, Debug)]
pub(crate) struct Record {
    /// Write the trace here; a file that is there is replaced
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Begin at this position of the journal
    #[arg(long, value_name = "POSITION", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    from: u64,
    /// Go on with what happens, until Ctrl-C
    #[arg(long)]
    follow: bool,
    /// What becomes of words and contents: keep them, redact (words, names and contents of the same length instead), or
    /// none (headers as they are, contents of attachments left out)
    #[arg(long, value_name = "WHAT", default_value_t = Contents::Keep)]
    contents: Contents,
    #[command(flatten)]
    hub: HubOptions,
}

#[derive(Serialize)]
struct Printed {
    documents: u64,
    acknowledged: u64,
    statuses: u64,
    refused: u64,
    contents_left_out: u64,
    position: u64,
}

impl Record {
    pub(crate) async fn run(self, output: &Output) -> Result<Exit, Failure> {
        let operator = self.hub.operator().await?;
        let file = File::create(&self.out)
            .map_err(|error| Failure::input(format!("cannot write `{}`: {error}", self.out.display())))?;
        let stop = CancellationToken::new();
        let asked = tokio::spawn({
            let stop = stop.clone();
            async move {
                embedded::stop_asked().await;
                stop.cancel();
            }
        });
        let options = RecordOptions {
            from: self.from,
            follow: self.follow,
            contents: self.contents,
            stop,
        };
        let recorded = trace::record(&operator, options, BufWriter::new(file)).await;
        asked.abort();
        let recorded = recorded.map_err(failure)?;
        let printed = printed(recorded);
        output.data(&printed, || table(&printed, output))?;
        // Who follows ends it by Ctrl-C.
        Ok(match recorded.stopped && !self.follow {
            true => Exit::Interrupted,
            false => Exit::Good,
        })
    }
}

fn printed(recorded: Recorded) -> Printed {
    Printed {
        documents: recorded.documents,
        acknowledged: recorded.acknowledged,
        statuses: recorded.statuses,
        refused: recorded.refused,
        contents_left_out: recorded.contents_left_out,
        position: recorded.position,
    }
}

fn table(printed: &Printed, output: &Output) -> String {
    let mut table = Table::pairs(output.lang);
    table.pair(Words("Văn bản", "Documents"), printed.documents.to_string());
    table.pair(
        Words("Lượt nhận được xác nhận", "Deliveries taken"),
        printed.acknowledged.to_string(),
    );
    table.pair(Words("Trạng thái", "Statuses"), printed.statuses.to_string());
    table.pair(Words("Bị từ chối", "Refused"), printed.refused.to_string());
    if printed.contents_left_out > 0 {
        table.pair(
            Words("Tệp quá lớn, không ghi nội dung", "Contents left out, too large"),
            printed.contents_left_out.to_string(),
        );
    }
    table.pair(
        Words("Đến vị trí trong nhật ký", "Up to position"),
        printed.position.to_string(),
    );
    table.text()
}

fn failure(error: RecordError) -> Failure {
    match error {
        RecordError::Call(error) => error.into(),
        RecordError::Download { document_id, source } => {
            let failure = Failure::from(source);
            Failure {
                message: format!("content of document `{document_id}` did not come: {}", failure.message),
                ..failure
            }
        }
        RecordError::Write(_) => Failure::input(error),
        RecordError::Event { .. } => Failure::new(Exit::Failed, error),
    }
}
