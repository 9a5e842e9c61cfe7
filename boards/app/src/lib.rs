//! The demo that runs on every board: a sentence comes in over the serial port, its translation
//! goes out word by word, while a LED says "busy".
//!
//! ```text
//! > I drink milk
//! je bois du lait
//! > :stack
//! stack: 1204 of 16384 bytes at most so far
//! arena: 21520 bytes
//! ```
//! All of it is generic over `embedded-io` and `embedded-hal`: a board brings a port and a pin.

#![no_std]

mod act;
#[cfg(feature = "banks")]
pub mod banks;
#[cfg(feature = "bench")]
pub mod bench;
mod last_words;
mod line;
mod low;
mod order;
mod patient;
mod port;
pub mod register;
mod repl;
mod selftest;
mod source;
mod spin;
mod stack;
mod trace;

pub use act::Lights;
pub use line::{Line, Refusal};
pub use low::ActiveLow;
pub use order::{Action, MOST_ACTIONS, MOST_BLINKS, What, Wrong, parse};
pub use patient::Patient;
pub use port::Port;
pub use repl::{converse, repl};
pub use selftest::{Named, largest, selftest, selftests};
pub use source::{Pictures, Source, Text, Trouble};
pub use spin::Spin;
pub use stack::Stack;
pub use trace::trace;

use core::convert::Infallible;
use embedded_hal::digital::{ErrorType, OutputPin};
use embedded_io::{Read, Write, WriteFmtError};

/// What a board brings.
pub struct Board<Port, Pin> {
    /// Its name.
    pub name: &'static str,
    /// The serial port that people type at.
    pub port: Port,
    /// High while a sentence is translated.
    pub busy: Pin,
    /// The stack, painted before `main`.
    pub stack: Stack,
    /// Can the program be left, with `:quit`?
    pub leaves: bool,
}

/// The pin of a board that has none to spare.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoPin;

impl ErrorType for NoPin {
    type Error = Infallible;
}

impl OutputPin for NoPin {
    fn set_low(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

/// Nothing, or the error of the port.
pub type Outcome<E> = Result<(), WriteFmtError<E>>;

impl<Port: Read + Write, Pin: OutputPin> Board<Port, Pin> {
    /// Runs `work` with the busy pin high. A pin that fails shows nothing, and that is all.
    fn busy<T>(&mut self, work: impl FnOnce(&mut Port) -> T) -> T {
        _ = self.busy.set_high();
        let result = work(&mut self.port);
        _ = self.busy.set_low();
        result
    }
}
