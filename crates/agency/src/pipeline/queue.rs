//! What a pipeline holds: envelopes that wait to go out, that wait for an answer, that wait to go out again.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::atomic::{AtomicBool, Ordering},
    task::{Context, Poll, Waker},
    time::Duration,
};

use parking_lot::Mutex;
use tokio::{
    sync::{Notify, OwnedSemaphorePermit, oneshot},
    time::Instant,
};
use truc_proto::v1 as pb;

use crate::{agency::Sent, error::SendError, failure::Failure, retry::RetryPolicy, session::send_error};

/// One envelope on its way.
pub(super) struct Item {
    envelope: pb::Envelope,
    answer: oneshot::Sender<Result<Sent, SendError>>,
    attempts: u32,
    in_doubt: bool,
    begun: Instant,
    sent: Instant,
    /// Its place in the pipeline, given back with the answer.
    _permit: OwnedSemaphorePermit,
}

impl Item {
    pub(super) fn new(
        envelope: pb::Envelope,
        answer: oneshot::Sender<Result<Sent, SendError>>,
        permit: OwnedSemaphorePermit,
    ) -> Self {
        let now = Instant::now();
        Self {
            envelope,
            answer,
            attempts: 0,
            in_doubt: false,
            begun: now,
            sent: now,
            _permit: permit,
        }
    }

    pub(super) fn end(self, outcome: Result<Sent, SendError>) {
        // Whoever sent it may have lost interest; the hub has answered all the same.
        let _ = self.answer.send(outcome);
    }

    pub(super) fn fail(self, failure: Failure) {
        let error = send_error(failure, self.attempts, self.in_doubt);
        self.end(Err(error));
    }

    fn may_go_again(&self, policy: &RetryPolicy, pause: Duration) -> bool {
        self.attempts < policy.attempts_max && self.begun.elapsed().saturating_add(pause) <= policy.time_max
    }
}

/// Shared by those who send, the stream that takes envelopes out, and the driver that reads answers. The lock is held
/// for a few operations on these collections, never over an await.
pub(super) struct Shared {
    queue: Mutex<Queue>,
    /// Nothing more will be pushed. Outside the lock, as it is asked for with each answer.
    closed: AtomicBool,
    /// There is something to send and no stream to send it on.
    pub(super) work: Notify,
}

struct Queue {
    waiting: VecDeque<Item>,
    under_way: HashMap<u64, Item>,
    /// Refused for now, by the instant (and a number, as instants repeat) at which they go out again.
    later: BTreeMap<(Instant, u64), Item>,
    /// Before this nothing goes out: the hub asked for rest.
    rest_until: Option<Instant>,
    next_tag: u64,
    /// Counts streams: one that broke takes nothing any more.
    stream: u64,
    streaming: bool,
    /// The driver is gone.
    ended: bool,
    outgoing: Option<Waker>,
}

impl Shared {
    pub(super) fn new() -> Self {
        let queue = Queue {
            waiting: VecDeque::new(),
            under_way: HashMap::new(),
            later: BTreeMap::new(),
            rest_until: None,
            next_tag: 1,
            stream: 0,
            streaming: false,
            ended: false,
            outgoing: None,
        };
        Self {
            queue: Mutex::new(queue),
            closed: AtomicBool::new(false),
            work: Notify::new(),
        }
    }

    pub(super) fn push(&self, item: Item) {
        let mut queue = self.queue.lock();
        if queue.ended {
            // Dropping the item tells its sender so.
            return;
        }
        queue.waiting.push_back(item);
        let (outgoing, streaming) = (queue.outgoing.take(), queue.streaming);
        drop(queue);
        match outgoing {
            Some(outgoing) => outgoing.wake(),
            None if !streaming => self.work.notify_one(),
            None => {}
        }
    }

