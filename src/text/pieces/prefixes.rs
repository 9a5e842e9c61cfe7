//! All entries of a sorted list that a text begins with, the shortest first: each byte of the text
//! narrows the part of the list that agrees with what was read.

/// The part of a list that agrees.
pub(super) struct Prefixes<F> {
    entry: F,
    low: usize,
    high: usize,
    depth: usize,
}

impl<'m, F: Fn(usize) -> &'m [u8]> Prefixes<F> {
    /// Of a list of `len` entries, sorted byte by byte.
    pub(super) fn new(len: usize, entry: F) -> Self {
        Self { entry, low: 0, high: len, depth: 0 }
    }

    /// Reads a byte. Nothing if no entry goes on so; else the first that does, and whether it ends
    /// here.
    pub(super) fn step(&mut self, byte: u8) -> Option<(usize, bool)> {
        self.low = self.first(|next| next >= Some(byte));
        self.high = self.first(|next| next > Some(byte));
        self.depth = self.depth.wrapping_add(1);
        if self.low >= self.high {
            return None;
        }
        Some((self.low, (self.entry)(self.low).len() == self.depth))
    }

    /// The first entry of which this holds: of those before it, it does not.
    fn first(&self, holds: impl Fn(Option<u8>) -> bool) -> usize {
        let (mut low, mut high) = (self.low, self.high);
        while low < high {
            let middle = low.midpoint(high);
            if holds((self.entry)(middle).get(self.depth).copied()) {
                high = middle;
            } else {
                low = middle.wrapping_add(1);
            }
        }
        low
    }
}
