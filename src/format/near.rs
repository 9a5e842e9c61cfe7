//! For flash that is slower than the core: chosen sections copied to RAM, and word of what is read
//! next (docs/SLOW_FLASH.md). Without the feature `slow-flash` both types are empty, and so is all
//! that they do.
//!
//! ```text
//! copies   index, length, words · index, length, words · …      in the order in which they were asked for
//! ```

use super::Model;
#[cfg(feature = "far-flash")]
use crate::far::Stream;
use core::marker::PhantomData;

/// Is called with weights just before they are read, each from front to back.
#[cfg(feature = "slow-flash")]
pub type Upcoming = fn(&[u32]);

/// Whom to tell what is read next.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hook {
    #[cfg(feature = "slow-flash")]
    upcoming: Option<Upcoming>,
}

impl Hook {
    /// Nobody.
    pub(crate) const NONE: Self = Self {
        #[cfg(feature = "slow-flash")]
        upcoming: None,
    };

    /// These words are read next.
    #[inline(always)]
    pub(crate) fn announce(self, words: &[u32]) {
        #[cfg(feature = "slow-flash")]
        if let Some(upcoming) = self.upcoming
            && !words.is_empty()
        {
            upcoming(words);
        }
        _ = words;
    }
}

/// Where else sections lie than in the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Near<'m> {
    pub(super) hook: Hook,
    #[cfg(feature = "slow-flash")]
    copies: &'m [u32],
    /// The file, if it is far, and copies of those sections that are always in RAM.
    #[cfg(feature = "far-flash")]
    far: Option<(&'m dyn Stream, &'m [u32])>,
    lifetime: PhantomData<&'m [u32]>,
}

impl<'m> Near<'m> {
    /// Nowhere.
    pub(super) const NONE: Self = Self {
        hook: Hook::NONE,
        #[cfg(feature = "slow-flash")]
        copies: &[],
        #[cfg(feature = "far-flash")]
        far: None,
        lifetime: PhantomData,
    };

    /// The copy of a section, if there is one.
    #[inline(always)]
    pub(super) const fn copy_of(&self, index: usize) -> Option<&'m [u32]> {
        #[cfg(feature = "slow-flash")]
        if let Some(words) = find(self.copies, index) {
            return Some(words);
        }
        #[cfg(feature = "far-flash")]
        if let Some((_, resident)) = self.far {
            return find(resident, index);
        }
        _ = index;
        None
    }
}

/// The copy of a section among copies.
#[cfg(feature = "slow-flash")]
const fn find(copies: &[u32], index: usize) -> Option<&[u32]> {
    let mut rest = copies;
    while let [of, length, behind @ ..] = rest {
        let Some((words, others)) = behind.split_at_checked(*length as usize) else {
            return None;
        };
        if *of as usize == index {
            return Some(words);
        }
        rest = others;
    }
    None
}

impl<'m> Model<'m> {
    /// Whom to tell what is read next.
    pub(crate) const fn hook(&self) -> Hook {
        self.near.hook
    }

    /// The file, if it is in far flash.
    #[cfg(feature = "far-flash")]
    pub(crate) const fn stream(&self) -> Option<&'m dyn Stream> {
        match self.near.far {
            Some((stream, _)) => Some(stream),
            None => None,
        }
    }
}

#[cfg(feature = "far-flash")]
impl<'m> Near<'m> {
    /// Of a file in far flash. `resident`: copies of sections.
    pub(super) const fn far(stream: &'m dyn Stream, resident: &'m [u32]) -> Self {
        Self { far: Some((stream, resident)), ..Self::NONE }
    }
}

#[cfg(feature = "far-flash")]
pub(super) use slow::HEAD_WORDS;

#[cfg(feature = "slow-flash")]
mod slow {
    use super::{Hook, Near, Upcoming};
    use crate::Error;
    use crate::format::section::LENGTH;
    use crate::format::{Model, Role, Stack};

    /// Words beside each copy.
    pub(in crate::format) const HEAD_WORDS: usize = 2;

    impl<'m> Model<'m> {
        /// The words of RAM that [`Self::with_near`] needs for these sections.
        #[must_use]
        pub const fn near_words(&self, chosen: &[(Stack, usize, Role)]) -> usize {
            let (mut words, mut at) = (0usize, 0);
            while at < chosen.len() {
                let (stack, layer, role) = chosen[at];
                if let Some((entry, _)) = self.directory().skip_to(stack, layer, role) {
                    let length = entry[LENGTH] as usize / 4;
                    words = words.wrapping_add(HEAD_WORDS).wrapping_add(length);
                }
                at += 1;
            }
            words
        }

        /// The same model with these sections, those of them that it has, copied to `ram` and read
        /// there. They take the place of any chosen before.
        ///
        /// # Errors
        /// [`Error::ArenaTooSmall`] if `ram` has less than [`Self::near_words`], `Error::Bus` if a file in
        /// far flash cannot be read.
        pub fn with_near(
            mut self,
            chosen: &[(Stack, usize, Role)],
            ram: &'m mut [u32],
        ) -> Result<Self, Error> {
            #[cfg(feature = "far-flash")]
            if let Some(stream) = self.stream() {
                stream.begin();
            }
            self.near.copies = &[];
            let (need, have) = (self.near_words(chosen), ram.len());
            let too_small =
                Error::ArenaTooSmall { need: need.wrapping_mul(4), have: have.wrapping_mul(4) };
            let ram = ram.get_mut(..need).ok_or(too_small)?;
            let mut free = &mut *ram;
            for &(stack, layer, role) in chosen {
                let found = self.directory().skip_to(stack, layer, role);
                let Some((entry, index)) = found else { continue };
                let size = entry[LENGTH] / 4;
                let ([of, length], rest) = free.split_first_chunk_mut().ok_or(too_small)?;
                (*of, *length) = (index as u32, size);
                let (copy, rest) = rest.split_at_mut_checked(size as usize).ok_or(too_small)?;
                self.section(entry, index).copy_to(copy)?;
                free = rest;
            }
            self.near.copies = ram;
            Ok(self)
        }

        /// The same model, which calls `upcoming` with weights just before they are read.
        #[must_use]
        pub const fn with_upcoming(self, upcoming: Upcoming) -> Self {
            let hook = Hook { upcoming: Some(upcoming) };
            Self { near: Near { hook, ..self.near }, ..self }
        }
    }
}
