//! Rows of a report: as a table, as JSON, as CSV.

use serde_json::{Map, Value, json};
use truc_document::{Level, SystemKind};
use truc_proto::v1 as pb;

use super::By;
use crate::{
    exit::Failure,
    output::{Output, Table, Words},
};

/// Names of the counts in JSON and CSV, in the order of the API, each with what it reads.
type Count = (&'static str, fn(&pb::Counts) -> u64);

const COUNTS: [Count; 15] = [
    ("sent", |counts| counts.sent),
    ("received", |counts| counts.received),
    ("sent_electronic", |counts| counts.sent_electronic),
    ("sent_signed", |counts| counts.sent_signed),
    ("sent_unsigned_pilot", |counts| counts.sent_unsigned_pilot),
    ("sent_unsigned_off", |counts| counts.sent_unsigned_off),
    ("received_within_province", |counts| counts.received_within_province),
    ("received_within_province_electronic", |counts| {
        counts.received_within_province_electronic
    }),
    ("received_electronic", |counts| counts.received_electronic),
    ("acknowledged", |counts| counts.acknowledged),
    ("refused_by_receiver", |counts| counts.refused_by_receiver),
    ("withdrawn", |counts| counts.withdrawn),
    ("finished", |counts| counts.finished),
    ("finished_with_due_date", |counts| counts.finished_with_due_date),
    ("finished_on_time", |counts| counts.finished_on_time),
];

impl By {
    fn key(self) -> &'static str {
        match self {
            Self::Province => "province",
            Self::Level => "level",
            Self::CounterpartLevel => "counterpart_level",
            Self::Day => "day",
            Self::Month => "month",
            Self::System => "system",
            Self::Agency => "agency",
        }
    }

    fn head(self) -> Words {
        match self {
            Self::Province => Words("Tỉnh", "Province"),
            Self::Level => Words("Cấp", "Level"),
            Self::CounterpartLevel => Words("Cấp bên kia", "Other level"),
            Self::Day => Words("Ngày", "Day"),
            Self::Month => Words("Tháng", "Month"),
            Self::System => Words("Hệ thống", "System"),
            Self::Agency => Words("Cơ quan", "Agency"),
        }
    }

    /// The value of a row, by token; empty where the row has none.
    fn value(self, row: &pb::ReportRow) -> String {
        let level = |number: i32| Level::try_from(number).map_or_else(|_| String::new(), |level| level.to_string());
        match self {
            Self::Province => row.province.clone(),
            Self::Level => level(row.level),
            Self::CounterpartLevel => level(row.counterpart_level),
            Self::Day => row.day.map_or_else(String::new, |day| {
                format!("{:04}-{:02}-{:02}", day.year, day.month, day.day)
            }),
            Self::Month => row
                .month
                .map_or_else(String::new, |month| format!("{:04}-{:02}", month.year, month.month)),
            Self::System => {
                SystemKind::try_from(row.system).map_or_else(|_| String::new(), |system| system.to_string())
            }
            Self::Agency => row.agency.clone(),
        }
    }

    /// The same for people.
    fn said(self, row: &pb::ReportRow, output: &Output) -> String {
        let value = self.value(row);
        match self {
            Self::Level | Self::CounterpartLevel => value
                .parse::<Level>()
                .map_or(value, |level| crate::say::word!(level, output.lang)),
            Self::System => value
                .parse::<SystemKind>()
                .map_or(value, |system| crate::say::word!(system, output.lang)),
            Self::Province | Self::Day | Self::Month | Self::Agency => value,
        }
    }
}

fn counts(row: &pb::ReportRow) -> pb::Counts {
    row.counts.unwrap_or_default()
}

/// A share in per cent, or a dash where there is nothing to share.
fn share(part: u64, whole: u64) -> String {
    if whole == 0 {
        "–".to_owned()
    } else {
        format!("{:.2}", part as f64 * 100.0 / whole as f64)
    }
}

/// Growth in per cent, or a dash where nothing was counted the year before.
fn growth(now: u64, before: Option<u64>) -> String {
    match before {
        Some(before) if before > 0 => format!("{:+.1}", (now as f64 / before as f64 - 1.0) * 100.0),
        _ => "–".to_owned(),
    }
}

pub(super) fn table(by: &[By], report: &pb::GetReportResponse, output: &Output) -> String {
    let heads: Vec<Words> = by
        .iter()
        .map(|by| by.head())
        .chain([
            Words("Gửi", "Sent"),
            Words("Nhận", "Received"),
            Words("% điện tử", "% electronic"),
            Words("% ký số", "% signed"),
            Words("Đã xác nhận", "Acknowledged"),
            Words("Từ chối", "Refused"),
            Words("Hoàn thành", "Finished"),
            Words("% đúng hạn", "% on time"),
            Words("% so năm trước", "% on year"),
        ])
        .collect();
    let mut table = Table::new(output.lang, &heads);
    table.right(by.len()..heads.len());
    for row in &report.rows {
        table.row(cells(
            by.iter().map(|by| by.said(row, output)),
            row,
            row.year_before.map(|before| before.sent),
        ));
    }
    if let Some(total) = report.total.as_ref().filter(|_| !by.is_empty()) {
        let mut names = vec![output.words(Words("Tổng", "Total")).to_owned()];
        names.resize(by.len(), String::new());
        let before = report.year_before.as_ref().map(|before| counts(before).sent);
        table.row(cells(names, total, before));
    }
    let mut text = table.text();
    if !report.refusals.is_empty() {
        let heads = [
            Words("Tỉnh", "Province"),
            Words("Trục từ chối vì", "Refused by the hub for"),
            Words("Số lần", "Count"),
        ];
        let mut refusals = Table::new(output.lang, &heads);
        refusals.right([2]);
        for refusal in &report.refusals {
            refusals.row([
                refusal.province.clone(),
                refusal.reason.clone(),
                refusal.count.to_string(),
            ]);
        }
        text += &refusals.text();
    }
    let is_stuck = |row: &&pb::MailboxRow| row.stuck > 0;
    if report.mailboxes.iter().any(|row| is_stuck(&row)) {
        let heads = [
            Words("Cơ quan nhận", "Receiver"),
            Words(
                "Đã giao quá 5 lần, chưa xác nhận",
                "Handed out more than 5 times, not acknowledged",
            ),
        ];
        let mut stuck = Table::new(output.lang, &heads);
        stuck.right([1]);
        for row in report.mailboxes.iter().filter(is_stuck) {
            stuck.row([row.agency.clone(), row.stuck.to_string()]);
        }
        text += &stuck.text();
    }
    text
}

