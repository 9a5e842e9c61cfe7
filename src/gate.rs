//! Which units of a computation are done in a call: all of them, or one, so that no call takes long.
//!
//! ```text
//! all in one call    ▪▪▪▪▪▪▪▪▪▪▪▪        `()`, which costs nothing
//! one a call         ▪           0
//!                     ▪          1       [`One`]: those before it are counted, not done
//!                      ▪         2
//! ```
//! Encoders and decoders ask a gate before each unit; what one leaves for the next lies in the arena.

/// Opens for the units that are done in this call.
pub(crate) trait Gate {
    /// Is the next unit done in this call?
    fn opens(&mut self) -> bool;

    /// The same of a unit that the arena itself says is the next: it has no number.
    fn opens_unnumbered(&mut self) -> bool;

    /// Is nothing left to do in this call?
    fn is_shut(&self) -> bool;
}

/// All of them.
impl Gate for () {
    #[inline(always)]
    fn opens(&mut self) -> bool {
        true
    }

    #[inline(always)]
    fn opens_unnumbered(&mut self) -> bool {
        true
    }

    #[inline(always)]
    fn is_shut(&self) -> bool {
        false
    }
}

/// One of them.
pub(crate) struct One {
    before: u32,
    opened: Option<u32>,
}

impl One {
    /// The unit with this number.
    pub(crate) fn at(number: u32) -> Self {
        Self { before: number, opened: None }
    }

    /// What was done: the number of the unit to come, or nothing if there was none left.
    pub(crate) fn next(&self, number: u32) -> Option<u32> {
        self.opened.map(|units| number.wrapping_add(units))
    }
}

impl Gate for One {
    fn opens(&mut self) -> bool {
        if self.opened.is_some() {
            return false;
        }
        let is_this = self.before == 0;
        if is_this {
            self.opened = Some(1);
        }
        self.before = self.before.wrapping_sub(1);
        is_this
    }

    fn opens_unnumbered(&mut self) -> bool {
        let is_this = self.before == 0 && self.opened.is_none();
        if is_this {
            self.opened = Some(0);
        }
        is_this
    }

    fn is_shut(&self) -> bool {
        self.opened.is_some()
    }
}
