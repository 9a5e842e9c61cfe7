//! What recurrent encoders and decoders are made of.
//!
//! ```text
//! x ──► W·x ─┐
//!            ├─► gates of 16 units at a time ─► h′ (and c′), in place
//! h ──► U·h ─┘
//! ```

mod attention;
#[cfg(any(test, feature = "conformance"))]
pub mod attention_conformance;
mod cell;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod context_gate;
mod start;
mod states;

pub(crate) use attention::Scorer;
pub(crate) use cell::CellLayer;
pub(crate) use context_gate::gate;
pub(crate) use start::{apply_bent, start};
pub(crate) use states::{H_EXPONENT, State, States};
