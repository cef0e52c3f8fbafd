//! What holds of every state, after every record.

use crate::state::{
    Content, DeliveryState, Mailbox, State,
    statistics::{Counts, Pace},
};

#[track_caller]
pub(super) fn check(state: &State) {
    mailboxes_are_what_deliveries_say(state);
    totals_are_what_deliveries_say(state);
    documents_know_their_deliveries(state);
    cells_add_up_to_the_totals(state);
    timelines_go_forward(state);
}

/// Each delivery is in one place: waiting, leased, or in no mailbox any more.
fn mailboxes_are_what_deliveries_say(state: &State) {
    let mut expected = vec![(Vec::new(), Vec::new()); state.directory.len()];
    for (id, delivery) in state.deliveries.iter() {
        let holder = state.directory.heir(delivery.agency);
        let (waiting, leased) = &mut expected[holder as usize];
        match delivery.state {
            DeliveryState::Waiting => waiting.push((delivery.rank, id)),
            DeliveryState::Leased => leased.push((delivery.leased_until, id)),
            DeliveryState::Acknowledged | DeliveryState::Withdrawn => {}
        }
        let handed_out = matches!(delivery.state, DeliveryState::Leased | DeliveryState::Acknowledged);
        assert!(
            delivery.attempts > 0 || !handed_out || delivery.content.is_none(),
            "delivery {id} was taken without being given"
        );
        assert!(
            delivery.attempts == 0 || delivery.state != DeliveryState::Withdrawn || holder != delivery.agency,
            "delivery {id}"
        );
    }
    let expected: Vec<_> = expected
        .into_iter()
        .map(|(waiting, leased)| Mailbox::of(waiting, leased))
        .collect();
    assert_eq!(state.mailboxes, expected);
}

/// Nothing lost, nothing twice.
fn totals_are_what_deliveries_say(state: &State) {
    let documents = state.deliveries.iter().filter(|(_, delivery)| delivery.is_document());
    let stand: Vec<_> = documents.map(|(_, delivery)| delivery.state).collect();
    let count = |wanted| stand.iter().filter(|state| **state == wanted).count() as u64;
    let totals = state.totals();
    assert_eq!(totals.waiting, count(DeliveryState::Waiting));
    assert_eq!(totals.leased, count(DeliveryState::Leased));
    assert_eq!(totals.acknowledged, count(DeliveryState::Acknowledged));
    assert_eq!(totals.withdrawn, count(DeliveryState::Withdrawn));
    assert_eq!(totals.deliveries, stand.len() as u64);
    assert_eq!(totals.documents, state.documents.len() as u64);
}

fn documents_know_their_deliveries(state: &State) {
    for (entry, index) in state.documents.entries.iter().zip(0..) {
        assert_eq!(state.documents.find(entry.id).map(|(index, _)| index), Some(index));
        assert!(state.documents.find_number(entry.number_key).is_some());
        let deliveries: Vec<_> = state.deliveries_of(entry).collect();
        assert_eq!(deliveries.len(), entry.recipients as usize);
        for (_, delivery) in &deliveries {
            assert_eq!(delivery.content, Some(Content::Document(index)));
            let to_it = deliveries.iter().filter(|(_, other)| other.agency == delivery.agency);
            assert_eq!(to_it.count(), 1, "a document is in a mailbox once");
        }
    }
}

fn cells_add_up_to_the_totals(state: &State) {
    let statistics = &state.statistics;
    let mut sum = Counts::default();
    statistics.cells.values().for_each(|counts| sum += counts);
    let mut by_agency = Counts::default();
    statistics.agencies.values().for_each(|counts| by_agency += counts);
    assert_eq!(sum, by_agency);
    let totals = &statistics.totals;
    assert_eq!(sum.sent, totals.documents);
    assert_eq!(
        sum.sent,
        sum.sent_signed + sum.sent_unsigned_pilot + sum.sent_unsigned_off
    );
    assert_eq!(sum.received, totals.deliveries);
    assert_eq!(sum.acknowledged, totals.acknowledged);
    assert_eq!(sum.refused_by_receiver, totals.refused_by_receiver);
    assert_eq!(sum.withdrawn, totals.withdrawn);
    assert!(sum.finished_on_time <= sum.finished_with_due_date && sum.finished_with_due_date <= sum.finished);
    assert!(statistics.refusals.values().sum::<u64>() <= totals.refused);
    let paces = |stage| {
        let of_stage = statistics.pace.iter().filter(move |((.., of), _)| *of == stage);
        of_stage.map(|(_, Pace { count, .. })| count).sum::<u64>()
    };
    assert_eq!((paces(1), paces(3)), (totals.acknowledged, sum.finished));
}

fn timelines_go_forward(state: &State) {
    for entry in state.documents.entries.iter() {
        let timeline = state.documents.timeline(entry);
        assert!(timeline.is_sorted_by(|one, next| one < next), "{timeline:?}");
        assert!(timeline.first().is_none_or(|first| *first > entry.position));
        assert!(timeline.last().is_none_or(|last| *last <= state.position));
    }
}
