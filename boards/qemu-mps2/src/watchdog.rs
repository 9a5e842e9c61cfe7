//! The watchdog of the board (CMSDK APB watchdog, Arm DDI 0479D, 4.5): it counts down, asks for an
//! interrupt at zero, and resets the board at the next zero.

use app::register::Register;

const WATCHDOG: usize = 0x4000_8000;
const UNLOCK: u32 = 0x1ACC_E551;
/// Count, and reset.
const RUN: u32 = 0b11;

/// A watchdog that runs.
pub struct Watchdog {
    clear: Register,
}

impl Watchdog {
    /// Starts it: the board is reset when nobody feeds it for two times so many ticks of its 25 MHz.
    #[must_use]
    pub fn start(ticks: u32) -> Self {
        // SAFETY: the registers WDOGLOAD, WDOGCONTROL, WDOGINTCLR and WDOGLOCK.
        let [load, control, clear, lock] =
            [0x0, 0x8, 0xC, 0xC00].map(|offset| unsafe { Register::at(WATCHDOG + offset) });
        lock.write(UNLOCK);
        load.write(ticks);
        control.write(RUN);
        Self { clear }
    }

    /// Starts it anew.
    pub fn feed(&self) {
        self.clear.write(1);
    }
}
