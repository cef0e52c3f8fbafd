//! Rows: counts summed up by what the request groups by, now and a year before.

use std::collections::BTreeMap;

use truc_document::Refusal;
use truc_proto::v1::{self as pb, ReportDimension};

use super::{
    Request,
    period::{Period, malformed, wire, year_after},
};
use crate::state::{
    AgencyIndex, ProvinceIndex, State,
    statistics::{Cell, Counts, Day, Month, day_number, month_of},
};

/// The dimensions asked for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Grouping {
    province: bool,
    level: bool,
    counterpart: bool,
    day: bool,
    month: bool,
    system: bool,
    agency: bool,
}

/// What a row counts; what is not grouped by is not there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    province: Option<ProvinceIndex>,
    level: Option<u8>,
    counterpart: Option<u8>,
    agency: Option<AgencyIndex>,
    month: Option<Month>,
    day: Option<Day>,
    system: Option<u8>,
}

/// Counts of one row.
#[derive(Clone, Copy, Debug, Default)]
struct Pair {
    now: Counts,
    /// A year before; where nothing was counted, none.
    before: Option<Counts>,
}

/// All rows, and their sum.
#[derive(Debug, Default)]
pub(super) struct Table {
    rows: BTreeMap<Key, Pair>,
    total: Pair,
}

impl Grouping {
    pub(super) fn of(dimensions: &[i32]) -> Result<Self, Refusal> {
        let mut grouping = Self::default();
        for (at, &number) in dimensions.iter().enumerate() {
            let dimension = ReportDimension::try_from(number).unwrap_or(ReportDimension::Unspecified);
            *match dimension {
                ReportDimension::Province => &mut grouping.province,
                ReportDimension::Level => &mut grouping.level,
                ReportDimension::CounterpartLevel => &mut grouping.counterpart,
                ReportDimension::Day => &mut grouping.day,
                ReportDimension::Month => &mut grouping.month,
                ReportDimension::System => &mut grouping.system,
                ReportDimension::Agency => &mut grouping.agency,
                ReportDimension::Unspecified => {
                    let message = format!("`{number}` is no dimension to group by; see ReportDimension");
                    return Err(malformed(format!("group_by[{at}]"), message));
                }
            } = true;
        }
        if grouping.agency && (grouping.counterpart || grouping.day || grouping.system) {
            let message =
                "agencies are counted by month alone: group by AGENCY with PROVINCE, LEVEL or MONTH and nothing else";
            return Err(malformed("group_by", message));
        }
        Ok(grouping)
    }

    pub(super) fn by_agency(self) -> bool {
        self.agency
    }

    fn of_cell(self, cell: &Cell, day: Day) -> Key {
        Key {
            province: self.province.then_some(cell.province),
            level: self.level.then_some(cell.level),
            counterpart: self.counterpart.then_some(cell.counterpart),
            agency: None,
            month: self.month.then(|| month_of(day)),
            day: self.day.then_some(day),
            system: self.system.then_some(cell.system),
        }
    }
}

impl Table {
    pub(super) fn count(state: &State, request: &Request) -> Self {
        let mut table = Self::default();
        for (period, before) in [(request.period, false), (request.period.year_before(), true)] {
            if request.grouping.agency {
                table.add_agencies(state, request, period, before);
            } else {
                table.add_cells(state, request, period, before);
            }
        }
        table
    }

    fn add_cells(&mut self, state: &State, request: &Request, period: Period, before: bool) {
        let first = Cell {
            day: period.from,
            province: 0,
            level: 0,
            counterpart: 0,
            system: 0,
        };
        for (cell, counts) in state.statistics.cells.range(first..) {
            if cell.day > period.to {
                break;
            }
            let cell = &Cell {
                province: request.province_of(state, cell.province),
                ..*cell
            };
            if request.province.is_some_and(|only| only != cell.province) {
                continue;
            }
            let day = if before { year_after(cell.day) } else { cell.day };
            self.add(request.grouping.of_cell(cell, day), counts, before);
        }
    }

    /// Province and level of an agency are those that it has now: its counts don't say which it had.
    fn add_agencies(&mut self, state: &State, request: &Request, period: Period, before: bool) {
        let grouping = request.grouping;
        let last = month_of(period.to);
        for ((month, index), counts) in state.statistics.agencies.range((month_of(period.from), 0)..) {
            if *month > last {
                break;
            }
            let Some(agency) = state.directory.get(*index) else {
                continue;
            };
            let province = request.province_of(state, agency.province);
            if request.province.is_some_and(|only| only != province) {
                continue;
            }
            let key = Key {
                province: grouping.province.then_some(province),
                level: grouping.level.then_some(agency.level.wire() as u8),
                agency: Some(*index),
                month: grouping.month.then_some(if before { month + 12 } else { *month }),
                ..Key::default()
            };
            self.add(key, counts, before);
        }
    }

    fn add(&mut self, key: Key, counts: &Counts, before: bool) {
        for pair in [self.rows.entry(key).or_default(), &mut self.total] {
            if before {
                *pair.before.get_or_insert_default() += counts;
            } else {
                pair.now += counts;
            }
        }
    }

    pub(super) fn total(&self) -> pb::Counts {
        (&self.total.now).into()
    }

    pub(super) fn counted_before(&self) -> bool {
        self.total.before.is_some()
    }

    pub(super) fn total_before(&self) -> pb::Counts {
        (&self.total.before.unwrap_or_default()).into()
    }

    /// The rows, provinces by name, agencies by code.
    pub(super) fn rows(&self, state: &State) -> Vec<pb::ReportRow> {
        let told = |(key, pair): (&Key, &Pair)| pb::ReportRow {
            province: key
                .province
                .map(|index| state.directory.province(index).to_owned())
                .unwrap_or_default(),
            level: key.level.map_or(0, i32::from),
            counterpart_level: key.counterpart.map_or(0, i32::from),
            day: key.day.map(wire),
            month: key.month.map(|month| wire(first_of(month))),
            system: key.system.map_or(0, i32::from),
            agency: key.agency.map(|index| state.code(index)).unwrap_or_default(),
            counts: Some((&pair.now).into()),
            year_before: pair.before.as_ref().map(pb::Counts::from),
        };
        let mut rows: Vec<pb::ReportRow> = self.rows.iter().map(told).collect();
        // Indexes are in the order of registration. The sort is stable: what follows stays in its order.
        rows.sort_by(|one, other| (&one.province, one.level).cmp(&(&other.province, other.level)));
        if self.rows.keys().any(|key| key.agency.is_some()) {
            rows.sort_by(|one, other| {
                (&one.province, one.level, &one.agency).cmp(&(&other.province, other.level, &other.agency))
            });
        }
        rows
    }
}

/// First day of a month.
fn first_of(month: Month) -> Day {
    let (year, month) = (month.div_euclid(12), month.rem_euclid(12) + 1);
    let date = i16::try_from(year)
        .ok()
        .and_then(|year| jiff::civil::Date::new(year, month as i8, 1).ok());
    date.map_or(0, day_number)
}
