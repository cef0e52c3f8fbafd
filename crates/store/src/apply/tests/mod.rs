//! The battery that holds `apply` to its promises, a file for each. Every step of every test goes through
//! [`axis::Axis`]: its record is encoded, decoded, applied, and the whole state looked over.

mod acceptance;
mod acknowledgement;
pub(crate) mod axis;
mod clock;
mod closing;
mod counts;
mod determinism;
mod fault;
pub(crate) mod interleaving;
mod invariants;
mod lease;
mod order;
mod recall;
mod refusal;
mod registry;
mod status;
mod take_back;
mod update;
