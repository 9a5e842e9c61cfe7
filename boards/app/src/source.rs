//! What people type, and how it becomes what a model reads.

use crate::Outcome;
use embedded_io::{Read, ReadExactError, Write, WriteFmtError};
use regard::family::Family;
use regard::{Error, Picture, Seq2Seq, Word, Words};

/// Why nothing is said.
#[derive(Debug)]
pub enum Trouble {
    /// The engine's reason.
    Engine(Error),
    /// Another.
    Other(&'static str),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Engine(error)
    }
}

/// What a model reads.
pub trait Source<F: Family> {
    /// The first lines of `:help`.
    const HELP: &'static str;

    /// Stands ready to say what comes of `typed`: of a text, unless a source reads something else.
    ///
    /// # Errors
    /// What is typed is nothing that the model can read.
    fn start<'w>(
        &self,
        engine: &'w mut Seq2Seq<'_, F>,
        typed: &str,
    ) -> Result<Words<'w, F>, Trouble> {
        Ok(engine.translate(typed)?)
    }

    /// Does what a command of its own says.
    ///
    /// # Errors
    /// Those of the port.
    fn command<Port: Read + Write>(
        &mut self,
        port: &mut Port,
        command: &str,
        _rest: &str,
    ) -> Outcome<Port::Error> {
        no_command(port, command)
    }

    /// Hears a word of the answer, which may order something, or be shown.
    fn hear(&mut self, _word: &Word<'_>) {}

    /// The answer is complete: does what it orders, and says so.
    ///
    /// # Errors
    /// Those of the port.
    fn answered<Port: Read + Write>(&mut self, _port: &mut Port) -> Outcome<Port::Error> {
        Ok(())
    }
}

pub(crate) fn no_command<Port: Write>(port: &mut Port, command: &str) -> Outcome<Port::Error> {
    write!(port, "{command} is not a command; :help lists them\r\n")
}

/// Sentences or words, as they are.
pub struct Text;

impl<F: Family> Source<F> for Text {
    const HELP: &'static str = "\
type a sentence and press return, or\r
:trace SENTENCE   tokens, logits and alignments as the integers they are\r
";
}

/// Pictures by their number: 1 and up are built in, 0 is the one that was sent last.
pub struct Pictures<'p> {
    /// Those that the firmware brings.
    pub built_in: &'p [Picture<'p>],
    /// Where one that is sent goes.
    pub room: &'p mut [u8],
    /// Width and height of it; zeros before one is sent.
    pub sent: (usize, usize),
}

impl Pictures<'_> {
    fn get(&self, typed: &str) -> Result<Picture<'_>, Trouble> {
        const UNKNOWN: Trouble = Trouble::Other("there is no picture of this number");
        match typed.trim().parse() {
            Ok(0usize) if self.sent == (0, 0) => Err(Trouble::Other("no picture was sent")),
            Ok(0) => {
                let (width, height) = self.sent;
                let bytes = self.room.get(..width.saturating_mul(height).saturating_mul(3));
                Ok(Picture::rgb888(width, height, bytes.unwrap_or(&[]))?)
            }
            Ok(number) => self.built_in.get(number.wrapping_sub(1)).copied().ok_or(UNKNOWN),
            Err(_) => Err(UNKNOWN),
        }
    }

    /// Reads the pixels that follow, if there is room.
    fn receive<Port: Read + Write>(&mut self, port: &mut Port, size: &str) -> Outcome<Port::Error> {
        let numbers = size.trim().split_once(' ');
        let size = numbers.and_then(|(w, h)| Some((w.parse().ok()?, h.trim().parse().ok()?)));
        let Some((width, height)) = size else {
            return write!(port, "write :picture WIDTH HEIGHT, then the pixels\r\n");
        };
        let need = usize::saturating_mul(width, height).saturating_mul(3);
        let most = self.room.len() / 3;
        let Some(room) = self.room.get_mut(..need).filter(|room| !room.is_empty()) else {
            return write!(port, "{width} × {height}: at least 1 and at most {most} pixels\r\n");
        };
        self.sent = (0, 0);
        match port.read_exact(room) {
            Ok(()) => self.sent = (width, height),
            Err(ReadExactError::UnexpectedEof) => {
                return write!(port, "the picture ended early\r\n");
            }
            Err(ReadExactError::Other(error)) => return Err(WriteFmtError::Other(error)),
        }
        write!(port, "picture 0 has {width} × {height} pixels\r\n")
    }
}

impl<F: Family> Source<F> for Pictures<'_> {
    const HELP: &'static str = "\
type the number of a picture and press return, or\r
:picture W H      takes a picture, W · H · 3 bytes of red, green, blue, as number 0\r
:trace NUMBER     tokens, logits and alignments as the integers they are\r
";

    fn start<'w>(
        &self,
        engine: &'w mut Seq2Seq<'_, F>,
        typed: &str,
    ) -> Result<Words<'w, F>, Trouble> {
        Ok(engine.describe(&self.get(typed)?)?)
    }

    fn command<Port: Read + Write>(
        &mut self,
        port: &mut Port,
        command: &str,
        rest: &str,
    ) -> Outcome<Port::Error> {
        match command {
            ":picture" => self.receive(port, rest),
            _ => no_command(port, command),
        }
    }
}