fn cells(names: impl IntoIterator<Item = String>, row: &pb::ReportRow, before: Option<u64>) -> Vec<String> {
    let counts = counts(row);
    names
        .into_iter()
        .chain([
            counts.sent.to_string(),
            counts.received.to_string(),
            share(counts.sent_electronic, counts.sent),
            share(counts.sent_signed, counts.sent),
            counts.acknowledged.to_string(),
            counts.refused_by_receiver.to_string(),
            counts.finished.to_string(),
            share(counts.finished_on_time, counts.finished_with_due_date),
            growth(counts.sent, before),
        ])
        .collect()
}

pub(super) fn json(by: &[By], report: &pb::GetReportResponse) -> Value {
    let row = |row: &pb::ReportRow| {
        let mut object: Map<String, Value> = by
            .iter()
            .map(|by| (by.key().to_owned(), Value::from(by.value(row))))
            .collect();
        object.extend(counts_json(&counts(row)));
        if let Some(before) = &row.year_before {
            object.insert("year_before".to_owned(), Value::Object(counts_json(before)));
        }
        Value::Object(object)
    };
    let refusals = report.refusals.iter();
    let refusals =
        refusals.map(|refusal| json!({"province": refusal.province, "reason": refusal.reason, "count": refusal.count}));
    let mailbox = |row: &pb::MailboxRow| {
        json!({
            "agency": row.agency,
            "waiting": row.waiting,
            "leased": row.leased,
            "stuck": row.stuck,
            "never_fetched": row.never_fetched,
        })
    };
    let total = |row: &Option<pb::ReportRow>| row.as_ref().map(|row| counts_json(&counts(row)));
    json!({
        "rows": report.rows.iter().map(row).collect::<Vec<_>>(),
        "total": total(&report.total),
        "year_before": total(&report.year_before),
        "refusals": refusals.collect::<Vec<_>>(),
        "mailboxes": report.mailboxes.iter().map(mailbox).collect::<Vec<_>>(),
        "position": report.position,
    })
}

fn counts_json(counts: &pb::Counts) -> Map<String, Value> {
    COUNTS
        .iter()
        .map(|(name, read)| ((*name).to_owned(), Value::from(read(counts))))
        .collect()
}

pub(super) fn csv(by: &[By], report: &pb::GetReportResponse) -> Result<String, Failure> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let heads = by.iter().map(|by| by.key()).chain(COUNTS.iter().map(|(name, _)| *name));
    writer.write_record(heads).map_err(Failure::input)?;
    for row in &report.rows {
        let counts = counts(row);
        let values = by
            .iter()
            .map(|by| by.value(row))
            .chain(COUNTS.iter().map(|(_, read)| read(&counts).to_string()));
        writer.write_record(values).map_err(Failure::input)?;
    }
    let bytes = writer.into_inner().map_err(Failure::input)?;
    String::from_utf8(bytes).map_err(Failure::input)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> pb::GetReportResponse {
        let counts = pb::Counts {
            sent: 4,
            sent_signed: 3,
            received: 5,
            ..pb::Counts::default()
        };
        let row = pb::ReportRow {
            province: "H54".to_owned(),
            month: Some(pb::Date {
                year: 2020,
                month: 9,
                day: 1,
            }),
            counts: Some(counts),
            year_before: Some(pb::Counts {
                sent: 2,
                ..pb::Counts::default()
            }),
            ..pb::ReportRow::default()
        };
        pb::GetReportResponse {
            rows: vec![row.clone()],
            total: Some(row),
            ..pb::GetReportResponse::default()
        }
    }

    #[test]
    fn csv_has_a_column_for_each_group_and_count() {
        let text = csv(&[By::Province, By::Month], &report()).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with("province,month,sent,received,"), "{}", lines[0]);
        assert!(lines[1].starts_with("H54,2020-09,4,5,"), "{}", lines[1]);
        assert_eq!(lines[0].split(',').count(), lines[1].split(',').count());
    }

    #[test]
    fn json_holds_the_year_before() {
        let value = json(&[By::Province], &report());
        assert_eq!(value["rows"][0]["sent"], 4);
        assert_eq!(value["rows"][0]["year_before"]["sent"], 2);
    }

    #[test]
    fn shares_of_nothing_are_a_dash() {
        assert_eq!((share(3, 4).as_str(), share(0, 0).as_str()), ("75.00", "–"));
        assert_eq!(
            (
                growth(4, Some(2)).as_str(),
                growth(4, Some(0)).as_str(),
                growth(4, None).as_str()
            ),
            ("+100.0", "–", "–")
        );
    }
}
