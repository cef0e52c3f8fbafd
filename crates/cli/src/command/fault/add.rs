//! `truc fault add`.

use std::time::Duration;

use clap::{ArgGroup, Args};
use jiff::{SignedDuration, Timestamp};
use truc_agency::{Fault, FaultAction, FaultDelay, FaultHolder, FaultMatch, InjectedFault, Operator};
use truc_document::{AgencyCode, CorruptedPart, DocumentType, FaultStep, Level, Reason, Urgency};

use super::list::Shown;
use crate::{
    access::HubOptions,
    exit::{Exit, Failure},
    output::{Output, Words},
    say,
};

/// Sets a fault on a running hub. It is asked at its step for each call, after those set before it; the first that says yes
/// decides. It survives a restart of the hub and goes with `truc fault clear`.
#[derive(Args, Debug)]
#[command(
    group = ArgGroup::new("what").required(true),
    after_help = "Examples:\n  \
    truc fault add slow-thai-binh --province H54 --step verification --delay 200ms..2s --probability 0.3 --count 100\n  \
    truc fault add lost-receipts --step append --cut --for 10m\n  \
    truc fault add full --step admission --refuse OVERLOADED --retry-after 5s --level commune"
)]
pub(crate) struct Add {
    /// Its name; setting another of the same name replaces it
    #[arg(value_name = "NAME")]
    name: String,
    /// Where: admission, verification, append, delivery, acknowledgement or status
    #[arg(long, value_name = "STEP")]
    step: FaultStep,

    /// Takes longer, in wall time: 300ms, 200ms..2s, or 200ms..2s~500ms with an exponential mean (chậm)
    #[arg(
        long,
        value_name = "TIME",
        group = "what",
        help_heading = "What happens (one of them)"
    )]
    delay: Option<FaultDelay>,
    /// Is refused, with a reason of the table where one is given (từ chối)
    #[arg(
        long,
        value_name = "REASON",
        group = "what",
        num_args = 0..=1,
        default_missing_value = "FAULT_INJECTED",
        help_heading = "What happens (one of them)"
    )]
    refuse: Option<Reason>,
    /// With --refuse: when to try again
    #[arg(
        long,
        value_parser = say::duration,
        value_name = "TIME",
        requires = "refuse",
        help_heading = "What happens (one of them)"
    )]
    retry_after: Option<Duration>,
    /// Gets lost: nobody answers; at delivery it shows again after its lease (mất)
    #[arg(long, group = "what", help_heading = "What happens (one of them)")]
    drop: bool,
    /// Is handed out twice (phát hai lần)
    #[arg(long, group = "what", help_heading = "What happens (one of them)")]
    twice: bool,
    /// Is handed out after others that came later (sai thứ tự)
    #[arg(long, group = "what", help_heading = "What happens (one of them)")]
    reorder: bool,
    /// One byte arrives as another, of header, content, signature or seal (sai byte)
    #[arg(
        long,
        value_name = "PART",
        group = "what",
        help_heading = "What happens (one of them)"
    )]
    corrupt: Option<CorruptedPart>,
    /// The call or the stream breaks, with what it asked for done (đứt kết nối)
    #[arg(long, group = "what", help_heading = "What happens (one of them)")]
    cut: bool,
    /// Verification judges by a hub time that is so much ahead, such as 10m or -1h (lệch giờ)
    #[arg(
        long,
        value_name = "TIME",
        group = "what",
        allow_hyphen_values = true,
        help_heading = "What happens (one of them)"
    )]
    clock_skew: Option<SignedDuration>,
    /// The snapshot of the directory has expired: recipients are unknown (danh bạ hết hạn)
    #[arg(long, group = "what", help_heading = "What happens (one of them)")]
    stale_directory: bool,
    /// The certificate of person or seal is found revoked (chứng thư bị thu hồi)
    #[arg(
        long,
        value_name = "HOLDER",
        group = "what",
        num_args = 0..=1,
        default_missing_value = "person",
        help_heading = "What happens (one of them)"
    )]
    revoked: Option<FaultHolder>,
    /// The certificate of person or seal is found expired (chứng thư hết hạn)
    #[arg(
        long,
        value_name = "HOLDER",
        group = "what",
        num_args = 0..=1,
        default_missing_value = "person",
        help_heading = "What happens (one of them)"
    )]
    expired: Option<FaultHolder>,

    /// Only calls by agencies that count under these, with commas between them
    #[arg(
        long,
        value_delimiter = ',',
        value_name = "CODES",
        help_heading = "To whom (everybody where absent)"
    )]
    province: Vec<AgencyCode>,
    /// Only calls by these agencies
    #[arg(
        long,
        value_delimiter = ',',
        value_name = "CODES",
        help_heading = "To whom (everybody where absent)"
    )]
    agency: Vec<AgencyCode>,
    /// Only calls by agencies of these levels: central, province, district, commune
    #[arg(
        long,
        value_delimiter = ',',
        value_name = "LEVELS",
        help_heading = "To whom (everybody where absent)"
    )]
    level: Vec<Level>,
    /// Only about documents of these types, such as `công văn` or QĐ
    #[arg(
        long = "type",
        value_delimiter = ',',
        value_parser = say::document_type,
        value_name = "TYPES",
        help_heading = "To whom (everybody where absent)"
    )]
    document_type: Vec<DocumentType>,
    /// Only about documents of these urgencies, such as `hỏa tốc`
    #[arg(
        long,
        value_delimiter = ',',
        value_parser = say::urgency,
        value_name = "URGENCIES",
        help_heading = "To whom (everybody where absent)"
    )]
    urgency: Vec<Urgency>,

    /// Share of the calls that it meets, 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = 1.0, help_heading = "How often")]
    probability: f64,
    /// Happens so many times and then no more
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..), help_heading = "How often")]
    count: Option<u32>,
    /// Hub time from which it holds, such as 2020-09-02T08:00:00+07:00; now where absent
    #[arg(long, value_name = "INSTANT", help_heading = "How often")]
    from: Option<Timestamp>,
    /// Hub time from which it holds no more
    #[arg(long, value_name = "INSTANT", conflicts_with = "lasts", help_heading = "How often")]
    until: Option<Timestamp>,
    /// How long it holds, in hub time
    #[arg(long = "for", id = "lasts", value_parser = say::duration, value_name = "TIME", help_heading = "How often")]
    lasts: Option<Duration>,
    /// Draws what is left to chance: the same seed and name give the same
    #[arg(long, value_name = "NUMBER", default_value_t = 0, help_heading = "How often")]
    seed: u64,
    #[command(flatten)]
    hub: HubOptions,
}

