//! What boards are made of, on the host: a serial port of two functions, a LED on a pin that is low.

use app::{ActiveLow, Line, Port};
use core::convert::Infallible;
use embedded_hal::digital::{ErrorType, OutputPin};
use embedded_io::{Read, Write};

/// Sends nothing.
fn deaf(_: &[u8]) {}

#[test]
fn a_broken_byte_is_lost_and_the_line_goes_on() {
    let mut typed = [Some(b'm'), None, Some(b'i'), None, None, Some(b'x'), Some(b'\r')].into_iter();
    let receive = |byte: &mut [u8]| match typed.next() {
        Some(Some(good)) => {
            byte.fill(good);
            true
        }
        Some(None) => false,
        None => panic!("more was read than typed"),
    };
    let mut line = Line::<8>::new();
    assert_eq!(line.read(&mut Port::new(receive, deaf)), Ok(Ok("mix")));
}

#[test]
fn nothing_is_received_into_no_room() {
    let mut port = Port::new(|_: &mut [u8]| panic!("there is no room"), deaf);
    assert_eq!(port.read(&mut []), Ok(0));
}

#[test]
fn long_texts_are_sent_in_parts_that_hals_can_copy() {
    let text: String = ('a'..='z').cycle().take(200).collect();
    let (mut sent, mut parts) = (Vec::new(), Vec::new());
    let send = |part: &[u8]| {
        sent.extend_from_slice(part);
        parts.push(part.len());
    };
    let Ok(()) = Port::new(|_: &mut [u8]| false, send).write_all(text.as_bytes());
    assert_eq!((sent.as_slice(), parts), (text.as_bytes(), vec![64, 64, 64, 8]));
}

/// The level it was set to last.
struct Pin(Option<bool>);

impl ErrorType for Pin {
    type Error = Infallible;
}

impl OutputPin for Pin {
    fn set_low(&mut self) -> Result<(), Infallible> {
        self.0 = Some(false);
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        self.0 = Some(true);
        Ok(())
    }
}

#[test]
fn a_led_between_supply_and_pin_is_on_when_the_pin_is_low() {
    let mut led = ActiveLow(Pin(None));
    assert_eq!(led.set_high().map(|()| led.0.0), Ok(Some(false)));
    assert_eq!(led.set_low().map(|()| led.0.0), Ok(Some(true)));
}
