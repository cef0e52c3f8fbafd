//! What goes wrong, and when: all of it from a seed.

use std::{sync::atomic::Ordering, time::Duration};

use rand::{Rng, RngExt as _, seq::IndexedRandom as _};
use truc_store::journal::embedded::simulated::Fault;
use turmoil::Sim;

use crate::axis::Axis;

/// Hosts of a run, by name.
pub(crate) struct Hosts {
    pub(crate) hubs: Vec<&'static str>,
    pub(crate) agencies: Vec<&'static str>,
    /// Where hubs share their journal.
    pub(crate) stream: Option<&'static str>,
}

/// Something goes wrong at a time, or is well again.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) at: Duration,
    pub(crate) what: What,
}

/// What happens.
#[derive(Clone, Debug)]
pub(crate) enum What {
    /// The process is gone; its machine is not.
    Killed(&'static str),
    /// The machine of a hub is gone, and of what its disk had not synced any part.
    PowerLost(usize),
    /// A machine is replaced by a new one: whose hub shares its journal has it elsewhere.
    Replaced(usize),
    Back(&'static str),
    /// So many steps from now the disk fails: once, or for good, as a controller that hangs.
    DiskFails {
        hub: usize,
        steps: u64,
        for_good: bool,
    },
    Full(usize, bool),
    Parted(&'static str, &'static str),
    PartedOneWay(&'static str, &'static str),
    Joined(&'static str, &'static str),
    /// Packets wait, and come all at once.
    Held(&'static str, &'static str),
    Released(&'static str, &'static str),
    /// Share of packets that get lost.
    Lossy(f64),
    /// The wall clock of a hub is wrong by so many ms.
    ClockJumped(usize, i64),
}

/// What goes wrong within a time, in its order. Each trouble ends within it, too.
pub(crate) fn draw(random: &mut impl Rng, hosts: &Hosts, within: Duration) -> Vec<Event> {
    let mut events = Vec::new();
    let whole = within.as_millis() as u64;
    for hub in 0..hosts.hubs.len() {
        of_machine(random, hosts, hub, whole, &mut events);
    }
    for agency in hosts.agencies.iter().chain(&hosts.stream) {
        if random.random_bool(0.3) {
            let (from, to) = span(random, whole, 3_000);
            events.push(event(from, What::Killed(agency)));
            events.push(event(to, What::Back(agency)));
        }
    }
    for _ in 0..random.random_range(0..5) {
        of_network(random, hosts, whole, &mut events);
    }
    events.sort_by_key(|event| event.at);
    events
}

/// One after the other: a machine that is gone can't fail.
fn of_machine(random: &mut impl Rng, hosts: &Hosts, hub: usize, whole: u64, events: &mut Vec<Event>) {
    let mut at = random.random_range(0..3_000);
    while at < whole - 4_000 {
        let lasts = random.random_range(1..3_000);
        let name = hosts.hubs[hub];
        match random.random_range(0..7) {
            1..5 if hosts.stream.is_some() => {
                let what = if random.random() {
                    What::Killed(name)
                } else {
                    What::Replaced(hub)
                };
                events.extend([event(at, what), event(at + lasts, What::Back(name))]);
            }
            0 => events.extend([event(at, What::Killed(name)), event(at + lasts, What::Back(name))]),
            1 | 2 => events.extend([event(at, What::PowerLost(hub)), event(at + lasts, What::Back(name))]),
            3 | 4 => {
                let (steps, for_good) = (random.random_range(1..12), random.random());
                events.push(event(at, What::DiskFails { hub, steps, for_good }));
                // Whoever sees a disk fail starts the machine anew, or the process alone.
                let ended = match for_good || random.random() {
                    true => What::PowerLost(hub),
                    false => What::Killed(name),
                };
                events.push(event(at + lasts, ended));
                events.push(event(at + lasts + 300, What::Back(name)));
            }
            5 => events.extend([
                event(at, What::Full(hub, true)),
                event(at + lasts, What::Full(hub, false)),
            ]),
            _ => {
                let by = *[-3_600_000, -2_000, 2_000, 30_000, 7_200_000]
                    .choose(random)
                    .unwrap_or(&0);
                events.push(event(at, What::ClockJumped(hub, by)));
                events.push(event(at + lasts, What::ClockJumped(hub, 0)));
            }
        }
        at += lasts + random.random_range(500..6_000);
    }
}

fn of_network(random: &mut impl Rng, hosts: &Hosts, whole: u64, events: &mut Vec<Event>) {
    let (from, to) = span(random, whole, 6_000);
    let all: Vec<_> = hosts
        .hubs
        .iter()
        .chain(&hosts.agencies)
        .chain(&hosts.stream)
        .copied()
        .collect();
    let (Some(one), Some(other)) = (hosts.hubs.choose(random).copied(), all.choose(random).copied()) else {
        return;
    };
    if one == other {
        return;
    }
    let (begin, end) = match random.random_range(0..5) {
        0 => (What::Parted(one, other), What::Joined(one, other)),
        1 => (What::PartedOneWay(one, other), What::Joined(one, other)),
        2 => (What::PartedOneWay(other, one), What::Joined(one, other)),
        3 => (What::Held(one, other), What::Released(one, other)),
        _ => (What::Lossy(random.random_range(0.001..0.05)), What::Lossy(0.0)),
    };
    events.extend([event(from, begin), event(to, end)]);
}

fn span(random: &mut impl Rng, whole: u64, longest: u64) -> (u64, u64) {
    let from = random.random_range(0..whole - longest - 1);
    (from, from + random.random_range(1..longest))
}

fn event(at: u64, what: What) -> Event {
    Event {
        at: Duration::from_millis(at),
        what,
    }
}

impl What {
    /// Does it. `random` draws which part of what was not synced is there after a power loss.
    pub(crate) fn happen(&self, sim: &mut Sim<'_>, axis: &Axis, random: &mut impl Rng) {
        axis.known.event(&format!("{self:?}"));
        match *self {
            Self::Killed(host) => sim.crash(host),
            Self::PowerLost(hub) => {
                let machine = &axis.machines[hub];
                sim.crash(machine.name);
                let share = *[0.0, 0.5, 1.0].choose(random).unwrap_or(&0.5);
                machine.disk.crash(|| random.random_bool(share));
            }
            Self::Replaced(hub) => {
                let machine = &axis.machines[hub];
                sim.crash(machine.name);
                machine.wipe();
            }
            Self::Back(host) => {
                if let Some(machine) = axis.machines.iter().find(|machine| machine.name == host) {
                    machine.disk.mend();
                    machine.troubled.store(false, Ordering::Relaxed);
                }
                sim.bounce(host);
            }
            Self::DiskFails { hub, steps, for_good } => {
                let machine = &axis.machines[hub];
                machine.troubled.store(true, Ordering::Relaxed);
                let step = machine.disk.steps() + steps;
                machine
                    .disk
                    .plan(if for_good { Fault::From(step) } else { Fault::Once(step) });
            }
            Self::Full(hub, full) => {
                let machine = &axis.machines[hub];
                machine.troubled.store(full, Ordering::Relaxed);
                machine.disk.set_full(full);
            }
            Self::Parted(one, other) => sim.partition(one, other),
            Self::PartedOneWay(from, to) => sim.partition_oneway(from, to),
            Self::Joined(one, other) => sim.repair(one, other),
            Self::Held(one, other) => sim.hold(one, other),
            Self::Released(one, other) => sim.release(one, other),
            Self::Lossy(share) => sim.set_fail_rate(share),
            Self::ClockJumped(hub, by) => axis.machines[hub].astray.store(by * 1000, Ordering::Relaxed),
        }
    }
}
