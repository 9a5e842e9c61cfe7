//! Helium, the vector extension of Cortex-M55 and M85.
//!
//! | file | rows | columns an instruction |
//! |---|---|---|
//! | `matvec.rs` | eight | 8 of 16 bits |
//! | `pair.rs`, two vectors | four | 8 of 16 bits |
//! | `bare.rs`, keys and values | four | 8 of 16 bits |
//! | `bytes.rs`, `bytes_short.rs`, `bytes_pair.rs`: weights in rows of bytes | eight, four, four | 16 of 8 bits |
//! | `fours/`: int4, one vector and two | eight, four | 8 of 16 bits |
//! | `interleave.rs`, two vectors side by side | | 8 of 16 bits |
//! | `gates.rs`, of recurrent cells; `bend.rs`, tanh | | 4 of 32 bits |
//! | `put.rs`, what enters a cache | | 8 of 16 bits |
//! | `short.rs`, what is done to each short number | | 8 of 16 bits |
//! | `vector.rs`, what is done to each number | | 4 of 32 bits |
//!
//! Loops end in LE where a register is left for it, which is free once a firmware has set CCR.LOB, and
//! means the same where it has not. CP10 and CP11 must be enabled in CPACR.

#![expect(unsafe_code, reason = "assembly reads the blocks through pointers")]

mod bare;
mod bend;
#[cfg(feature = "bytes")]
pub mod bytes;
#[cfg(feature = "bytes")]
mod bytes_pair;
#[cfg(feature = "bytes")]
mod bytes_short;
mod eights;
#[cfg(feature = "int4")]
pub mod fours;
mod gates;
mod interleave;
mod matvec;
mod pair;
mod put;
mod short;
mod vector;
mod weights;

pub use bare::dots;
pub use bend::bend;
pub use gates::{gru, lstm, rnn};
pub use interleave::interleave;
pub use matvec::matvec;
pub use pair::matvec_pair;
pub use put::{put_column, put_row};
pub use short::{narrow_short, width_short};
pub use vector::{add_scaled, magnitude, moments, narrow, norm, relu, scale, width};
pub use weights::{energies, mantissas, powers};

use super::rows::GROUP;

/// Bytes of the weights of one group of row pairs: a word per two rows and two columns.
const GROUP_BYTES: usize = 4 * GROUP;

/// Stable Rust knows no target with Helium; the assembler does.
macro_rules! cpu {
    () => {
        ".cpu cortex-m55"
    };
}

use cpu;
