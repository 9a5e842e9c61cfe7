//! Weights in flash that the core cannot address, as that of a chip on an SPI bus: they are read as they
//! are needed, into a small buffer of two halves (docs/SLOW_FLASH.md).
//!
//! ```text
//! file   header, directory, words │ matrices, norms …
//!               │ once                  │ each time, some blocks of four rows at once
//!               ▼                       ▼
//! RAM    resident, of the caller    half A ─► kernel     half B ◄─ what is next
//! ```
//! A matrix is walked block after block; rows do not know of each other, so results are the same bits
//! as in place. [`Model::load_far`](crate::Model::load_far) starts; a read that fails becomes
//! [`Error::Bus`](crate::Error::Bus) of the sentence, and the same sentence can be asked for again.
//!
//! Limits: words, self-test and directory stay in RAM; one walk at a time.

mod flash;
mod place;
mod rows;

pub use flash::FarFlash;
pub(crate) use place::{Place, Run, Stream, with_rows};
pub(crate) use rows::{FarRows, epsilon, norm};

/// What reads the flash: at once (see [`Blocking`]), or in the background while the core computes.
pub trait Bus<'b>: Send {
    /// What can go wrong.
    type Error: Send;
    /// A read under way.
    type Transfer;

    /// Starts to read `words` words of the model file, from its byte `at` on, a multiple of 4, to the
    /// front of `into`. At most one read is under way at a time.
    fn start(&mut self, at: u32, words: usize, into: &'b mut [u32]) -> Self::Transfer;

    /// Waits for its end. Returns `into`.
    fn wait(&mut self, transfer: Self::Transfer) -> (&'b mut [u32], Result<(), Self::Error>);
}

/// A bus that is read by a function: it gets the byte of the file to start at, and what to fill.
///
/// ```
/// # use regard::far::{Blocking, FarFlash};
/// # let file = [0u8; 64];
/// let mut buffer = [0u32; 16];
/// let bus = Blocking(|at: u32, into: &mut [u32]| {
///     let bytes = file.get(at as usize..).and_then(|rest| rest.get(..into.len() * 4));
///     let words = bytes.ok_or("behind the end")?.as_chunks().0;
///     into.iter_mut().zip(words).for_each(|(to, &from)| *to = u32::from_le_bytes(from));
///     Ok::<_, &str>(())
/// });
/// let flash = FarFlash::new(bus, &mut buffer);
/// ```
pub struct Blocking<F>(pub F);

impl<'b, F, E> Bus<'b> for Blocking<F>
where
    F: FnMut(u32, &mut [u32]) -> Result<(), E> + Send,
    E: Send,
{
    type Error = E;
    type Transfer = (&'b mut [u32], Result<(), E>);

    fn start(&mut self, at: u32, words: usize, into: &'b mut [u32]) -> Self::Transfer {
        let read = (self.0)(at, crate::layer::first_mut(into, words));
        (into, read)
    }

    fn wait(&mut self, transfer: Self::Transfer) -> Self::Transfer {
        transfer
    }
}