impl Add {
    pub(super) async fn run(self, output: &Output) -> Result<Exit, Failure> {
        let operator = self.hub.operator().await?;
        let until = self.until(&operator).await?;
        let fault = Fault {
            name: self.name.clone(),
            step: self.step,
            action: self.action()?,
            whom: FaultMatch {
                agencies: self.agency,
                provinces: self.province,
                levels: self.level,
                document_types: self.document_type,
                urgencies: self.urgency,
            },
            probability: self.probability,
            count: self.count,
            from: self.from,
            until,
            seed: self.seed,
        };
        operator.set_fault(&fault).await?;
        let injected = InjectedFault {
            fault,
            matched: 0,
            applied: 0,
        };
        let said = output.words(Words("Đã đặt sự cố", "Set fault"));
        output.data(&Shown::of(&injected), || format!("{said} {}\n", injected.fault.name))?;
        Ok(Exit::Good)
    }

    async fn until(&self, operator: &Operator) -> Result<Option<Timestamp>, Failure> {
        let Some(lasts) = self.lasts else {
            return Ok(self.until);
        };
        let from = match self.from {
            Some(from) => from,
            None => operator.clock().await?.now,
        };
        from.saturating_add(lasts).map(Some).map_err(Failure::input)
    }

    fn action(&self) -> Result<FaultAction, Failure> {
        let plain = |is: bool, action| is.then_some(action);
        let retry_after = self.retry_after;
        let delay = self.delay.map(FaultAction::Delay);
        delay
            .or_else(|| self.refuse.map(|reason| FaultAction::Refuse { reason, retry_after }))
            .or_else(|| plain(self.drop, FaultAction::Drop))
            .or_else(|| plain(self.twice, FaultAction::Twice))
            .or_else(|| plain(self.reorder, FaultAction::Reorder))
            .or_else(|| self.corrupt.map(FaultAction::Corrupt))
            .or_else(|| plain(self.cut, FaultAction::Cut))
            .or_else(|| self.clock_skew.map(FaultAction::ClockSkew))
            .or_else(|| plain(self.stale_directory, FaultAction::StaleDirectory))
            .or_else(|| self.revoked.map(FaultAction::Revoked))
            .or_else(|| self.expired.map(FaultAction::Expired))
            // The group of the options asks for one of them.
            .ok_or_else(|| Failure::input("say what happens, such as `--delay 200ms..2s` or `--drop`"))
    }
}
