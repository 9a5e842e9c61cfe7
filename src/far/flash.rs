//! A buffer of two halves before a bus: the core reads one while the other is filled.

use super::Bus;
use super::place::{Run, Span, Stream};
use crate::Error;
use core::cell::Cell;
use core::mem;
use core::sync::atomic::{AtomicU32, Ordering};
use critical_section::Mutex;

/// No read failed: no word of a file is here.
const WELL: u32 = u32::MAX;

/// A flash that the core cannot address, with a model file in it.
///
/// Who walks through a matrix takes bus and buffer out, and puts them back: interrupts are closed only
/// for that. Another walk at the same time (of another thread, or an interrupt) fails. Which read failed is
/// remembered for the flash, and forgotten when a sentence begins: one sentence at a time for each flash.
pub struct FarFlash<'b, B: Bus<'b>> {
    reader: Mutex<Cell<Option<Reader<'b, B>>>>,
    half_words: usize,
    /// The word whose read failed, or [`WELL`].
    failed: AtomicU32,
}

/// What reads the file: its bus, and the buffer in two halves.
struct Reader<'b, B: Bus<'b>> {
    bus: B,
    front: Half<'b>,
    back: Half<'b>,
    error: Option<B::Error>,
}

/// Half of the buffer, and which span of the file is in it.
struct Half<'b> {
    words: &'b mut [u32],
    holds: Span,
}

impl Half<'_> {
    fn has(&self, span: Span) -> bool {
        span.len == 0 || self.holds == span
    }

    fn get(&self, span: Span) -> &[u32] {
        self.words.get(..span.len).unwrap_or(&[])
    }
}

impl<'b, B: Bus<'b>> FarFlash<'b, B> {
    /// `buffer`: at least [`Model::far_buffer_words`](crate::Model::far_buffer_words).
    #[must_use]
    pub fn new(bus: B, buffer: &'b mut [u32]) -> Self {
        let half_words = buffer.len() / 2;
        let (front, back) = buffer.split_at_mut_checked(half_words).unwrap_or_default();
        let half = |words| Half { words, holds: Span::default() };
        let reader = Reader { bus, front: half(front), back: half(back), error: None };
        Self {
            reader: Mutex::new(Cell::new(Some(reader))),
            half_words,
            failed: AtomicU32::new(WELL),
        }
    }

    /// What the bus said when a read failed, once; nothing if nothing failed since.
    pub fn take_error(&self) -> Option<B::Error> {
        self.with(|reader| reader.error.take())?
    }

    /// Calls `work` with the bus; nothing happens, and nothing is returned, while a matrix is read.
    /// What is in the buffer is read anew afterwards.
    pub fn with_bus<R>(&self, work: impl FnOnce(&mut B) -> R) -> Option<R> {
        self.with(|reader| {
            (reader.front.holds, reader.back.holds) = Default::default();
            work(&mut reader.bus)
        })
    }

    fn with<R>(&self, work: impl FnOnce(&mut Reader<'b, B>) -> R) -> Option<R> {
        let mut reader = critical_section::with(|cs| self.reader.borrow(cs).take())?;
        let done = work(&mut reader);
        critical_section::with(|cs| self.reader.borrow(cs).set(Some(reader)));
        Some(done)
    }

    /// Does `work`, which may fail at a word, unless something failed before.
    fn attempt(&self, at: usize, work: impl FnOnce(&mut Reader<'b, B>) -> Result<(), usize>) {
        if self.failed.load(Ordering::Relaxed) != WELL {
            return;
        }
        if let Err(at) = self.with(work).unwrap_or(Err(at)) {
            self.failed.store(at as u32, Ordering::Relaxed);
        }
    }
}

impl<'b, B: Bus<'b>> Reader<'b, B> {
    /// Starts to fill the back with `span`, if it is not there.
    fn start(&mut self, span: Span) -> Option<B::Transfer> {
        if self.back.has(span) {
            return None;
        }
        self.back.holds = Span::default();
        let words = mem::take(&mut self.back.words);
        Some(self.bus.start((span.at as u32).wrapping_mul(4), span.len, words))
    }

    /// Waits until it is there.
    fn finish(&mut self, span: Span, transfer: Option<B::Transfer>) -> Result<(), usize> {
        let Some(transfer) = transfer else { return Ok(()) };
        let (words, read) = self.bus.wait(transfer);
        self.back.words = words;
        if let Err(error) = read {
            self.error = Some(error);
            return Err(span.at);
        }
        self.back.holds = span;
        Ok(())
    }

    /// Brings `span` to the front.
    fn bring(&mut self, span: Span) -> Result<(), usize> {
        if !self.front.has(span) {
            let transfer = self.start(span);
            self.finish(span, transfer)?;
            mem::swap(&mut self.front, &mut self.back);
        }
        Ok(())
    }

    fn walk(
        &mut self,
        run: Run,
        half_words: usize,
        work: &mut dyn FnMut(usize, &[u32]),
    ) -> Result<(), usize> {
        let most = half_words.checked_div(run.stride).unwrap_or(0);
        let Run { mut at, stride, count: mut left } = run;
        let mut next = |before: usize| {
            at = at.wrapping_add(before.wrapping_mul(stride));
            left = left.wrapping_sub(before);
            let blocks = left.min(most);
            (blocks, Span { at, len: blocks.wrapping_mul(stride) }, left)
        };
        let (mut blocks, mut span, mut left) = next(0);
        while left > 0 {
            if blocks == 0 {
                return Err(span.at);
            }
            self.bring(span)?;
            let (blocks_behind, behind, left_behind) = next(blocks);
            let transfer = self.start(behind);
            work(blocks, self.front.get(span));
            self.finish(behind, transfer)?;
            (blocks, span, left) = (blocks_behind, behind, left_behind);
        }
        Ok(())
    }
}

impl<'b, B: Bus<'b>> Stream for FarFlash<'b, B> {
    fn walk(&self, run: Run, work: &mut dyn FnMut(usize, &[u32])) {
        self.attempt(run.at, |reader| reader.walk(run, self.half_words, work));
    }

    fn pair(&self, [a, b]: [Span; 2], work: &mut dyn FnMut([&[u32]; 2])) {
        self.attempt(a.at, |reader| {
            if a.len.max(b.len) > self.half_words {
                return Err(a.at);
            }
            reader.bring(a)?;
            // Behind, where it would not push out the other.
            let transfer = reader.start(b);
            reader.finish(b, transfer)?;
            work([reader.front.get(a), reader.back.get(b)]);
            Ok(())
        });
    }

    fn half_words(&self) -> usize {
        self.half_words
    }

    fn failure(&self) -> Option<Error> {
        let at = self.failed.load(Ordering::Relaxed);
        (at != WELL).then(|| Error::Bus { at: at.wrapping_mul(4) as usize })
    }

    fn begin(&self) {
        self.failed.store(WELL, Ordering::Relaxed);
    }
}
