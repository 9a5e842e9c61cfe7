//! The lights of `act`: LEDs, each with its resistor, between ground and the edge connector's rings 0, 1
//! and 2, and a lamp's transistor or relay at pin 16 (micro:bit v1 schematics).

use crate::Pin;
use app::{Lights, Spin};

/// Ring 0 red, ring 1 green, ring 2 blue, pin 16 the lamp: P0.03, P0.02, P0.01 and P0.16.
#[must_use]
pub fn lights() -> Lights<Pin, Spin, 4> {
    let pins = [("red", 3), ("green", 2), ("blue", 1), ("lamp", 16)];
    let delay = Spin { mega_hertz: 16, cycles: cortex_m::asm::delay };
    Lights::new(pins.map(|(name, number)| (name, Pin::new(1 << number))), delay)
}
