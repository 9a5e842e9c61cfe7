//! Matrices and norms in far flash: the kernels of those in place, some blocks at a time.

use super::place::{Place, Run, Span};
use crate::format::{Far, Section};
use crate::kernel::{self, BLOCK_ROWS, Layout, Norm, Rows};
use core::mem;

/// A matrix `[rows × columns]` in far flash, or what is left of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FarRows<'m> {
    place: Place<'m>,
    rows: usize,
    columns: usize,
    layout: Layout,
}

/// The next `n` places of `room`, which loses them.
fn next<'r, T>(room: &mut &'r mut [T], n: usize) -> &'r mut [T] {
    let n = n.min(room.len());
    let (places, behind) = mem::take(room).split_at_mut_checked(n).unwrap_or_default();
    *room = behind;
    places
}

impl<'m> FarRows<'m> {
    /// The matrix of a section, if it is far.
    pub(crate) fn of(section: &Section<'m>) -> Option<Self> {
        let Section { rows, columns, layout, far, .. } = *section;
        Some(Self { place: far.place?, rows, columns, layout })
    }

    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    pub(crate) fn columns(&self) -> usize {
        self.columns
    }

    /// Drops the first `count` rows, a multiple of four, or all.
    pub(crate) fn skip(&mut self, count: usize) {
        let words = (count / BLOCK_ROWS).wrapping_mul(self.layout.block_words(self.columns));
        self.place.at = self.place.at.wrapping_add(words);
        self.rows = self.rows.saturating_sub(count);
    }

    /// Calls `work` with all rows up to `count`, some at a time.
    fn each(&self, count: usize, mut work: impl FnMut(Rows<'_>)) {
        let mut left = self.rows.min(count);
        let stride = self.layout.block_words(self.columns);
        let run = Run { at: self.place.at, stride, count: left.div_ceil(BLOCK_ROWS) };
        self.place.stream.walk(run, &mut |blocks, words| {
            let rows = blocks.wrapping_mul(BLOCK_ROWS).min(left);
            left = left.wrapping_sub(rows);
            if let Some(rows) = Rows::of(self.layout, words, rows, self.columns) {
                work(rows);
            }
        });
    }

    /// Calls `work` with parts of the section that this is the matrix of, each as a section.
    pub(crate) fn each_section(&self, section: &Section<'_>, mut work: impl FnMut(&Section<'_>)) {
        self.each(self.rows, |rows| {
            work(&Section { words: rows.words(), rows: rows.rows(), far: Far::NOT, ..*section });
        });
    }

    /// [`kernel::matvec`].
    pub(crate) fn matvec(&self, x: &[i16], bias_shift: u32, mut out: &mut [i32]) {
        self.each(out.len(), |rows| {
            kernel::matvec(&rows, x, bias_shift, next(&mut out, rows.rows()));
        });
    }

    /// [`kernel::matvec_pair`].
    pub(crate) fn matvec_pair(
        &self,
        x: &[[u32; 2]],
        bias_shifts: [u32; 2],
        [mut a, mut b]: [&mut [i32]; 2],
    ) {
        self.each(a.len(), |rows| {
            let out = [next(&mut a, rows.rows()), next(&mut b, rows.rows())];
            kernel::matvec_pair(&rows, x, bias_shifts, out);
        });
    }

    /// [`kernel::depthwise`].
    pub(crate) fn depthwise(&self, x: &[i16], bias_shift: u32, mut out: &mut [i32]) {
        let mut x = x;
        self.each(out.len(), |rows| {
            let out = next(&mut out, rows.rows());
            kernel::depthwise(&rows, x, self.rows, bias_shift, out);
            x = x.get(rows.rows()..).unwrap_or(&[]);
        });
    }
}

/// The two words before the gammas of a norm in far flash.
pub(crate) fn epsilon(place: Place<'_>) -> [u32; 2] {
    let mut head = [0; 2];
    // Whether it failed is asked when the step is done.
    _ = place.read(&mut head);
    head
}

/// [`kernel::norm`], where as many gammas and betas as `x` has numbers are far.
pub(crate) fn norm(place: Place<'_>, norm: Norm, x: &[i16], out: &mut [i32]) {
    let most = place.stream.half_words().max(1);
    let gammas = place.at.wrapping_add(2);
    let (width, mut done) = (x.len(), 0usize);
    for (x, out) in x.chunks(most).zip(out.chunks_mut(most)) {
        let span = |from: usize| Span { at: from.wrapping_add(done), len: x.len() };
        let spans = [span(gammas), span(gammas.wrapping_add(width))];
        place.stream.pair(spans, &mut |[gammas, betas]| {
            kernel::norm(norm, x, gammas, betas, out);
        });
        done = done.wrapping_add(x.len());
    }
}
