//! The conversation.

use crate::{Board, Line, Outcome, Refusal, Source, Trouble, selftest, trace};
use core::fmt;
use core::ops::ControlFlow;
use embedded_hal::digital::OutputPin;
use embedded_io::{Read, Write, WriteFmtError};
use regard::family::Family;
use regard::text::Joiner;
use regard::{Error, Seq2Seq};

const HELP: &str = "\
:selftest         run the test that the model file carries\r
:stack            the deepest stack so far, and the arena\r
:quit             leave the emulator\r
";

/// The whole of a program: the conversation, if there is an engine. Returns an exit status.
pub fn converse<const LINE: usize, F: Family, Port: Read + Write, Pin: OutputPin>(
    mut board: Board<Port, Pin>,
    engine: Result<Seq2Seq<'_, F>, Error>,
    source: &mut impl Source<F>,
) -> i32 {
    let outcome = match engine {
        Ok(mut engine) => repl::<LINE, _, _, _>(&mut board, &mut engine, source),
        Err(error) => write!(board.port, "{error}\r\n").and(Err(WriteFmtError::FmtError)),
    };
    i32::from(outcome.is_err())
}

/// Answers line by line until `:quit`. `LINE`: bytes of the longest line.
///
/// # Errors
/// Those of the port.
pub fn repl<const LINE: usize, F: Family, Port: Read + Write, Pin: OutputPin>(
    board: &mut Board<Port, Pin>,
    engine: &mut Seq2Seq<'_, F>,
    source: &mut impl Source<F>,
) -> Outcome<Port::Error> {
    greet(board)?;
    lines::<LINE, _, _>(board, |board, typed| {
        answer(board, engine, source, typed)?;
        Ok(ControlFlow::Continue(()))
    })
}

/// The first line.
pub(crate) fn greet<Port: Write, Pin>(board: &mut Board<Port, Pin>) -> Outcome<Port::Error> {
    write!(board.port, "\r\nregard on {}; :help helps\r\n", board.name)
}

/// Gives each line that is typed to `answer`, until that breaks or `:quit` is typed.
pub(crate) fn lines<const LINE: usize, Port: Read + Write, Pin>(
    board: &mut Board<Port, Pin>,
    mut answer: impl FnMut(
        &mut Board<Port, Pin>,
        &str,
    ) -> Result<ControlFlow<()>, WriteFmtError<Port::Error>>,
) -> Outcome<Port::Error> {
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
        if typed == ":quit" && board.leaves || answer(board, typed)?.is_break() {
            return Ok(());
        }
    }
}

fn refuse<Port: Write>(port: &mut Port, refusal: Refusal, limit: usize) -> Outcome<Port::Error> {
    match refusal {
        Refusal::TooLong => write!(port, "the line is too long: at most {limit} bytes\r\n"),
        Refusal::NotText(at) => write!(port, "the line is not UTF-8 from byte {at} on\r\n"),
    }
}

pub(crate) fn answer<F: Family, Port: Read + Write, Pin: OutputPin>(
    board: &mut Board<Port, Pin>,
    engine: &mut Seq2Seq<'_, F>,
    source: &mut impl Source<F>,
    typed: &str,
) -> Outcome<Port::Error> {
    let (command, rest) = typed.split_once(' ').unwrap_or((typed, ""));
    match command {
        "" => Ok(()),
        ":help" => help(board, source),
        ":selftest" => board.busy(|port| selftest(port, engine).map(|_| ())),
        ":trace" => board.busy(|port| trace(port, engine, source, rest)),
        ":stack" => stack(board, engine),
        command if command.starts_with(':') => source.command(&mut board.port, command, rest),
        _ => board.busy(|port| say(port, engine, source, typed)),
    }
}

fn help<F: Family, Port: Write, Pin, S: Source<F>>(
    board: &mut Board<Port, Pin>,
    _: &S,
) -> Outcome<Port::Error> {
    board.port.write_all(S::HELP.as_bytes())?;
    Ok(board.port.write_all(HELP.as_bytes())?)
}

/// Writes each word as soon as it is known.
fn say<F: Family, Port: Read + Write>(
    port: &mut Port,
    engine: &mut Seq2Seq<'_, F>,
    source: &mut impl Source<F>,
    typed: &str,
) -> Outcome<Port::Error> {
    let mut joiner = Joiner::new(engine.model());
    let words = match source.start(engine, typed) {
        Ok(words) => words,
        Err(trouble) => return explain(port, &trouble, typed),
    };
    let mut said = Said { port, error: None };
    for word in words {
        // What fails is the port, which says so itself.
        _ = joiner.write(word.token, &mut said);
        said.flush()?;
        source.hear(&word);
    }
    _ = joiner.finish(&mut said);
    said.flush()?;
    port.write_all(b"\r\n")?;
    source.answered(port)
}

/// A port as text is written to it, and what went wrong.
struct Said<'p, Port: Write> {
    port: &'p mut Port,
    error: Option<Port::Error>,
}

impl<Port: Write> Said<'_, Port> {
    fn flush(&mut self) -> Result<(), Port::Error> {
        self.error.take().map_or_else(|| self.port.flush(), Err)
    }
}

impl<Port: Write> fmt::Write for Said<'_, Port> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.port.write_all(text.as_bytes()).map_err(|error| {
            self.error = Some(error);
            fmt::Error
        })
    }
}

fn stack<F: Family, Port: Write, Pin>(
    board: &mut Board<Port, Pin>,
    engine: &Seq2Seq<'_, F>,
) -> Outcome<Port::Error> {
    let (peak, size) = (board.stack.peak(), board.stack.size());
    write!(board.port, "stack: {peak} of {size} bytes at most so far\r\n")?;
    write!(board.port, "arena: {} bytes\r\n", engine.model().arena_bytes())
}

/// Says what is wrong with a sentence; an unknown word is shown.
pub(crate) fn explain<Port: Write>(
    port: &mut Port,
    trouble: &Trouble,
    sentence: &str,
) -> Outcome<Port::Error> {
    let error = match trouble {
        Trouble::Engine(error) => error,
        Trouble::Other(reason) => return write!(port, "{reason}\r\n"),
    };
    let word = match *error {
        Error::UnknownWord { at, length } => sentence.get(at..at.saturating_add(length)),
        _ => None,
    };
    match word {
        Some(word) => write!(port, "{}: {word}\r\n", error.reason()),
        None => write!(port, "{error}\r\n"),
    }
}
