//! How deep the stack has ever been: `cortex-m-rt` paints it before `main`, here the paint that is
//! left is counted.
//!
//! ```text
//! _stack_end                                   _stack_start
//! │ CCCCCCCC CCCCCCCC CCCCCCCC 00000012 20001F40 …       │   ◄── grows to the left
//! └──────── untouched ────────┴────────── used ──────────┘
//! ```

const PAINT: u32 = 0xCCCC_CCCC;

/// The words between `_stack_end` and `_stack_start`.
#[derive(Clone, Copy)]
pub struct Stack {
    end: *const u32,
    words: usize,
}

impl Stack {
    /// No stack, for tests on the host.
    pub const EMPTY: Self = Self { end: core::ptr::null(), words: 0 };

    /// The stack of a firmware linked with `cortex-m-rt` and its feature `paint-stack`.
    #[cfg(target_os = "none")]
    #[must_use]
    pub fn of_firmware() -> Self {
        unsafe extern "C" {
            static _stack_end: u32;
        }
        Self::down_to(&raw const _stack_end)
    }

    /// The same without that feature: painted now.
    #[cfg(target_os = "none")]
    #[must_use]
    pub fn painted() -> Self {
        let stack = Self::of_firmware();
        stack.paint();
        stack
    }

    /// The same where the linker script has no `_stack_end`: from `_stack_start` down to `end`.
    ///
    /// # Safety
    /// The linker script reserves what lies between for the stack.
    #[cfg(target_os = "none")]
    #[must_use]
    pub unsafe fn painted_down_to(end: *const u32) -> Self {
        let stack = Self::down_to(end);
        stack.paint();
        stack
    }

    #[cfg(target_os = "none")]
    fn down_to(end: *const u32) -> Self {
        unsafe extern "C" {
            static _stack_start: u32;
        }
        Self { end, words: ((&raw const _stack_start).addr() - end.addr()) / size_of::<u32>() }
    }

    /// Paints again what is free of it, so that [`Self::peak`] says what came since.
    #[cfg(target_os = "none")]
    #[inline(never)]
    pub fn paint(&self) {
        // Words below this frame that its own calls may use.
        const MARGIN: usize = 64;
        let here = 0u32;
        let below = (&raw const here).addr().saturating_sub(self.end.addr());
        let free = (below / size_of::<u32>()).saturating_sub(MARGIN);
        for word in 0..free.min(self.words) {
            // SAFETY: the linker script reserves these words for the stack, and nothing lives below
            // this frame; boards that count have no interrupts.
            unsafe { self.end.cast_mut().add(word).write_volatile(PAINT) };
        }
    }

    /// Its size in bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.words * size_of::<u32>()
    }

    /// The most bytes that were ever in use.
    #[must_use]
    pub fn peak(&self) -> usize {
        // SAFETY: the linker script reserves these words for the stack; reading them volatile
        // sees whatever it holds now.
        let painted = |word: &usize| unsafe { self.end.add(*word).read_volatile() } == PAINT;
        let untouched = (0..self.words).take_while(painted).count();
        (self.words - untouched) * size_of::<u32>()
    }
}
