//! A firmware in the emulator: serial port and semihosting on its standard input and output, and
//! never longer than its time limit.

use crate::board::{Board, Demo};
use crate::build::Firmware;
use crate::{output, pico};
use anyhow::{Context, Result, bail};
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// How long a firmware may be silent before it is spoken to nevertheless.
const SILENCE: Duration = Duration::from_secs(30);

/// How a firmware is run.
#[derive(Debug)]
pub(crate) struct Session<'a> {
    /// The board.
    pub(crate) board: &'a Board,
    /// The program.
    pub(crate) firmware: &'a Path,
    /// What is typed once the firmware has said something: some emulated ports lose what comes before they
    /// are started. The emulator takes it as fast as the firmware reads it.
    pub(crate) input: &'a [u8],
    /// When to give up.
    pub(crate) limit: Duration,
    /// Is the serial port connected? If not, only semihosting is heard.
    pub(crate) serial: bool,
    /// Instructions are executed in a fixed time of 2^shift ns.
    pub(crate) icount: Option<u32>,
    /// What else the emulator is told.
    pub(crate) extra: &'a [&'a str],
}

/// What a firmware did.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// Its exit status.
    pub(crate) status: ExitStatus,
    /// What it wrote.
    pub(crate) output: Vec<u8>,
}

impl Outcome {
    /// What it wrote, as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.output).replace('\r', "")
    }

    /// An error unless it ended with status 0.
    pub(crate) fn check(&self) -> Result<()> {
        if self.status.success() {
            return Ok(());
        }
        let text = self.text();
        let tail: Vec<&str> = text.lines().rev().take(12).collect();
        let tail: Vec<&str> = tail.into_iter().rev().collect();
        bail!("the firmware ended with {}:\n{}", self.status, tail.join("\n"))
    }
}

impl<'a> Session<'a> {
    /// A program that is not spoken to.
    pub(crate) fn silent(board: &'a Board, firmware: &'a Path) -> Self {
        let limit = Duration::from_secs(120);
        Self { board, firmware, input: b":quit\n", limit, serial: true, icount: None, extra: &[] }
    }

    fn command(&self) -> Result<Command> {
        let mut command = emulator(self.board, self.firmware)?;
        if pico::is_emulator(self.board) {
            command.args(self.extra);
            return Ok(command);
        }
        command.args(["-serial", if self.serial { "stdio" } else { "null" }]);
        if let Some(shift) = self.icount {
            command.args(["-icount", &format!("shift={shift}")]);
        }
        command.args(self.extra);
        Ok(command)
    }

    /// Runs it to its end.
    pub(crate) fn run(&self) -> Result<Outcome> {
        output::go_on()?;
        let mut command = self.command()?;
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(output::stdio()?);
        let mut child = command.spawn().with_context(|| format!("cannot start {command:?}"))?;
        let mut typed = child.stdin.take().context("no standard input")?;
        let heard = child.stdout.take().context("no standard output")?;
        let (speaks, spoke) = mpsc::channel();
        let (status, output) = thread::scope(|scope| {
            // A firmware that ends early leaves the rest unread: its status says whether that is well.
            scope.spawn(move || {
                // The Pico's emulator reads all that is typed before it starts.
                if !pico::is_emulator(self.board) {
                    _ = spoke.recv_timeout(SILENCE);
                }
                _ = typed.write_all(self.input);
            });
            let reader = scope.spawn(move || hear(heard, &speaks));
            let status = self.wait(&mut child);
            (status, reader.join())
        });
        let output = output.map_err(|_| anyhow::anyhow!("the reader of the output failed"))??;
        let status = status?.with_context(|| self.late(&output))?;
        Ok(Outcome { status, output })
    }

    /// Waits until the end or the limit, when the emulator is stopped and there is no status.
    fn wait(&self, child: &mut Child) -> Result<Option<ExitStatus>> {
        let start = Instant::now();
        while start.elapsed() < self.limit() {
            if let Some(status) = child.try_wait()? {
                return Ok(Some(status));
            }
            thread::sleep(Duration::from_millis(5));
        }
        child.kill()?;
        child.wait()?;
        Ok(None)
    }

    /// When it is late, by the pace of its emulator.
    fn limit(&self) -> Duration {
        self.limit * self.board.emulator.patience
    }

    fn late(&self, output: &[u8]) -> String {
        let tail = String::from_utf8_lossy(&output[output.len().saturating_sub(400)..]);
        let (name, seconds) = (&self.board.name, self.limit().as_secs());
        format!("{name} was not done after {seconds} s; the end of what it wrote:\n{tail}\n")
    }
}

/// All that is heard, and a sign at the first of it.
fn hear(mut from: impl Read, first: &mpsc::Sender<()>) -> io::Result<Vec<u8>> {
    let mut output = Vec::new();
    from.by_ref().take(1).read_to_end(&mut output)?;
    _ = first.send(()); // nobody waits any more, if it came late
    from.read_to_end(&mut output)?;
    Ok(output)
}

/// The emulator with a firmware, and nothing connected to the serial port yet.
pub(crate) fn emulator(board: &Board, firmware: &Path) -> Result<Command> {
    if pico::is_emulator(board) {
        return Ok(pico::command(firmware));
    }
    let (program, machine) = board.emulated()?;
    let mut command = Command::new(program);
    command.args(machine).args(["-display", "none", "-monitor", "none"]);
    command.args(["-semihosting-config", "enable=on,target=native"]);
    command.arg("-kernel").arg(firmware);
    Ok(command)
}

/// Connects this terminal with a conversation on a board, until `:quit`.
pub(crate) fn converse(board: &Board, demo: &Demo) -> Result<()> {
    if let Some(missing) = pico::missing(board)? {
        bail!("{missing}");
    }
    let built = Firmware::release(&[&demo.bin], &[]).build(board)?;
    let firmware = built.first().context("nothing was built")?;
    let mut command = emulator(board, firmware)?;
    if !pico::is_emulator(board) {
        command.args(["-serial", "stdio"]);
    }
    crate::cargo::run(&mut command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_byte_is_told_before_the_last_is_heard() {
        let (from, mut to) = io::pipe().unwrap();
        let (speaks, spoke) = mpsc::channel();
        let heard = thread::scope(|scope| {
            let reader = scope.spawn(move || hear(from, &speaks));
            assert!(spoke.recv_timeout(Duration::from_millis(20)).is_err(), "told before any byte");
            to.write_all(b">").unwrap();
            spoke.recv_timeout(SILENCE).unwrap();
            to.write_all(b" typed").unwrap();
            drop(to);
            reader.join().unwrap()
        });
        assert_eq!(heard.unwrap(), b"> typed");
    }

    #[test]
    fn a_firmware_that_ends_without_a_word_is_told_too() {
        let (speaks, spoke) = mpsc::channel();
        assert_eq!(hear(io::empty(), &speaks).unwrap(), b"");
        assert!(spoke.try_recv().is_ok());
    }
}
