//! The demo on the host: what a person types, and what comes back.

mod typing;

use app::{Board, Line, Refusal, Stack};
use core::convert::Infallible;
use embedded_hal::digital::{ErrorType as PinErrorType, OutputPin};
use regard::{Model, Transformer, include_model};
use typing::Port;

static MODEL: Model = include_model!("../../../models/eng-fra-tiny/eng-fra-tiny.rgd");

/// Remembers each level it was set to.
#[derive(Default)]
struct Pin(Vec<bool>);

impl PinErrorType for Pin {
    type Error = Infallible;
}

impl OutputPin for Pin {
    fn set_low(&mut self) -> Result<(), Infallible> {
        self.0.push(false);
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        self.0.push(true);
        Ok(())
    }
}

/// What a line of 8 bytes makes of keys.
fn line(keys: &[u8]) -> Result<String, Refusal> {
    Line::<8>::new().read(&mut Port::typing(keys)).unwrap().map(str::to_owned)
}

/// Types `text`; what is heard, and the levels of the busy pin.
fn talk(text: &str) -> (String, Vec<bool>) {
    let mut arena = vec![0u32; MODEL.arena_bytes().div_ceil(4)];
    let mut translator = Transformer::new(&MODEL, bytemuck::cast_slice_mut(&mut arena)).unwrap();
    let (port, busy) = (Port::typing(text), Pin::default());
    let stack = Stack::EMPTY;
    let mut board = Board { name: "host", port, busy, stack, leaves: true };
    let ended = app::repl::<64, _, _, _>(&mut board, &mut translator, &mut app::Text);
    assert_eq!(ended.is_ok(), text.contains(":quit"));
    (String::from_utf8(board.port.heard).unwrap(), board.busy.0)
}

#[test]
fn each_line_end_ends_a_line_once() {
    let mut port = Port::typing("a\r\nb\nc\r\rd\r\n");
    let mut line = Line::<8>::new();
    for expected in ["a", "b", "c", "", "d"] {
        assert_eq!(line.read(&mut port).unwrap(), Ok(expected));
    }
}

#[test]
fn backspace_removes_a_whole_character() {
    assert_eq!(line("né\u{8}o\n".as_bytes()), Ok("no".into()));
    assert_eq!(line("a€\u{7f}\u{7f}\u{7f}b\n".as_bytes()), Ok("b".into()));
}

#[test]
fn a_line_that_fills_the_buffer_is_taken_and_a_longer_one_is_not() {
    assert_eq!(line(b"12345678\n"), Ok("12345678".into()));
    assert_eq!(line(b"123456789\n"), Err(Refusal::TooLong));
}

#[test]
fn bytes_that_are_no_text_are_named() {
    assert_eq!(line(b"ab\xFFc\n"), Err(Refusal::NotText(2)));
}

#[test]
fn control_c_starts_over() {
    assert_eq!(line(b"abc\x03"), Ok(String::new()));
}

#[test]
fn a_sentence_is_translated_while_the_pin_is_high() {
    let (heard, levels) = talk("I drink milk\n:quit\n");
    assert!(heard.contains("je bois du lait\r\n"), "{heard}");
    assert_eq!(levels, [true, false]);
}

#[test]
fn an_unknown_word_is_shown_and_the_conversation_goes_on() {
    let (heard, levels) = talk("I drnik milk\n:selftest\n:quit\n");
    assert!(heard.contains("a word is not in the vocabulary: drnik\r\n"), "{heard}");
    assert!(heard.contains("steps as stated"), "{heard}");
    assert_eq!(levels, [true, false, true, false]);
}

#[test]
fn a_port_that_fails_ends_the_conversation() {
    let (heard, _) = talk("I drink");
    assert!(heard.ends_with("> I drink"), "{heard}");
}
