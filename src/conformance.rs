//! One suite for every core, on the host and in firmware: kernels against `portable`, and one hash
//! of each kind of cell, attention and layer over a picture.

use crate::convolution::conformance as layers;
use crate::kernel::{Layout, conformance as kernels};
use crate::recurrent::{attention_conformance as attention, conformance as cells};
use core::fmt;

/// Bytes of RAM that [`run`] needs beside the stack.
pub const BYTES: usize =
    if layers::BYTES > attention::BYTES { layers::BYTES } else { attention::BYTES };

/// What a run of the suite found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    kernels: kernels::Report,
    layouts: [kernels::Report; kernels::LAYOUTS.len()],
    cells: Passed,
    attention: Passed,
    layers: Passed,
}

/// How many of how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Passed {
    passed: u32,
    all: u32,
}

/// Runs all of it. `arena`: [`BYTES`], at an address that is a multiple of 4.
#[must_use]
pub fn run(arena: &mut [u8]) -> Report {
    Report {
        kernels: kernels::run(),
        layouts: core::array::from_fn(|i| kernels::run_layout(kernels::LAYOUTS[i].1)),
        cells: Passed::count(&cells::EXPECTED, |&(kind, columns, hash)| {
            cells::hash(&cells::TestCell::new(kind, columns, Layout::Pairs), columns) == hash
        }),
        attention: Passed::count(&attention::EXPECTED, |&(score, factor, hash)| {
            attention::hash(score, factor, arena) == hash
        }),
        layers: Passed::count(&layers::EXPECTED, |&(kind, hash)| {
            layers::hash(kind, Layout::Pairs, arena) == hash
        }),
    }
}

impl Passed {
    fn count<T: Copy>(cases: &[T], passes: impl FnMut(&T) -> bool) -> Self {
        Self {
            passed: cases.iter().copied().filter(passes).count() as u32,
            all: cases.len() as u32,
        }
    }
}

impl Report {
    /// Is every result that of every other core?
    #[must_use]
    pub fn is_equal(&self) -> bool {
        let hashes = [self.cells, self.attention, self.layers];
        let mut layouts = self.layouts.iter().zip(kernels::LAYOUTS);
        let layouts = layouts.all(|(found, (_, _, expected))| found == expected);
        self.kernels == kernels::EXPECTED
            && layouts
            && hashes.iter().all(|part| part.passed == part.all)
    }
}

impl fmt::Display for Passed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.passed, self.all)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kernels, layouts, cells, attention, layers } = self;
        let word = if self.is_equal() { "equal" } else { "DIFFERENT" };
        let (all, hash) = (kernels.cases, kernels.hash);
        let kernels = Passed { passed: all - kernels.failures, all };
        write!(f, "conformance {word} kernels={kernels} hash={hash:08x} ")?;
        write!(f, "cells={cells} attention={attention} layers={layers}")?;
        for (kernels::Report { cases, failures, hash }, (name, ..)) in
            layouts.iter().zip(kernels::LAYOUTS)
        {
            let (passed, all) = (*cases - *failures, *cases);
            write!(f, " {name}={} hash={hash:08x}", Passed { passed, all })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_equal_to_every_core_and_an_arena_too_small_is_not() {
        let mut arena = [0u32; BYTES / 4];
        let arena = bytemuck::cast_slice_mut(&mut arena);
        let line = run(arena).to_string();
        assert!(line.starts_with(
            "conformance equal kernels=15198/15198 hash=fe06d236 cells=4/4 attention=5/5 layers=4/4"
        ), "{line}");
        let found = run(&mut arena[..64]);
        assert!(!found.is_equal() && found.to_string().contains("DIFFERENT"));
    }
}
