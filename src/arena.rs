//! All the RAM of a model: one buffer of a size known to the compiler, carved into typed slices.

use crate::Error;
use crate::layer::first_mut;
use bytemuck::Pod;
use core::mem;
use static_cell::ConstStaticCell;

#[repr(C, align(16))]
struct Bytes<const BYTES: usize>([u8; BYTES]);

/// A static buffer of `BYTES`, to be taken once.
///
/// ```
/// # use regard::{Arena, Error};
/// static ARENA: Arena<1024> = Arena::new();
/// assert_eq!(ARENA.take().map(|bytes| bytes.len()), Ok(1024));
/// assert_eq!(ARENA.take(), Err(Error::ArenaTaken));
/// ```
pub struct Arena<const BYTES: usize>(ConstStaticCell<Bytes<BYTES>>);

impl<const BYTES: usize> Arena<BYTES> {
    /// A zeroed buffer (it takes no flash).
    #[must_use]
    pub const fn new() -> Self {
        Self(ConstStaticCell::new(Bytes([0; BYTES])))
    }

    /// The buffer, the first time; [`Error::ArenaTaken`] later.
    pub fn take(&'static self) -> Result<&'static mut [u8], Error> {
        match self.0.try_take() {
            Some(bytes) => Ok(&mut bytes.0),
            None => Err(Error::ArenaTaken),
        }
    }
}

impl<const BYTES: usize> Default for Arena<BYTES> {
    fn default() -> Self {
        Self::new()
    }
}

/// Bytes that `n` elements of `size` bytes take in an arena.
pub(crate) const fn footprint(n: u64, size: u64) -> u64 {
    n.wrapping_mul(size).wrapping_add(3) & !3
}

/// The part of an arena that is still free. Who starts one has checked that it has room for the
/// whole [`Plan`](crate::format::Plan): what there is no room for would come out empty.
pub(crate) struct Carver<'a>(&'a mut [u32]);

impl<'a> Carver<'a> {
    /// Starts at an address that is a multiple of 4, or fails.
    pub(crate) fn new(bytes: &'a mut [u8]) -> Result<Self, Error> {
        let by = bytes.as_ptr() as usize % 4;
        let whole = bytes.len() & !3;
        let words = bytemuck::try_cast_slice_mut(first_mut(bytes, whole));
        words.map(Self).map_err(|_| Error::Misaligned { by })
    }

    /// Forgets all that was ever written.
    #[inline(never)] // For the flash: where the alignment is known, it would be another `memset`.
    pub(crate) fn clear(&mut self) {
        self.0.fill(0);
    }

    /// The next `n` elements, with what was in them.
    pub(crate) fn take<T: Pod>(&mut self, n: usize) -> &'a mut [T] {
        let words = self.split(footprint(n as u64, size_of::<T>() as u64) as usize / 4);
        first_mut(bytemuck::try_cast_slice_mut(words).unwrap_or_default(), n)
    }

    /// The last `n` elements, with what was in them.
    pub(crate) fn take_last<T: Pod>(&mut self, n: usize) -> &'a mut [T] {
        let words = footprint(n as u64, size_of::<T>() as u64) as usize / 4;
        let before = self.split(self.0.len().wrapping_sub(words));
        mem::replace(self, Self(before)).take(n)
    }

    /// What is in it.
    pub(crate) fn bytes(&self) -> &[u8] {
        bytemuck::cast_slice(self.0)
    }

    /// The same, to be written.
    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        bytemuck::cast_slice_mut(self.0)
    }

    /// The next words.
    #[inline(never)] // For the flash.
    fn split(&mut self, words: usize) -> &'a mut [u32] {
        let free = mem::take(&mut self.0);
        let (taken, rest) = free.split_at_mut_checked(words).unwrap_or_default();
        self.0 = rest;
        taken
    }

    /// The same free part for a shorter while: what is carved from it can be carved again later.
    pub(crate) fn rewindable(&mut self) -> Carver<'_> {
        Carver(&mut *self.0)
    }
}
