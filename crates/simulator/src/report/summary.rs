//! A run for the terminal: the task force's table, the checks, the thresholds and how quick it was.

use comfy_table::Cell;

use super::{Language, Percentiles, RunReport, render::number};

impl RunReport {
    /// As tables, at most `width` characters wide where it is given.
    pub fn summary(&self, language: Language, width: Option<u16>) -> String {
        let mut text = self.report.render(language, width);
        text.push('\n');
        text += &self.conservation_table(language, width);
        for fault in &self.conservation.faults {
            text += &format!("  ! {fault}\n");
        }
        for told in &self.unexpected {
            text += &format!(
                "  ! {} {}: {}: {}\n",
                told.sender, told.document_id, told.call, told.cause
            );
        }
        text += &self.merger_line(language);
        text += &self.journal_line(language);
        text += &self.threshold_table(language, width);
        text += &self.time_table(language, width);
        text += &self.last_lines(language);
        text
    }

    fn conservation_table(&self, language: Language, width: Option<u16>) -> String {
        let mut table = super::render::table(
            width,
            &match language {
                Language::Vietnamese => [
                    "Bảo toàn",
                    "Lượt gửi",
                    "Đã nhận",
                    "Từ chối",
                    "Rút lại",
                    "Còn chờ",
                    "Mất",
                    "Lặp",
                ],
                Language::English => [
                    "Conservation",
                    "Deliveries",
                    "Delivered",
                    "Refused",
                    "Withdrawn",
                    "Waiting",
                    "Lost",
                    "Twice",
                ],
            },
        );
        let kept = &self.conservation;
        let verdict = match self.conservation_holds {
            true => language.say("ĐẠT", "HOLDS"),
            false => language.say("KHÔNG ĐẠT", "BROKEN"),
        };
        let counts = [
            kept.accepted,
            kept.delivered,
            kept.refused,
            kept.withdrawn,
            kept.waiting,
            kept.lost,
            kept.twice,
        ];
        let row = [Cell::new(verdict)]
            .into_iter()
            .chain(counts.map(|count| number(language.count(count))));
        table.add_row(row.collect::<Vec<_>>());
        format!("{table}\n")
    }

    fn merger_line(&self, language: Language) -> String {
        let Some(merged) = self.merged else {
            return String::new();
        };
        let count = |agencies: usize| language.count(u64::try_from(agencies).unwrap_or(u64::MAX));
        let (opened, renamed, closed) = (count(merged.opened), count(merged.renamed), count(merged.closed));
        let (moved, folded) = (language.count(merged.moved), language.count(merged.folded));
        match language {
            Language::Vietnamese => format!(
                "Sáp nhập: {opened} cơ quan thành lập, {renamed} đổi tên, {closed} đóng; {moved} lượt gửi đang chờ chuyển sang cơ quan \
                 kế thừa, {folded} lượt trùng đã rút.\n"
            ),
            Language::English => format!(
                "Merger: {opened} agencies opened, {renamed} were renamed, {closed} closed; {moved} waiting deliveries went on to \
                 successors, {folded} were withdrawn as one too many.\n"
            ),
        }
    }

    fn journal_line(&self, language: Language) -> String {
        let Some(journal) = &self.journal else {
            return String::new();
        };
        let (records, signatures) = (language.count(journal.records), language.count(journal.signatures));
        let mut text = match (language, journal.clean) {
            (Language::Vietnamese, true) => format!(
                "Nhật ký nguyên vẹn: {records} bản ghi, {signatures} văn bản đã kiểm tra lại chữ ký; thống kê khớp với số đếm lại.\n"
            ),
            (Language::English, true) => format!(
                "The journal is whole: {records} records, signatures of {signatures} documents verified again; the statistics \
                 equal the recount.\n"
            ),
            (Language::Vietnamese, false) => "Nhật ký KHÔNG nguyên vẹn:\n".to_owned(),
            (Language::English, false) => "The journal is NOT whole:\n".to_owned(),
        };
        for finding in &journal.findings {
            text += &format!("  ! {}: {}\n", finding.position, finding.what);
        }
        text
    }

    fn threshold_table(&self, language: Language, width: Option<u16>) -> String {
        if self.thresholds.is_empty() {
            return String::new();
        }
        let mut table = super::render::table(
            width,
            &match language {
                Language::Vietnamese => ["Ngưỡng", "Yêu cầu", "Đo được", "Kết quả"],
                Language::English => ["Threshold", "Wanted", "Measured", "Result"],
            },
        );
        for threshold in &self.thresholds {
            let result = match threshold.met {
                true => language.say("đạt", "met"),
                false => language.say("KHÔNG ĐẠT", "MISSED"),
            };
            table.add_row(vec![
                Cell::new(&threshold.name),
                number(threshold.wanted.clone()),
                number(threshold.measured.clone().unwrap_or_else(|| "–".to_owned())),
                Cell::new(result),
            ]);
        }
        format!("{table}\n")
    }

    fn time_table(&self, language: Language, width: Option<u16>) -> String {
        let mut table = super::render::table(
            width,
            &[
                language.say("Thời gian (giờ thực)", "Time (wall)"),
                language.say("Số lần", "Count"),
                "p50",
                "p95",
                "p99",
                language.say("Dài nhất", "Longest"),
            ],
        );
        let mut row = |name: &str, count: u64, times: [f64; 4]| {
            if count > 0 {
                let times = times.map(|ms| number(language.milliseconds(ms)));
                let head = [Cell::new(name), number(language.count(count))];
                table.add_row(head.into_iter().chain(times).collect::<Vec<_>>());
            }
        };
        let of = |times: &Percentiles| [times.p50, times.p95, times.p99, times.longest];
        row(
            language.say("Đến khi có biên nhận", "Until the receipt"),
            self.receipt_ms.count,
            of(&self.receipt_ms),
        );
        row(
            language.say("– từ lúc lẽ ra phải gửi", "– from the intended sending"),
            self.receipt_corrected_ms.count,
            of(&self.receipt_corrected_ms),
        );
        for stage in &self.stages {
            let times = [stage.p50_us, stage.p95_us, stage.p99_us, stage.longest_us].map(|us| us / 1000.0);
            let name = format!("{}{}", language.say("Trục: ", "Hub: "), language.stage(&stage.stage));
            row(&name, stage.count, times);
        }
        format!("{table}\n")
    }

    fn last_lines(&self, language: Language) -> String {
        let (accepted, planned) = (language.count(self.accepted), language.count(self.planned));
        let statuses = language.count(self.statuses);
        let (seconds, rate) = (
            language.number(self.took_seconds, 1),
            language.digits(self.receipts_per_second),
        );
        let seed = self.seed;
        let mut text = match language {
            Language::Vietnamese => format!(
                "{accepted} văn bản được nhận trên {planned} đã lập, {statuses} trạng thái, trong {seconds} giây ({rate} biên nhận/giây). \
                 Chạy lại đúng như vậy: --seed {seed}\n"
            ),
            Language::English => format!(
                "{accepted} documents accepted of {planned} planned, {statuses} statuses, in {seconds} s ({rate} receipts/s). The \
                 same again: --seed {seed}\n"
            ),
        };
        if self.generator.was_bottleneck {
            text += language.say(
                "Bộ sinh tải không theo kịp: các con số về tốc độ nói về nó nhiều hơn về trục.\n",
                "The generator could not keep up: the figures of speed tell about it more than about the hub.\n",
            );
        }
        if self.stopped {
            text += language.say("Bị dừng giữa chừng.\n", "Stopped before its end.\n");
        }
        text
    }
}
