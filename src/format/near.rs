//! For flash that is slower than the core: chosen sections copied to RAM, and word of what is read
//! next (docs/SLOW_FLASH.md). Without the feature `slow-flash` both types are empty, and so is all
//! that they do.
//!
//! ```text
//! copies   index, length, words · index, length, words · …      in the order in which they were asked for
//! ```

use super::Model;
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
        if let Some(upcoming) = self.upcoming {
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
    lifetime: PhantomData<&'m [u32]>,
}

impl<'m> Near<'m> {
    /// Nowhere.
    pub(super) const NONE: Self = Self {
        hook: Hook::NONE,
        #[cfg(feature = "slow-flash")]
        copies: &[],
        lifetime: PhantomData,
    };

    /// The copy of a section, if there is one.
    #[inline(always)]
    pub(super) const fn copy_of(&self, index: usize) -> Option<&'m [u32]> {
        #[cfg(feature = "slow-flash")]
        {
            let mut rest = self.copies;
            while let [of, length, behind @ ..] = rest {
                let Some((words, others)) = behind.split_at_checked(*length as usize) else {
                    return None;
                };
                if *of as usize == index {
                    return Some(words);
                }
                rest = others;
            }
        }
        _ = index;
        None
    }
}

impl Model<'_> {
    /// Whom to tell what is read next.
    pub(crate) const fn hook(&self) -> Hook {
        self.near.hook
    }
}

#[cfg(feature = "slow-flash")]
mod slow {
    use super::{Hook, Near, Upcoming};
    use crate::Error;
    use crate::format::{Model, Role, Stack};
    use core::marker::PhantomData;

    /// Words beside each copy.
    const HEAD_WORDS: usize = 2;

    impl<'m> Model<'m> {
        /// The words of RAM that [`Self::with_near`] needs for these sections.
        #[must_use]
        pub const fn near_words(&self, chosen: &[(Stack, usize, Role)]) -> usize {
            let (mut words, mut at) = (0usize, 0);
            while at < chosen.len() {
                let (stack, layer, role) = chosen[at];
                if let Some((entry, index)) = self.directory().skip_to(stack, layer, role) {
                    let length = self.section(entry, index).words.len();
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
        /// [`Error::ArenaTooSmall`] if `ram` has less than [`Self::near_words`].
        pub fn with_near(
            mut self,
            chosen: &[(Stack, usize, Role)],
            ram: &'m mut [u32],
        ) -> Result<Self, Error> {
            self.near.copies = &[];
            let (need, have) = (self.near_words(chosen), ram.len());
            let too_small =
                Error::ArenaTooSmall { need: need.wrapping_mul(4), have: have.wrapping_mul(4) };
            let ram = ram.get_mut(..need).ok_or(too_small)?;
            let mut free = &mut *ram;
            for &(stack, layer, role) in chosen {
                let found = self.directory().skip_to(stack, layer, role);
                let Some((entry, index)) = found else { continue };
                let words = self.section(entry, index).words;
                let ([of, length], rest) = free.split_first_chunk_mut().ok_or(too_small)?;
                (*of, *length) = (index as u32, words.len() as u32);
                let (copy, rest) = rest.split_at_mut_checked(words.len()).ok_or(too_small)?;
                for (to, from) in copy.iter_mut().zip(words) {
                    *to = *from;
                }
                free = rest;
            }
            self.near.copies = ram;
            Ok(self)
        }

        /// The same model, which calls `upcoming` with weights just before they are read.
        #[must_use]
        pub const fn with_upcoming(self, upcoming: Upcoming) -> Self {
            let Self { words, dims, near } = self;
            let hook = Hook { upcoming: Some(upcoming) };
            Self { words, dims, near: Near { hook, copies: near.copies, lifetime: PhantomData } }
        }
    }
}
