//! An attention as a sublayer: from the residual stream back into it, one row or two at once.

use super::{Attention, Cache, Caches, Distances, Sublayer};
use crate::layer::{Blocks, FeedForward, Input, Lanes, Row, block, first_mut};
use crate::number::narrow;

/// What a query needs beside its rows: room for energies, for the sums of weights if wanted, and what
/// distances from it add.
pub(crate) struct Looks<'s> {
    pub(crate) energies: &'s mut [i32],
    /// `[positions]`, or empty.
    pub(crate) alignment: &'s mut [i32],
    pub(crate) distances: Distances<'s>,
}

impl Attention<'_> {
    /// Writes keys and values of rows of the stream at (layer, position) of `cache`, and behind it.
    pub(crate) fn remember(
        &self,
        sublayer: &Sublayer<'_>,
        rows: &[Row<'_>],
        cache: &mut Caches<'_>,
        at: (usize, usize),
        lanes: &mut Lanes<'_>,
    ) {
        sublayer.before(rows, self.reads(), lanes);
        self.put(rows.len(), cache, at, lanes);
    }

    /// The same of rows of the memory, which need no norm.
    pub(crate) fn remember_memory(
        &self,
        memory: &Blocks<'_>,
        cache: &mut Caches<'_>,
        (layer, position): (usize, usize),
        lanes: &mut Lanes<'_>,
    ) {
        let count = memory.len().wrapping_sub(position).min(lanes.count());
        for (i, lane) in lanes.lanes.iter_mut().take(count).enumerate() {
            let row = memory.row(position.wrapping_add(i));
            lane.exponent = self.reads().narrow(row.mantissas, row.exponent, lane.narrow);
        }
        self.put(count, cache, (layer, position), lanes);
    }

    /// What keys and values can read.
    fn reads(&self) -> Input {
        self.key.input().and(self.value.input())
    }

    #[inline(never)] // For the flash.
    fn put(
        &self,
        rows: usize,
        cache: &mut Caches<'_>,
        (layer, position): (usize, usize),
        lanes: &mut Lanes<'_>,
    ) {
        let entered = lanes.exponents();
        lanes.apply(&self.key, rows);
        for (i, lane) in lanes.lanes.iter().take(rows).enumerate() {
            cache.put_key(layer, position.wrapping_add(i), lane.wide, lane.exponent);
        }
        lanes.set_exponents(entered);
        lanes.apply_again(&self.value, rows);
        for (i, lane) in lanes.lanes.iter().take(rows).enumerate() {
            cache.put_value(layer, position.wrapping_add(i), lane.wide, lane.exponent);
        }
        lanes.set_exponents(entered);
    }

    /// Attends from rows of the stream over the positions of `cache`, and adds what it found to them.
    pub(crate) fn apply(
        &self,
        sublayer: &Sublayer<'_>,
        rows: &mut [Row<'_>],
        cache: &Cache<'_>,
        lanes: &mut Lanes<'_>,
        looks: Looks<'_>,
    ) {
        sublayer.before(rows, self.query.input(), lanes);
        self.look(sublayer, rows, cache, lanes, looks);
    }

    /// Both for one row, whose norm is computed once: it attends over the positions up to its own.
    pub(crate) fn step(
        &self,
        sublayer: &Sublayer<'_>,
        rows: &mut [Row<'_>; 1],
        cache: &mut Caches<'_>,
        (layer, position): (usize, usize),
        lanes: &mut Lanes<'_>,
        looks: Looks<'_>,
    ) {
        sublayer.before(rows, self.reads().and(self.query.input()), lanes);
        self.put(1, cache, (layer, position), lanes);
        let cache = cache.layer(layer, position.wrapping_add(1));
        self.look(sublayer, rows, &cache, lanes, looks);
    }

    #[inline(never)] // For the flash.
    fn look(
        &self,
        sublayer: &Sublayer<'_>,
        rows: &mut [Row<'_>],
        cache: &Cache<'_>,
        lanes: &mut Lanes<'_>,
        mut looks: Looks<'_>,
    ) {
        let width = self.query.rows();
        lanes.apply(&self.query, rows.len());
        for lane in lanes.lanes.iter_mut().take(rows.len()) {
            let wide = first_mut(lane.wide, width);
            let q = first_mut(lane.narrow, width.wrapping_add(3));
            let exponent = narrow(wide, lane.exponent, self.query_bits(), i32::MIN, q);
            let query = block(q, exponent);
            lane.exponent = self.attend(query, cache, &mut looks, wide);
            looks.distances = looks.distances.behind();
            lane.cut(self.output.input(), width);
        }
        lanes.apply(&self.output, rows.len());
        sublayer.after(rows, lanes);
    }
}

impl Sublayer<'_> {
    /// The feed-forward of rows of the stream, added to them.
    pub(crate) fn feed_forward(
        &self,
        feed_forward: &FeedForward<'_>,
        rows: &mut [Row<'_>],
        lanes: &mut Lanes<'_>,
    ) {
        self.before(rows, feed_forward.input(), lanes);
        feed_forward.apply(lanes, rows.len());
        self.after(rows, lanes);
    }
}
