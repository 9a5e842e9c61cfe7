//! An attention as a sublayer: from the residual stream back into it.

use super::{Attention, Cache, Caches, Sublayer};
use crate::layer::{FeedForward, Scratch, block, first_mut};
use crate::number::{Block, narrow};

impl Attention<'_> {
    /// Writes key and value of `x`, a row of the stream, at (layer, position) of `cache`.
    pub(crate) fn remember(
        &self,
        sublayer: &Sublayer<'_>,
        x: Block<'_>,
        cache: &mut Caches<'_>,
        (layer, position): (usize, usize),
        scratch: &mut Scratch<'_>,
    ) {
        let input = self.key.input().and(self.value.input());
        let narrow = first_mut(scratch.narrow, x.mantissas.len());
        let exponent = sublayer.before(x, input, scratch.wide, narrow);
        self.put(block(narrow, exponent), cache, (layer, position), scratch.wide);
    }

    /// The same of a row of the memory, which needs no norm.
    pub(crate) fn remember_memory(
        &self,
        x: Block<'_>,
        cache: &mut Caches<'_>,
        at: (usize, usize),
        scratch: &mut Scratch<'_>,
    ) {
        let input = self.key.input().and(self.value.input());
        let narrow = first_mut(scratch.narrow, x.mantissas.len());
        let exponent = input.narrow(x.mantissas, x.exponent, narrow);
        self.put(block(narrow, exponent), cache, at, scratch.wide);
    }

    fn put(
        &self,
        x: Block<'_>,
        cache: &mut Caches<'_>,
        (layer, position): (usize, usize),
        wide: &mut [i32],
    ) {
        let wide = first_mut(wide, self.key.rows());
        let exponent = self.key.apply(x, wide);
        cache.put_key(layer, position, wide, exponent);
        let exponent = self.value.apply(x, wide);
        cache.put_value(layer, position, wide, exponent);
    }

    /// Attends from the stream `x` over the first `len` positions, and adds what it found to `x`.
    /// Returns the exponent of `x`.
    #[expect(clippy::too_many_arguments, reason = "a stream, a cache and their scratch")]
    pub(crate) fn apply(
        &self,
        sublayer: &Sublayer<'_>,
        x: &mut [i16],
        exponent: i32,
        cache: &Cache<'_>,
        len: usize,
        alignment: Option<&mut [i32]>,
        scratch: &mut Scratch<'_>,
    ) -> i32 {
        let narrow_x = first_mut(scratch.narrow, x.len());
        let input = sublayer.before(block(x, exponent), self.query.input(), scratch.wide, narrow_x);
        let wide = first_mut(scratch.wide, self.query.rows());
        let query = self.query.apply(block(narrow_x, input), wide);
        let narrow_q = first_mut(scratch.narrow, self.query.rows());
        let query = narrow(wide, query, self.query_bits(), i32::MIN, narrow_q);
        let energies = first_mut(scratch.energies, len);
        let context = self.attend(block(narrow_q, query), cache, energies, alignment, wide);
        let context = self.output.input().narrow(wide, context, narrow_q);
        let out = self.output.apply(block(narrow_q, context), first_mut(scratch.wide, x.len()));
        sublayer.after(scratch.wide, out, x, exponent)
    }
}

impl Sublayer<'_> {
    /// The feed-forward of the stream `x`, added to it. Returns the exponent of `x`.
    pub(crate) fn feed_forward(
        &self,
        feed_forward: &FeedForward<'_>,
        x: &mut [i16],
        exponent: i32,
        scratch: &mut Scratch<'_>,
    ) -> i32 {
        let input = feed_forward.up.input();
        let narrow = first_mut(scratch.narrow, x.len());
        let entered = self.before(block(x, exponent), input, scratch.wide, narrow);
        let out = feed_forward.apply(entered, x.len(), scratch);
        self.after(scratch.wide, out, x, exponent)
    }
}
