//! The conversation.

use crate::{Board, Line, Outcome, Refusal, selftest, trace};
use embedded_hal::digital::OutputPin;
use embedded_io::{Read, Write};
use regard::{Error, Transformer, text};

const HELP: &str = "\
type a sentence and press return, or\r
:selftest         run the test that the model file carries\r
:trace SENTENCE   tokens, logits and alignments as the integers they are\r
:stack            the deepest stack so far, and the arena\r
:quit             leave the emulator\r
";

/// Answers line by line until `:quit`. `LINE`: bytes of the longest line.
///
/// # Errors
/// Those of the port.
pub fn repl<const LINE: usize, Port: Read + Write, Pin: OutputPin>(
    board: &mut Board<Port, Pin>,
    translator: &mut Transformer<'_>,
) -> Outcome<Port::Error> {
    write!(board.port, "\r\nregard on {}; :help helps\r\n", board.name)?;
    let mut line = Line::<LINE>::new();
    loop {
        board.port.write_all(b"> ")?;
        let typed = match line.read(&mut board.port)? {
            Ok(text) => text.trim(),
            Err(refusal) => {
                refuse(&mut board.port, refusal, LINE)?;
                continue;
            }
        };
        if typed == ":quit" && board.leaves {
            return Ok(());
        }
        answer(board, translator, typed)?;
    }
}

fn refuse<Port: Write>(port: &mut Port, refusal: Refusal, limit: usize) -> Outcome<Port::Error> {
    match refusal {
        Refusal::TooLong => write!(port, "the line is too long: at most {limit} bytes\r\n"),
        Refusal::NotText(at) => write!(port, "the line is not UTF-8 from byte {at} on\r\n"),
    }
}

fn answer<Port: Read + Write, Pin: OutputPin>(
    board: &mut Board<Port, Pin>,
    translator: &mut Transformer<'_>,
    typed: &str,
) -> Outcome<Port::Error> {
    let (command, sentence) = typed.split_once(' ').unwrap_or((typed, ""));
    match command {
        "" => Ok(()),
        ":help" => Ok(board.port.write_all(HELP.as_bytes())?),
        ":selftest" => board.busy(|port| selftest(port, translator).map(|_| ())),
        ":trace" => board.busy(|port| trace(port, translator, sentence)),
        ":stack" => stack(board, translator),
        command if command.starts_with(':') => {
            write!(board.port, "{command} is not a command; :help lists them\r\n")
        }
        _ => board.busy(|port| translate(port, translator, typed)),
    }
}

/// Writes each word as soon as it is known.
fn translate<Port: Write>(
    port: &mut Port,
    translator: &mut Transformer<'_>,
    sentence: &str,
) -> Outcome<Port::Error> {
    let words = match translator.translate(sentence) {
        Ok(words) => words,
        Err(error) => return explain(port, error, sentence),
    };
    let mut before = "";
    for word in words {
        if text::blank_between(before, word.text) {
            port.write_all(b" ")?;
        }
        port.write_all(word.text.as_bytes())?;
        port.flush()?;
        before = word.text;
    }
    Ok(port.write_all(b"\r\n")?)
}

fn stack<Port: Write, Pin>(
    board: &mut Board<Port, Pin>,
    translator: &Transformer<'_>,
) -> Outcome<Port::Error> {
    let (peak, size) = (board.stack.peak(), board.stack.size());
    write!(board.port, "stack: {peak} of {size} bytes at most so far\r\n")?;
    write!(board.port, "arena: {} bytes\r\n", translator.model().arena_bytes())
}

/// Says what is wrong with a sentence; an unknown word is shown.
pub(crate) fn explain<Port: Write>(
    port: &mut Port,
    error: Error,
    sentence: &str,
) -> Outcome<Port::Error> {
    let word = match error {
        Error::UnknownWord { at, length } => sentence.get(at..at.saturating_add(length)),
        _ => None,
    };
    match word {
        Some(word) => write!(port, "{}: {word}\r\n", error.reason()),
        None => write!(port, "{error}\r\n"),
    }
}
