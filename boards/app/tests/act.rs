//! Sentences in, levels of pins out: the model, the commands and the pins together.

mod typing;

use app::{Board, Lights, NoPin, Stack};
use embedded_hal_mock::eh1::delay::NoopDelay;
use embedded_hal_mock::eh1::digital::State::{High, Low};
use embedded_hal_mock::eh1::digital::{Mock, State, Transaction};
use embedded_hal_mock::eh1::{MockError, delay::CheckedDelay, delay::Transaction as Wait};
use regard::{Model, Recurrent, include_model};
use typing::Port;

static MODEL: Model = include_model!("../../../models/act/act.rgd");

/// What red, green and blue are set to, in this order; each is switched off at first.
type Levels<'l> = [&'l [State]; 3];

fn pin(levels: &[State]) -> Mock {
    let set = |level: &State| Transaction::set(*level);
    Mock::new(&[Low].iter().chain(levels).map(set).collect::<Vec<_>>())
}

/// Types `text` at lights behind `pins`; what is heard.
fn talk_to(pins: &[Mock; 3], delay: impl embedded_hal::delay::DelayNs, text: &str) -> String {
    let mut arena = vec![0u32; MODEL.arena_bytes().div_ceil(4)];
    let engine = Recurrent::new(&MODEL, bytemuck::cast_slice_mut(&mut arena));
    let port = Port::typing(format!("{text}\n:quit\n"));
    let mut board = Board { name: "host", port, busy: NoPin, stack: Stack::EMPTY, leaves: true };
    let [red, green, blue] = pins.clone();
    let mut lights = Lights::new([("red", red), ("green", green), ("blue", blue)], delay);
    let ended = app::repl::<96, _, _, _>(&mut board, &mut engine.unwrap(), &mut lights);
    assert!(ended.is_ok(), "{ended:?}");
    pins.clone().iter_mut().for_each(Mock::done);
    String::from_utf8(board.port.heard).unwrap().replace('\r', "")
}

/// The same, where the pins must be set to these levels and no others.
fn talk(levels: Levels, text: &str) -> String {
    talk_to(&levels.map(pin), NoopDelay, text)
}

/// Is this what was heard behind the sentence?
fn says(heard: &str, sentence: &str, answer: &str) {
    let found = heard.contains(&format!("> {sentence}\n{answer}\n>"));
    assert!(found, "no {answer:?} behind {sentence:?} in:\n{heard}");
}

#[test]
fn pins_do_as_they_are_told() {
    let both = "turn the red light on and the blue one off";
    let heard = talk([&[High], &[], &[Low]], both);
    says(&heard, both, "red on ; blue off\nred is on\nblue is off");
}

#[test]
fn what_was_said_before_counts() {
    let text = "Switch everything on!\ntoggle the green one\ntoggle the green one please";
    let heard = talk([&[High], &[High, Low, High], &[High]], text);
    says(&heard, "Switch everything on!", "all on\nred is on\ngreen is on\nblue is on");
    says(&heard, "toggle the green one", "green toggle\ngreen is off");
    says(&heard, "toggle the green one please", "green toggle\ngreen is on");
}

#[test]
fn all_but_one_and_a_pronoun() {
    let (but, it) =
        ("turn all lights on except blue", "turn the blue light on and then turn it off");
    let heard = talk([&[High], &[High], &[High, Low]], &format!("{but}\n{it}"));
    says(&heard, but, "all but blue on\nred is on\ngreen is on");
    says(&heard, it, "blue on ; blue off\nblue is on\nblue is off");
}

#[test]
fn blinking_takes_its_time_and_leaves_a_light_as_it_was() {
    let text = "turn the red light on\nblink the red light twice";
    let pins = [pin(&[High, Low, High, Low, High]), pin(&[]), pin(&[])];
    let mut delay = CheckedDelay::new(&[(); 4].map(|()| Wait::delay_ms(200)));
    let heard = talk_to(&pins, delay.clone(), text);
    delay.done();
    says(&heard, "blink the red light twice", "red blink 2\nred blinked 2 times and is on");
}

#[test]
fn negation_leaves_a_light_alone() {
    let text = "don't turn the red light on\nturn the red light on but not the green one";
    let heard = talk([&[High], &[], &[]], text);
    says(&heard, "don't turn the red light on", "nothing\nnothing to do");
    says(&heard, "turn the red light on but not the green one", "red on\nred is on");
}

#[test]
fn other_sentences_change_nothing() {
    for sentence in ["turn the radio on", "is the red light on ?", "I like the blue lamp", "hello"]
    {
        let refused = "unknown\nthat is no order to these lights: nothing changed";
        says(&talk([&[]; 3], sentence), sentence, refused);
    }
}

#[test]
fn a_command_without_an_action_changes_nothing() {
    let heard = talk([&[]; 3], "red red red");
    says(&heard, "red red red", "red red\nthis is no command: red red: nothing changed");
}

#[test]
fn a_word_that_the_model_lacks_changes_nothing() {
    let heard = talk([&[]; 3], "turn the red lihgt on");
    says(&heard, "turn the red lihgt on", "a word is not in the vocabulary: lihgt");
}

#[test]
fn a_light_that_the_board_lacks_keeps_the_others_as_they_are() {
    let text = "turn the red light on and the lamp off";
    let heard = talk([&[]; 3], text);
    says(&heard, text, "red on ; lamp off\nno light is called lamp: nothing changed");
}

#[test]
fn a_pin_that_fails_is_reported_and_the_others_go_on() {
    let broken = MockError::Io(std::io::ErrorKind::NotConnected);
    let green = [Transaction::set(Low), Transaction::set(High).with_error(broken)];
    let pins = [pin(&[High, Low]), Mock::new(&green), pin(&[High])];
    let heard = talk_to(&pins, NoopDelay, "turn all lights on\nturn the red light off");
    says(&heard, "turn all lights on", "all on\nred is on\ngreen: its pin failed\nblue is on");
    says(&heard, "turn the red light off", "red off\nred is off");
}

#[test]
fn lights_say_what_they_are() {
    let heard = talk([&[], &[], &[High]], "turn blue on\n:lights");
    says(&heard, ":lights", "red is off\ngreen is off\nblue is on");
}
