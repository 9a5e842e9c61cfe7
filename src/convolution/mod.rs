//! Convolutions, row by row: a layer needs only as many rows of what it reads as its window has,
//! so that no map is ever whole (but the last, which is the memory).
//!
//! ```text
//! picture ─row─► map 0 ─window─► filter ─row─► map 1 ─window─► … ─row─► memory
//!                k rows                        k rows
//! ```

#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod map;
mod window;

pub(crate) use map::Maps;
pub(crate) use window::{Row, activate};
