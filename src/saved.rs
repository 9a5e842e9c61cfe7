//! Work that was interrupted, to go on after a sleep or in another life of the arena.
//!
//! ```text
//! magic · checksum of the model's header · checksum of the arena · where the work was · checksum
//! ```
//! Nothing here is trusted: what does not belong to this model and this arena is refused.

use crate::Error;
use crate::decoder::At;
use crate::format::{Checksum, Model};
use crate::kernel::BLOCK_ROWS;
use crate::search::Best;
use crate::work::{Cursor, Phase};

/// Where some work was when it was interrupted. The other half lies in the arena: keep both.
///
/// ```no_run
/// # use regard::{Error, Saved, Transformer};
/// # fn of(translator: &mut Transformer<'_>) -> Result<(), Error> {
/// let mut work = translator.begin("I drink milk")?;
/// work.advance();
/// let saved: [u8; Saved::BYTES] = work.save().to_bytes(); // to what keeps it,
/// let ram = translator.arena().to_vec(); // and this too, if the arena's RAM loses its power
/// // … sleep …
/// translator.arena_mut().copy_from_slice(&ram);
/// let mut work = translator.resume(&Saved::from_bytes(saved))?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Saved {
    words: [u32; WORDS],
}

const WORDS: usize = 16;

/// "RGS1". The digit rises when units come in another order, or the arena has another plan: what was
/// saved before is another model's work then.
const MAGIC: u32 = u32::from_le_bytes(*b"RGS1");

impl Saved {
    /// Bytes of it.
    pub const BYTES: usize = WORDS * 4;

    /// As bytes, little-endian.
    #[must_use]
    pub fn to_bytes(self) -> [u8; Self::BYTES] {
        bytemuck::cast(self.words.map(u32::to_le))
    }

    /// Of bytes; whether they are good for anything, [`crate::Seq2Seq::resume`] says.
    #[must_use]
    pub fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        let words: [u32; WORDS] = bytemuck::cast(bytes);
        Self { words: words.map(u32::from_le) }
    }

    pub(crate) fn of(cursor: &Cursor, model: &Model<'_>, arena: &[u8]) -> Self {
        let Cursor { phase, unit, decoder, said, seen, best } = *cursor;
        let mut words = [
            MAGIC,
            model.header_checksum(),
            Checksum::new().bytes(arena).finish(),
            phase as u32,
            unit,
            decoder.source_len as u32,
            decoder.position as u32,
            decoder.context_exponent as u32,
            decoder.exponent as u32,
            said.into(),
            seen as u32,
            best.token as u32,
            best.logit as u32,
            0,
            0,
            0,
        ];
        let [what @ .., own] = &mut words;
        *own = Checksum::of(what);
        Self { words }
    }

    /// Where the work was, if it was of this model, with this arena.
    pub(crate) fn cursor(&self, model: &Model<'_>, arena: &[u8]) -> Result<Cursor, Error> {
        let [what @ .., stored] = &self.words;
        same(*stored, Checksum::of(what))?;
        let &[magic, of, ram, phase, unit, source_len, position, ref rest @ ..] = what;
        let &[context_exponent, exponent, said, seen, token, logit, 0, 0] = rest else {
            return Err(Error::OtherModel);
        };
        if [magic, of] != [MAGIC, model.header_checksum()] {
            return Err(Error::OtherModel);
        }
        same(ram, Checksum::new().bytes(arena).finish())?;
        let dims = model.dims();
        let phase = match phase {
            0 if !dims.reads_words() => return Err(Error::WantsPicture),
            0 => Phase::Reading,
            1 => Phase::Deciding,
            2 => Phase::Choosing,
            3 => Phase::Over,
            value => return Err(Error::BadField { field: "phase", value }),
        };
        at_most("source length", source_len, dims.max_source_len)?;
        if source_len == 0 {
            return Err(Error::BadField { field: "source length", value: 0 });
        }
        // Whoever chooses has a step to choose for.
        let steps = dims.max_target_len.saturating_sub(usize::from(phase == Phase::Choosing));
        at_most("position", position, steps)?;
        at_most("token", said.max(token), dims.target_vocabulary.saturating_sub(1))?;
        at_most("logits seen", seen, dims.target_vocabulary)?;
        if !seen.is_multiple_of(BLOCK_ROWS as u32) && seen as usize != dims.target_vocabulary {
            return Err(Error::BadField { field: "logits seen", value: seen });
        }
        Ok(Cursor {
            phase,
            unit,
            decoder: At {
                source_len: source_len as usize,
                position: position as usize,
                context_exponent: exponent_of(context_exponent)?,
                exponent: exponent_of(exponent)?,
            },
            said: said as u16,
            seen: seen as usize,
            best: Best { token: token as usize, logit: logit as i32 },
        })
    }
}

fn same(stored: u32, computed: u32) -> Result<(), Error> {
    if stored == computed { Ok(()) } else { Err(Error::SavedChecksum { stored, computed }) }
}

fn at_most(field: &'static str, value: u32, limit: usize) -> Result<(), Error> {
    if value as usize <= limit { Ok(()) } else { Err(Error::BadField { field, value }) }
}

/// Far more than any model's numbers have.
const LARGEST_EXPONENT: i32 = 1 << 12;

fn exponent_of(value: u32) -> Result<i32, Error> {
    let exponent = value as i32;
    let fits = (-LARGEST_EXPONENT..=LARGEST_EXPONENT).contains(&exponent);
    if fits { Ok(exponent) } else { Err(Error::BadField { field: "exponent", value }) }
}