    /// Nothing more will be pushed.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::Release);
        self.wake();
        self.work.notify_one();
    }

    pub(super) fn is_finished(&self) -> bool {
        self.closed.load(Ordering::Acquire) && self.queue.lock().is_empty()
    }

    /// Has the outgoing stream look again, which ends it when the pipeline is finished.
    pub(super) fn wake(&self) {
        let outgoing = self.queue.lock().outgoing.take();
        if let Some(outgoing) = outgoing {
            outgoing.wake();
        }
    }

    pub(super) fn has_work(&self) -> bool {
        !self.queue.lock().is_empty()
    }

    /// The driver is gone: whoever still waits is told so by dropping the items.
    pub(super) fn end(&self) {
        let mut queue = self.queue.lock();
        queue.ended = true;
        let left = (
            std::mem::take(&mut queue.waiting),
            std::mem::take(&mut queue.under_way),
            std::mem::take(&mut queue.later),
        );
        drop(queue);
        drop(left);
        self.wake();
    }

    /// Number of a new stream, which alone may take envelopes from now on.
    pub(super) fn begin_stream(&self) -> u64 {
        let mut queue = self.queue.lock();
        queue.stream += 1;
        queue.streaming = true;
        queue.stream
    }

    /// The next envelope for the stream of that number, under a tag of its own.
    pub(super) fn poll_take(&self, stream: u64, context: &mut Context<'_>) -> Poll<Option<pb::SendManyRequest>> {
        let mut queue = self.queue.lock();
        if queue.stream != stream || !queue.streaming || queue.ended {
            return Poll::Ready(None);
        }
        if queue.rest_until.is_none()
            && let Some(mut item) = queue.waiting.pop_front()
        {
            let tag = queue.next_tag;
            queue.next_tag += 1;
            item.sent = Instant::now();
            let envelope = item.envelope.clone();
            queue.under_way.insert(tag, item);
            return Poll::Ready(Some(pb::SendManyRequest {
                tag,
                envelope: Some(envelope),
            }));
        }
        if self.closed.load(Ordering::Acquire) && queue.is_empty() {
            return Poll::Ready(None);
        }
        if !queue
            .outgoing
            .as_ref()
            .is_some_and(|known| known.will_wake(context.waker()))
        {
            queue.outgoing = Some(context.waker().clone());
        }
        Poll::Pending
    }

    /// The item that an answer belongs to; none for one that was given up or sent again since.
    pub(super) fn answered(&self, tag: u64) -> Option<Item> {
        self.queue.lock().under_way.remove(&tag)
    }

    /// Refused for now: the item goes out again after a pause, or its time is up.
    pub(super) fn again_later(&self, mut item: Item, failure: Failure, policy: &RetryPolicy) {
        item.attempts = item.attempts.saturating_add(1);
        let pause = policy.pause(item.attempts, failure.retry_after(), rand::random());
        if !item.may_go_again(policy, pause) {
            return item.fail(failure);
        }
        let now = Instant::now();
        let mut queue = self.queue.lock();
        if let Some(rest) = failure.retry_after() {
            // The others would only be refused as well.
            queue.rest_until = queue.rest_until.max(Some(now + rest));
        }
        let number = queue.next_tag;
        queue.next_tag += 1;
        queue.later.insert((now + pause, number), item);
    }

    /// The next instant at which `tick` has something to do, besides answers that do not come.
    pub(super) fn next_tick(&self) -> Option<Instant> {
        let queue = self.queue.lock();
        let later = queue.later.first_key_value().map(|((at, _), _)| *at);
        [later, queue.rest_until].into_iter().flatten().min()
    }

    /// Lets go out what has waited long enough, and sends again what had no answer in time.
    pub(super) fn tick(&self, policy: &RetryPolicy) {
        let now = Instant::now();
        let mut given_up = Vec::new();
        let mut queue = self.queue.lock();
        queue.rest_until = queue.rest_until.filter(|until| *until > now);
        while let Some(entry) = queue.later.first_entry().filter(|entry| entry.key().0 <= now) {
            let item = entry.remove();
            queue.waiting.push_back(item);
        }
        let late = |item: &mut Item| now.duration_since(item.sent) >= policy.attempt_time_max;
        let unanswered: Vec<Item> = queue
            .under_way
            .extract_if(|_, item| late(item))
            .map(|(_, item)| item)
            .collect();
        for mut item in unanswered {
            item.attempts = item.attempts.saturating_add(1);
            item.in_doubt = true;
            if item.may_go_again(policy, Duration::ZERO) {
                queue.waiting.push_back(item);
            } else {
                given_up.push(item);
            }
        }
        drop(queue);
        self.wake();
        for item in given_up {
            item.fail(Failure::Interrupted("the hub did not answer in time".to_owned()));
        }
    }

    /// The stream broke or never came about. What was under way goes out again by the next one, in its old order;
    /// what has failed too often, or all where the failure is final, is given up.
    pub(super) fn broken(&self, failure: &Failure, was_open: bool, pause: Option<Duration>, policy: &RetryPolicy) {
        let mut queue = self.queue.lock();
        queue.streaming = false;
        queue.outgoing = None;
        let mut under_way: Vec<(u64, Item)> = queue.under_way.drain().collect();
        under_way.sort_unstable_by_key(|(tag, _)| *tag);
        let mut given_up = Vec::new();
        let mut kept = VecDeque::with_capacity(under_way.len() + queue.waiting.len());
        for (_, mut item) in under_way {
            item.attempts = item.attempts.saturating_add(1);
            item.in_doubt |= was_open || failure.leaves_doubt();
            match pause {
                Some(pause) if item.may_go_again(policy, pause) => kept.push_back(item),
                _ => given_up.push(item),
            }
        }
        for mut item in std::mem::take(&mut queue.waiting) {
            // A stream that broke says nothing about what had not gone out; one that never came about does.
            item.attempts = item.attempts.saturating_add(u32::from(!was_open));
            match pause {
                Some(pause) if item.may_go_again(policy, pause) => kept.push_back(item),
                _ => given_up.push(item),
            }
        }
        queue.waiting = kept;
        if pause.is_none() {
            given_up.extend(std::mem::take(&mut queue.later).into_values());
        }
        drop(queue);
        for item in given_up {
            item.fail(failure.clone());
        }
    }

    /// No stream can be opened for want of a credential.
    pub(super) fn fail_all(&self, error: impl Fn() -> SendError) {
        let mut queue = self.queue.lock();
        queue.streaming = false;
        queue.outgoing = None;
        let mut items: Vec<Item> = std::mem::take(&mut queue.waiting).into();
        items.extend(std::mem::take(&mut queue.later).into_values());
        items.extend(queue.under_way.drain().map(|(_, item)| item));
        drop(queue);
        for item in items {
            let error = error();
            let error = if item.in_doubt {
                SendError::Unanswered {
                    attempts: item.attempts,
                    cause: error.to_string(),
                }
            } else {
                error
            };
            item.end(Err(error));
        }
    }

    /// The hub ended a stream on which nothing was under way.
    pub(super) fn rest(&self) {
        let mut queue = self.queue.lock();
        queue.streaming = false;
        queue.outgoing = None;
    }
}

impl Queue {
    fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.under_way.is_empty() && self.later.is_empty()
    }
}
