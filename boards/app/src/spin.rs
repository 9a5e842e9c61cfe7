//! A delay for boards whose timers have other work, or none: turns of an empty loop.

use embedded_hal::delay::DelayNs;

/// Counts cycles. An interrupt in between makes it longer.
#[derive(Clone, Copy, Debug)]
pub struct Spin {
    /// The core's clock in MHz.
    pub mega_hertz: u32,
    /// Returns so many cycles later: `cortex_m::asm::delay`.
    pub cycles: fn(u32),
}

impl DelayNs for Spin {
    fn delay_ns(&mut self, ns: u32) {
        self.delay_us(ns.div_ceil(1000));
    }

    fn delay_us(&mut self, us: u32) {
        (self.cycles)(us.saturating_mul(self.mega_hertz));
    }

    fn delay_ms(&mut self, ms: u32) {
        for _ in 0..ms {
            self.delay_us(1000);
        }
    }
}
