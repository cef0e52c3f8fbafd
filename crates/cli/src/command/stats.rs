//! `truc stats`: the statistics, as the hub counted them.

mod rows;

use clap::{Args, ValueEnum};
use jiff::civil::Date;
use truc_agency::ReportQuery;
use truc_document::AgencyCode;
use truc_proto::v1 as pb;

use crate::{
    access::AgencyOptions,
    arguments::Format,
    exit::{Exit, Failure},
    output::Output,
};

/// Prints what was sent, received, signed, refused, and finished on time; counted by the hub at the moment of acceptance,
/// in Vietnam's zone. `truc verify-journal` counts the same anew.
#[derive(Args, Debug)]
pub(crate) struct Stats {
    /// One row for each; may be given many times or as a list, such as province,month
    #[arg(long, value_enum, value_delimiter = ',', value_name = "WHAT")]
    by: Vec<By>,
    /// First day, such as 2020-09-01; the journal's first where absent
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,
    /// Last day; today by hub time where absent
    #[arg(long, value_name = "DATE")]
    to: Option<Date>,
    /// Only this province, or central agency
    #[arg(long, value_name = "CODE")]
    province: Option<AgencyCode>,
    /// After a merger: under the provinces as they were counted (old), or under those that took over (new)
    #[arg(long, value_enum, default_value_t = AsOf::Old, value_name = "WHEN")]
    as_of: AsOf,
    /// Ask as the operator
    #[arg(long)]
    operator: bool,
    #[command(flatten)]
    agency: AgencyOptions,
}

/// Which provinces counts stand under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum AsOf {
    /// Tỉnh khi thống kê: as counted
    Old,
    /// Tỉnh sau sáp nhập: that took over
    New,
}

/// What rows stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum By {
    /// Tỉnh
    Province,
    /// Cấp
    Level,
    /// Cấp của bên kia
    CounterpartLevel,
    /// Ngày
    Day,
    /// Tháng
    Month,
    /// Hệ thống
    System,
    /// Cơ quan
    Agency,
}

impl From<By> for pb::ReportDimension {
    fn from(by: By) -> Self {
        match by {
            By::Province => Self::Province,
            By::Level => Self::Level,
            By::CounterpartLevel => Self::CounterpartLevel,
            By::Day => Self::Day,
            By::Month => Self::Month,
            By::System => Self::System,
            By::Agency => Self::Agency,
        }
    }
}

impl Stats {
    pub(crate) async fn run(self, output: &Output) -> Result<Exit, Failure> {
        let query = ReportQuery {
            from: self.from,
            to: self.to,
            group_by: self.by.iter().map(|by| (*by).into()).collect(),
            province: self.province.as_ref().map(ToString::to_string),
            by_successor: self.as_of == AsOf::New,
        };
        let statistics = if self.operator {
            self.agency.hub.operator().await?.statistics()
        } else {
            self.agency.connect().await?.agency.statistics()
        };
        let report = statistics.report(query).await?;
        match output.format {
            Format::Csv => output.raw(&rows::csv(&self.by, &report)?)?,
            _ => output.data(&rows::json(&self.by, &report), || {
                rows::table(&self.by, &report, output)
            })?,
        }
        Ok(Exit::Good)
    }
}
