//! `regard send`: a model to a board, over the serial port of a firmware that has banks.
//!
//! ```text
//! host    :update LENGTH CRC⏎                 device  ready AT of LENGTH
//! host    00 COBS('d' at bytes crc) 00        device  + AT, or - AT and why
//! ```
//! The protocol is that of boards/app/src/banks/frame.rs. Time is kept here: a frame that is not
//! answered goes out again, and after ten times without progress the update is given up.

use crate::cli::SendArgs;
use crate::problem::Problem;
use crate::{engine, file, progress};
use regard::format::Checksum;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

/// Bytes of the model in a frame.
const MOST: usize = 256;
/// Leaves an update, if the firmware waits in one, and the line that was typed.
const CANCEL: &[u8] = b"\0\x03\x03\n";
/// How long flash may be erased, or a model checked.
const LONG: Duration = Duration::from_secs(60);
/// How long a frame may be on its way, and its answer.
const SHORT: Duration = Duration::from_secs(2);
/// Frames sent in a row without progress before the update is given up.
const TRIES: u32 = 10;

/// Sends a model that this machine has checked, and prints what is then in the banks.
pub(crate) fn run(args: &SendArgs) -> Result<(), Problem> {
    engine::open(&args.model)?;
    let model = file::read(&args.model)?;
    let failed = |cause| Problem::Port { port: args.to.clone(), cause };
    let mut link = Link::open(&args.to).map_err(failed)?;
    let sent = send(&mut link, &model).map_err(failed)?;
    for line in sent? {
        println!("{line}");
    }
    Ok(())
}

/// The lines that the firmware says at the end, or why it did not take the model.
type Sent = Result<Vec<String>, Problem>;

fn send(link: &mut Link, model: &[u8]) -> io::Result<Sent> {
    let checksum = Checksum::new().bytes(model).finish();
    let announcement = format!(":update {} {checksum:08x}", model.len());
    link.say(&[CANCEL, announcement.as_bytes(), b"\n"].concat())?;
    link.skip_to(&announcement);
    let mut at = match link.hear(LONG) {
        Some(Answer::At(at)) => at,
        Some(Answer::Refused(why)) => return Ok(Err(Problem::Refused { why })),
        _ => return Ok(Err(Problem::Silent { at: 0 })),
    };
    let (bar, mut tries) = (progress::bar(model.len() as u64, "bytes"), 0);
    while at < model.len() {
        bar.set_position(at as u64);
        link.forget();
        link.say(&frame(model, at))?;
        let before = at;
        match link.hear(SHORT) {
            Some(Answer::At(next)) => at = next,
            Some(Answer::Refused(why)) => return Ok(Err(Problem::Refused { why })),
            Some(Answer::Bank(_)) | None => {}
        }
        tries = if at > before { 0 } else { tries + 1 };
        if tries == TRIES {
            link.say(CANCEL)?;
            return Ok(Err(Problem::Silent { at }));
        }
    }
    bar.finish_and_clear();
    Ok(link.ending())
}

/// What the firmware says.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    /// It wants the bytes from here on.
    At(usize),
    /// What is in a bank.
    Bank(String),
    /// It will not have it, and why.
    Refused(String),
}

impl Answer {
    /// Of a line; other lines are no answers.
    fn of(line: &str) -> Option<Self> {
        let (word, rest) = line.split_once(' ')?;
        match word {
            "ready" | "+" | "-" => rest.split(' ').next()?.parse().ok().map(Self::At),
            "refused:" => Some(Self::Refused(rest.into())),
            ":update" => Some(Self::Refused(line.into())), // "… is not a command".
            "bank" => Some(Self::Bank(line.into())),
            _ => None,
        }
    }
}

/// The two ends of a port.
struct Link {
    port: Box<dyn Write>,
    lines: Receiver<String>,
}

impl Link {
    /// `to`: the file of a serial port, set up by the system's own means, or tcp:HOST:PORT.
    fn open(to: &str) -> io::Result<Self> {
        match to.strip_prefix("tcp:") {
            Some(address) => {
                let port = TcpStream::connect(address)?;
                Ok(Self::over(port.try_clone()?, port))
            }
            None => {
                let port = File::options().read(true).write(true).open(to)?;
                Ok(Self::over(port.try_clone()?, port))
            }
        }
    }

    fn over(input: impl Read + Send + 'static, output: impl Write + 'static) -> Self {
        let (heard, lines) = channel();
        thread::spawn(move || {
            for line in BufReader::new(input).split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8_lossy(&line).trim().to_owned();
                if heard.send(line).is_err() {
                    break;
                }
            }
        });
        Self { port: Box::new(output), lines }
    }

    fn say(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.port.write_all(bytes)?;
        self.port.flush()
    }

    /// The next answer, if one comes in time.
    fn hear(&mut self, patience: Duration) -> Option<Answer> {
        loop {
            let line = self.lines.recv_timeout(patience).ok()?;
            if let Some(answer) = Answer::of(&line) {
                return Some(answer);
            }
        }
    }

    /// What is heard before the echo of a line is no answer to it.
    fn skip_to(&mut self, typed: &str) {
        while self.lines.recv_timeout(SHORT).is_ok_and(|line| !line.ends_with(typed)) {}
    }

    /// Answers that came late are no answers to what is said next.
    fn forget(&mut self) {
        while self.lines.try_recv().is_ok() {}
    }

    /// What is said once all bytes are there: both banks, or why not.
    fn ending(&mut self) -> Sent {
        let mut banks = Vec::new();
        while banks.len() < 2 {
            match self.hear(LONG) {
                Some(Answer::Bank(line)) => banks.push(line),
                Some(Answer::Refused(why)) => return Err(Problem::Refused { why }),
                Some(Answer::At(_)) => {}
                None => return Err(Problem::Unconfirmed),
            }
        }
        Ok(banks)
    }
}

/// The frame of the bytes from `at` on, between zeros.
fn frame(model: &[u8], at: usize) -> Vec<u8> {
    let rest = model.get(at..).unwrap_or_default();
    let mut frame = [b"d", &(at as u32).to_le_bytes()[..], &rest[..rest.len().min(MOST)]].concat();
    frame.extend(Checksum::new().bytes(&frame).finish().to_le_bytes());
    cobs::encode_vec_including_sentinels(&frame)
}
