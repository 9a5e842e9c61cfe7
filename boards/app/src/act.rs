//! Lights that obey: what a model makes of a sentence is a command, and pins change.
//!
//! ```text
//! > turn the red light on and let the blue one blink twice
//! red on ; blue blink 2
//! red is on
//! blue blinked 2 times and is off
//! > turn the radio on
//! unknown
//! that is no order to these lights: nothing changed
//! ```
//! A light is a name and an `OutputPin`, high when it shines. A pin that fails is reported, and the
//! others go on. While lights blink nothing else is done: four seconds at most for each action.

use crate::order::{Action, What, Wrong, parse};
use crate::{Outcome, Source, source::no_command};
use core::{iter, mem};
use embedded_hal::delay::DelayNs;
use embedded_hal::digital::OutputPin;
use embedded_io::{Read, Write};
use heapless::String;
use regard::Word;
use regard::family::Family;

/// Bytes of a command at most; those of the model have 16 words of at most 7 letters.
const LONGEST: usize = 128;
/// A blink is so long on, and so long off.
const BLINK_MS: u32 = 200;

/// A light.
struct Light<Pin> {
    name: &'static str,
    pin: Pin,
    shines: bool,
    /// Has the pin failed since it was last spoken of?
    failed: bool,
}

/// All lights of a board, and the clock that they blink by.
pub struct Lights<Pin, Delay, const N: usize> {
    lights: [Light<Pin>; N],
    delay: Delay,
    command: String<LONGEST>,
    overflown: bool,
}

impl<Pin: OutputPin, Delay: DelayNs, const N: usize> Lights<Pin, Delay, N> {
    /// Lights by the names that the model says: all are switched off. At most 32.
    pub fn new(lights: [(&'static str, Pin); N], delay: Delay) -> Self {
        const { assert!(N <= 32, "a command is a set of at most 32 lights") };
        let lights = lights.map(|(name, pin)| {
            let mut light = Light { name, pin, shines: false, failed: false };
            light.set(false);
            light
        });
        Self { lights, delay, command: String::new(), overflown: false }
    }

    /// Does one action, and says what came of it.
    fn perform<Port: Write>(&mut self, port: &mut Port, action: Action) -> Outcome<Port::Error> {
        let Action { lights, what } = action;
        let blinks = if let What::Blink(times) = what { times } else { 0 };
        match what {
            What::On => chosen(&mut self.lights, lights).for_each(|light| light.set(true)),
            What::Off => chosen(&mut self.lights, lights).for_each(|light| light.set(false)),
            What::Toggle => chosen(&mut self.lights, lights).for_each(Light::toggle),
            What::Blink(times) => self.blink(lights, times),
        }
        chosen(&mut self.lights, lights).try_for_each(|light| light.report(port, blinks))
    }

    /// All of these at once.
    fn blink(&mut self, lights: u32, times: u8) {
        for _ in 0..2 * times {
            chosen(&mut self.lights, lights).for_each(Light::toggle);
            self.delay.delay_ms(BLINK_MS);
        }
    }

    /// What was said is done, or it is said why not.
    fn obey<Port: Write>(&mut self, port: &mut Port) -> Outcome<Port::Error> {
        let names = self.lights.each_ref().map(|light| light.name);
        let read = match self.overflown {
            true => Err(Wrong::IllFormed("it is too long")),
            false => parse(&self.command, &names),
        };
        match read {
            Ok(actions) if actions.is_empty() => write!(port, "nothing to do\r\n"),
            Ok(actions) => actions.into_iter().try_for_each(|action| self.perform(port, action)),
            Err(wrong) => write!(port, "{wrong}: nothing changed\r\n"),
        }
    }
}

/// The lights of a set.
fn chosen<Pin>(lights: &mut [Light<Pin>], set: u32) -> impl Iterator<Item = &mut Light<Pin>> {
    let bits = iter::successors(Some(set), |rest| Some(rest >> 1));
    lights.iter_mut().zip(bits).filter(|(_, rest)| rest & 1 == 1).map(|(light, _)| light)
}

impl<Pin: OutputPin> Light<Pin> {
    fn set(&mut self, shines: bool) {
        let done = if shines { self.pin.set_high() } else { self.pin.set_low() };
        self.failed |= done.is_err();
        self.shines = shines;
    }

    fn toggle(&mut self) {
        self.set(!self.shines);
    }

    /// What it is after so many blinks, unless its pin failed on the way.
    fn report<Port: Write>(&mut self, port: &mut Port, blinks: u8) -> Outcome<Port::Error> {
        let (name, is) = (self.name, if self.shines { "on" } else { "off" });
        match blinks {
            _ if mem::take(&mut self.failed) => write!(port, "{name}: its pin failed\r\n"),
            0 => write!(port, "{name} is {is}\r\n"),
            1 => write!(port, "{name} blinked once and is {is}\r\n"),
            _ => write!(port, "{name} blinked {blinks} times and is {is}\r\n"),
        }
    }
}

impl<F: Family, Pin: OutputPin, Delay: DelayNs, const N: usize> Source<F>
    for Lights<Pin, Delay, N>
{
    const HELP: &'static str = "\
say what the lights shall do, as \"turn the red light on\", and press return, or\r
:lights           which of them shine\r
:trace SENTENCE   tokens, logits and alignments as the integers they are\r
";

    fn hear(&mut self, word: &Word<'_>) {
        let blank = if self.command.is_empty() { "" } else { " " };
        let fits = self.command.push_str(blank).and_then(|()| self.command.push_str(word.text));
        self.overflown |= fits.is_err();
    }

    fn answered<Port: Read + Write>(&mut self, port: &mut Port) -> Outcome<Port::Error> {
        let done = self.obey(port);
        self.command.clear();
        self.overflown = false;
        done
    }

    fn command<Port: Read + Write>(
        &mut self,
        port: &mut Port,
        command: &str,
        _rest: &str,
    ) -> Outcome<Port::Error> {
        if command != ":lights" {
            return no_command(port, command);
        }
        self.lights.iter_mut().try_for_each(|light| light.report(port, 0))
    }
}
