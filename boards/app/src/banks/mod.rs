//! Models in two banks of flash, replaceable over the serial port while the firmware lives.
//!
//! ```text
//!             ┌──────────────────────── flash ────────────────────────┐
//!             │ firmware │ bank 0: model, record │ bank 1: model, record │
//!             └──────────────────┬───────────────────────┬────────────┘
//!  start ─► pick the newest whole one ─► engine ─► conversation ─► :update writes the other ─┐
//!             ▲                       └─ none whole: a conversation that says why            │
//!             └──────────────────────────────────────────────────────────────────────────────┘
//! ```
//! What a bank is, and which one is picked, the engine says ([`regard::format::bank`]); here are what a board
//! brings ([`Banks`]), the writer ([`Update`]), the protocol ([`frame`]) and the conversation
//! ([`stored`]).

mod emulated;
mod failure;
pub mod frame;
mod in_place;
mod place;
mod receive;
mod stored;
mod update;

pub use emulated::Emulated;
pub use failure::Failure;
pub use in_place::InPlace;
pub use place::Place;
pub use stored::stored;
pub use update::{Target, Update, Whole};

use embedded_storage::nor_flash::NorFlash;

/// What a board brings: two banks that the core reads in place, in a flash that it can write.
pub trait Banks {
    /// The flash that both lie in.
    type Flash: NorFlash;

    /// The bytes of bank 0 or 1. They cannot be written as long as someone reads them.
    fn bytes(&self, bank: usize) -> &[u8];

    /// Bank 0 or 1, to be written.
    fn place(&mut self, bank: usize) -> Place<'_, Self::Flash>;
}
