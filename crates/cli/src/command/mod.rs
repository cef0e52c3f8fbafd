//! The commands, one file each.

mod ack;
mod agency;
mod bench;
mod completions;
mod edxml;
mod fault;
mod fetch;
mod hub;
mod inbox;
mod lesson;
mod pki;
mod record;
mod replay;
mod report;
mod run;
mod scenario;
mod send;
mod stats;
mod status;
mod system;
mod token;
mod topology;
mod track;
mod up;
mod verify;
mod verify_journal;
mod wait;

use clap::Subcommand;

use crate::{
    exit::{Exit, Failure},
    output::Output,
};

/// What can be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start a sandbox: a hub with agencies that answer by themselves (môi trường thử nghiệm)
    Up(Box<up::Up>),
    /// Run the hub alone, from its configuration file (trục)
    Hub(hub::Hub),
    /// Run a scenario to its end and print the report (chạy kịch bản)
    Run(run::Run),
    /// Write what a hub carried to a trace (ghi vết)
    Record(record::Record),
    /// Send a trace again, to a hub of its own or to a given one (phát lại vết)
    Replay(replay::Replay),
    /// Show and compare the reports of runs (báo cáo)
    #[command(subcommand)]
    Report(report::Report),
    /// Send a signed document as an agency (gửi văn bản)
    Send(Box<send::Send>),
    /// Show how much waits at the hub and what was fetched and not yet acknowledged (hộp thư đến)
    Inbox(inbox::Inbox),
    /// Take waiting deliveries under a lease (lấy văn bản đến)
    Fetch(fetch::Fetch),
    /// Acknowledge deliveries: they never show again (xác nhận đã nhận)
    Ack(ack::Ack),
    /// Report what becomes of a received document (báo trạng thái xử lý)
    Status(status::Status),
    /// Tell the life of a document (theo dõi văn bản)
    Track(track::Track),
    /// Check an envelope or an edXML package offline and say each check's result (kiểm tra gói tin)
    Verify(verify::Verify),
    /// Check, send and write edXML packages (gói edXML, QCVN 102:2016)
    #[command(subcommand)]
    Edxml(edxml::Edxml),
    /// Print the statistics (thống kê)
    Stats(stats::Stats),
    /// Make and read the simulated authority's keys and certificates (chứng thư số)
    #[command(subcommand)]
    Pki(pki::Pki),
    /// Read and write the hub's address book (danh bạ cơ quan)
    #[command(subcommand)]
    Agency(agency::Agency),
    /// Register systems that speak the VXP library's HTTP calls (hệ thống kết nối)
    #[command(subcommand)]
    System(system::System),
    /// Print a bearer token for an agency or the operator (mã truy cập)
    Token(token::Token),
    /// Check a whole journal: chain, signatures, counts (kiểm tra nhật ký)
    VerifyJournal(verify_journal::VerifyJournal),
    /// Inject faults into a running hub, list and remove them (sự cố giả lập)
    #[command(subcommand)]
    Fault(fault::Fault),
    /// Wait until a hub is ready (chờ trục sẵn sàng)
    Wait(wait::Wait),
    /// Make or check a topology file (sơ đồ kết nối)
    #[command(subcommand)]
    Topology(topology::Topology),
    /// Check a scenario file (kịch bản)
    #[command(subcommand)]
    Scenario(scenario::Scenario),
    /// List the lessons of the training page, check a lesson's file (bài học)
    #[command(subcommand)]
    Lesson(lesson::Lesson),
    /// Measure a hub against the floor of two signatures and a hash (đo hiệu năng)
    Bench(bench::Bench),
    /// Print a completion script for a shell (hoàn tất lệnh)
    Completions(completions::Completions),
}

impl Command {
    /// It is a hub's own process, whose log is what one looks at.
    pub(crate) fn is_hub(&self) -> bool {
        matches!(self, Self::Hub(_))
    }

    /// It prints rows, which CSV can hold.
    pub(crate) fn prints_rows(&self) -> bool {
        matches!(self, Self::Stats(_) | Self::Agency(agency::Agency::List(_)))
    }
}

/// Runs a command to its end.
pub(crate) async fn run(command: Command, output: &Output) -> Result<Exit, Failure> {
    match command {
        Command::Up(command) => command.run(output).await,
        Command::Hub(command) => command.run(output).await,
        Command::Run(command) => command.run(output).await,
        Command::Record(command) => command.run(output).await,
        Command::Replay(command) => command.run(output).await,
        Command::Report(command) => command.run(output),
        Command::Send(command) => command.run(output).await,
        Command::Inbox(command) => command.run(output).await,
        Command::Fetch(command) => command.run(output).await,
        Command::Ack(command) => command.run(output).await,
        Command::Status(command) => command.run(output).await,
        Command::Track(command) => command.run(output).await,
        Command::Verify(command) => command.run(output),
        Command::Edxml(command) => command.run(output).await,
        Command::Stats(command) => command.run(output).await,
        Command::Pki(command) => command.run(output).await,
        Command::Agency(command) => command.run(output).await,
        Command::System(command) => command.run(output),
        Command::Token(command) => command.run(output),
        Command::VerifyJournal(command) => command.run(output),
        Command::Fault(command) => command.run(output).await,
        Command::Wait(command) => command.run(output).await,
        Command::Topology(command) => command.run(output),
        Command::Scenario(command) => command.run(output),
        Command::Lesson(command) => command.run(output),
        Command::Bench(command) => command.run(output).await,
        Command::Completions(command) => command.run(output),
    }
}
