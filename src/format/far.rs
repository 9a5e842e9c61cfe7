//! Sections in flash that the core cannot address: where they lie, and what a failed read of them
//! becomes (docs/SLOW_FLASH.md). Without the feature `far-flash` all of this is empty, and so is all
//! that it does.

use super::Model;
use crate::Error;
#[cfg(feature = "far-flash")]
use crate::far::{Place, Stream};
use core::marker::PhantomData;

/// Where a section lies, if it is not read in place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Far<'m> {
    #[cfg(feature = "far-flash")]
    pub(crate) place: Option<Place<'m>>,
    lifetime: PhantomData<&'m [u32]>,
}

impl Far<'_> {
    /// It is read in place.
    pub(crate) const NOT: Self = Self {
        #[cfg(feature = "far-flash")]
        place: None,
        lifetime: PhantomData,
    };
}

#[cfg(feature = "far-flash")]
impl<'m> Far<'m> {
    pub(crate) const fn at(place: Place<'m>) -> Self {
        Self { place: Some(place), lifetime: PhantomData }
    }

    pub(crate) const fn is_far(&self) -> bool {
        self.place.is_some()
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Far<'_> {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "Far");
    }
}

/// Notices, and remembers, that weights could not be read.
pub(crate) struct Watch<'m> {
    #[cfg(feature = "far-flash")]
    stream: Option<&'m dyn Stream>,
    #[cfg(feature = "far-flash")]
    error: Option<Error>,
    lifetime: PhantomData<&'m [u32]>,
}

impl<'m> Watch<'m> {
    /// From now on: what failed before counts no more.
    #[inline(always)]
    pub(crate) fn begin(model: &Model<'m>) -> Self {
        _ = model;
        #[cfg(feature = "far-flash")]
        let stream = model.stream();
        #[cfg(feature = "far-flash")]
        if let Some(stream) = stream {
            stream.begin();
        }
        Self {
            #[cfg(feature = "far-flash")]
            stream,
            #[cfg(feature = "far-flash")]
            error: None,
            lifetime: PhantomData,
        }
    }

    /// The first error there was.
    #[inline(always)]
    pub(crate) fn check(&mut self) -> Result<(), Error> {
        #[cfg(feature = "far-flash")]
        if let Some(stream) = self.stream {
            self.error = self.error.or(stream.failure());
            return self.error.map_or(Ok(()), Err);
        }
        Ok(())
    }

    /// What was made of the weights, unless there was one.
    #[inline(always)]
    pub(crate) fn keep<T>(&mut self, made: Option<T>) -> Option<T> {
        if self.check().is_ok() { made } else { None }
    }
}
