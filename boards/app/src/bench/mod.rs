//! What a core takes for kernels, cells and whole models: executed instructions in an emulator, cycles
//! on a real board. The board brings a [`Counter`]; everything else is the same everywhere.
//!
//! A line is `core kernel case products count count/product`, or `core kernel case count` where
//! products are not counted. Vectors have numbers in their place. It is printed only after the output was proved equal to that of every core.

mod attention;
#[cfg(target_arch = "arm")]
pub mod clock;
mod layers;
mod matrices;
mod models;

pub use attention::{energies, vectors};
pub use layers::{cells, convolution};
#[cfg(feature = "bytes")]
pub use matrices::BYTES;
#[cfg(feature = "int4")]
pub use matrices::FOURS;
pub use matrices::{LARGE, SHORT, SMALL, matrices};
pub use models::{Input, model};

use embedded_io::Write;
use regard::{attention as keys, convolution as map};

/// Bytes of the arena that [`energies`] and then [`convolution`] take.
pub const ARENA_BYTES: usize = {
    let (keys, map) = (keys::conformance::BYTES, map::conformance::BYTES);
    if keys > map { keys } else { map }
};

/// Counts what a region executes.
pub trait Counter {
    /// What `work` takes, without the reading of the counter.
    fn count(&self, work: impl FnOnce()) -> u64;
}

/// Where the lines go, and what they say of the core.
pub struct Bench<'b, C, W> {
    /// The counter.
    pub counter: &'b C,
    /// Where lines go.
    pub out: &'b mut W,
    /// The name of the core.
    pub core: &'static str,
}

/// Counts all kernels, cells and layers that this firmware has. False if an output was wrong.
///
/// `arena`: [`ARENA_BYTES`].
pub fn all<C: Counter, W: Write>(bench: &mut Bench<'_, C, W>, arena: &mut [u8]) -> bool {
    let same = [
        matrices(bench, &SMALL),
        matrices(bench, &LARGE),
        #[cfg(feature = "int4")]
        matrices(bench, &FOURS),
        energies(bench, arena),
        vectors(bench),
        #[cfg(feature = "bytes")]
        matrices(bench, &BYTES),
        cells(bench),
        convolution(bench, arena),
    ];
    !same.contains(&false)
}

impl<C: Counter, W: Write> Bench<'_, C, W> {
    /// Says what `case` took, of `macs` products.
    fn report(&mut self, case: &str, kernel: &str, macs: u64, count: u64) {
        let milli = (count * 1000 + macs / 2) / macs;
        let (core, whole, part) = (self.core, milli / 1000, milli % 1000);
        self.say(format_args!("{core} {kernel} {case} {macs} {count} {whole}.{part:03}"));
    }

    /// Says that the output of `case` was not the expected one, and returns that.
    fn differs(&mut self, case: &str) -> bool {
        self.say(format_args!("{case}: output differs"));
        false
    }

    fn say(&mut self, line: core::fmt::Arguments<'_>) {
        // A port that fails has nobody to tell.
        _ = write!(self.out, "{line}\r\n");
    }
}
