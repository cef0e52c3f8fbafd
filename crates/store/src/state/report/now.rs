//! What stands now, whatever the period: who is connected, and whose mailbox waits.

use std::{cmp::Reverse, collections::BTreeMap};

use truc_document::{SigningPolicy, SystemKind};
use truc_proto::v1 as pb;

use crate::state::{AgencyIndex, Content, Mailbox, ProvinceIndex, State, wire_time};

/// Mailboxes told of.
const MAILBOXES_MAX: usize = 100;

/// Agencies by province and level. What they run counts where they are connected: an agency that is not reports to
/// nobody over the axis. Closed agencies are there no more. Services of the portal are summed up. Where agencies differ in policy, it is that of most; of
/// equally many the stricter.
pub(super) fn connections(state: &State, only: Option<ProvinceIndex>) -> Vec<pb::ConnectionRow> {
    let mut rows: BTreeMap<(&str, i32), (pb::ConnectionRow, [usize; 4])> = BTreeMap::new();
    for agency in state.directory.in_order() {
        if agency.successor.is_some() || only.is_some_and(|only| only != agency.province) {
            continue;
        }
        let key = (state.directory.province(agency.province), agency.level.wire());
        let (row, policies) = rows.entry(key).or_default();
        let runs = |system| u64::from(agency.connected && agency.systems.contains(&system));
        row.agencies += 1;
        row.connected += u64::from(agency.connected);
        row.reporting += runs(SystemKind::Reporting);
        row.one_stop_shop += runs(SystemKind::OneStopShop);
        row.portal_services += u64::from(agency.portal_services);
        policies[agency.policy as usize] += 1;
    }
    let told = |((province, level), (row, policies)): ((&str, i32), (pb::ConnectionRow, [usize; 4]))| {
        let strict = |policy: &SigningPolicy| Reverse(policy.wire());
        let policy = SigningPolicy::ALL
            .iter()
            .max_by_key(|policy| (policies[**policy as usize], strict(policy)));
        pb::ConnectionRow {
            province: province.to_owned(),
            level,
            signing_policy: policy.map_or(0, |policy| policy.wire()),
            ..row
        }
    };
    rows.into_iter().map(told).collect()
}

/// Mailboxes that hold something: those with stuck deliveries first, then those with the most waiting.
pub(super) fn mailboxes(state: &State, only: Option<ProvinceIndex>) -> Vec<pb::MailboxRow> {
    let of_province = |index: AgencyIndex| {
        let province = state.directory.get(index).map(|agency| agency.province);
        only.is_none() || province == only
    };
    let mut full: Vec<([Reverse<usize>; 3], AgencyIndex)> = (0..)
        .zip(&state.mailboxes)
        .filter(|(index, mailbox)| mailbox.waiting() + mailbox.leased() > 0 && of_province(*index))
        .map(|(index, mailbox)| {
            let counts = [state.stuck.of(index), mailbox.waiting(), mailbox.leased()];
            (counts.map(Reverse), index)
        })
        .collect();
    full.sort_unstable();
    full.truncate(MAILBOXES_MAX);
    let told = |([stuck, waiting, leased], index): ([Reverse<usize>; 3], AgencyIndex)| pb::MailboxRow {
        agency: state.code(index),
        waiting: waiting.0 as u64,
        leased: leased.0 as u64,
        oldest_accepted_at: state
            .mailbox(index)
            .and_then(|mailbox| oldest(state, mailbox))
            .map(wire_time),
        never_fetched: !state.has_fetched(index),
        stuck: stuck.0 as u64,
    };
    full.into_iter().map(told).collect()
}

/// When the hub took the document that has waited longest.
fn oldest(state: &State, mailbox: &Mailbox) -> Option<i64> {
    // Of each urgency the first document is the oldest; what is told about documents in between is passed over.
    let documents = |id: u64| match state.delivery(id)?.content? {
        Content::Document(index) => state.documents.get(index).map(|entry| entry.accepted_at),
        Content::Status { .. } | Content::Notice { .. } => None,
    };
    let ranks = mailbox.ranks();
    ranks.filter_map(|rank| mailbox.of_rank(rank).find_map(documents)).min()
}
