//! What the firmware needs to know about a board with an STM32F405: clocks, serial port, LED, how to leave
//! the emulator, and what happens when something goes badly wrong.
//!
//! The serial port is USART1 at 115,200 baud, out of PA9, into PA10. The LED is on PC12 and on when that is
//! low, as on Olimex's STM32-H405; other boards have theirs elsewhere. Crystals differ from board to board,
//! so the PLL runs from the chip's own 16 MHz, which are good to 1 % at room temperature.

#![no_std]

#[cfg(feature = "bench")]
pub use app::bench::clock;
pub use cortex_m_rt::entry;

use app::{ActiveLow, Board, Port, Stack};
use core::fmt::Arguments;
use cortex_m as _;
use embedded_hal::digital::OutputPin;
use embedded_hal_nb::nb::block;
use embedded_hal_nb::serial::{Read as _, Write as _};
use embedded_io::{Read, Write};
use stm32f4xx_hal::gpio::PinState;
use stm32f4xx_hal::pac::{Peripherals, USART1};
use stm32f4xx_hal::prelude::*;
use stm32f4xx_hal::rcc::Config;

/// The board's name.
pub const NAME: &str = "STM32F405 (Cortex-M4F)";
/// Bytes of the longest line that people may type.
pub const LINE: usize = 512;

/// What the board brings. To be called once.
///
/// # Panics
/// It was called before.
#[must_use]
pub fn start() -> Board<impl Read + Write, impl OutputPin> {
    let Some(chip) = Peripherals::take() else { panic!("the board was started before") };
    let clocks = Config::hsi();
    let clocks = if cfg!(feature = "qemu") { clocks } else { clocks.sysclk(168.MHz()) };
    let mut rcc = chip.RCC.freeze(clocks); // wait states and caches of the flash too
    let (a, c) = (chip.GPIOA.split(&mut rcc), chip.GPIOC.split(&mut rcc));
    let serial = chip.USART1.serial::<u8>((a.pa9, a.pa10), 115_200.bps(), &mut rcc);
    let Ok((mut sender, mut receiver)) = serial.map(|serial| serial.split()) else { exit(1) };
    let port = Port::new(
        move |byte| block!(receiver.read()).map(|good| byte.fill(good)).is_ok(),
        move |bytes| bytes.iter().for_each(|&byte| _ = block!(sender.write(byte))),
    );
    let busy = ActiveLow(c.pc12.into_push_pull_output_in_state(PinState::High));
    Board { name: NAME, port, busy, stack: Stack::of_firmware(), leaves: cfg!(feature = "qemu") }
}

/// Ends the emulation with this exit status; a real board sleeps.
pub fn exit(code: i32) -> ! {
    #[cfg(feature = "qemu")]
    semihosting::process::exit(code);
    #[cfg(not(feature = "qemu"))]
    loop {
        _ = code;
        cortex_m::asm::wfi();
    }
}

/// Says why, if the serial port was started, and ends.
fn fail(why: Arguments<'_>) -> ! {
    // SAFETY: whoever had the port never goes on.
    let serial = unsafe { USART1::steal() };
    let mut port = Port::new(
        |_| false,
        |bytes| {
            for &byte in bytes {
                while serial.sr().read().txe().bit_is_clear() {}
                serial.dr().write(|data| data.dr().set(byte.into()));
            }
        },
    );
    if serial.cr1().read().te().bit_is_set() {
        _ = write!(port, "\r\n{why}\r\n");
    }
    exit(101)
}

app::last_words!(fail);
