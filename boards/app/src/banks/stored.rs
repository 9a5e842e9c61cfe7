//! The conversation with whatever model is in the banks.
//!
//! ```text
//! bank 0: generation 6, 111696 bytes, older
//! bank 1: generation 7, 153280 bytes, in use
//! > I drink milk
//! je bois du lait
//! > :update 111696 8f3a21c0
//! ```

use super::receive::receive;
use super::{Banks, Update};
use crate::repl::{answer, greet, lines};
use crate::{Board, Outcome, Source};
use core::ops::ControlFlow;
use embedded_hal::digital::OutputPin;
use embedded_io::{Read, Write, WriteFmtError};
use regard::family::Family;
use regard::format::bank::{Picked, Record, Refusal, pick};
use regard::{Error, Model, Seq2Seq};

const HELP: &str = ":update LENGTH CRC  takes a new model (boards/app/src/banks/frame.rs)\r\n";
const USAGE: &str = ":update LENGTH CRC: bytes in decimal, CRC-32C in hexadecimal\r\n";

/// The whole of a program: picks a model, converses with it and takes updates until `:quit`. Without a
/// model it says why, and waits for one. `arena`: for any model that the board should take. Returns
/// an exit status.
pub fn stored<const LINE: usize, F: Family, Port: Read + Write, Pin: OutputPin>(
    mut board: Board<Port, Pin>,
    banks: &mut impl Banks,
    arena: &mut [u8],
    source: &mut impl Source<F>,
) -> i32 {
    i32::from(until_quit::<LINE, F, _, _>(&mut board, banks, arena, source).is_err())
}

fn until_quit<const LINE: usize, F: Family, Port: Read + Write, Pin: OutputPin>(
    board: &mut Board<Port, Pin>,
    banks: &mut impl Banks,
    arena: &mut [u8],
    source: &mut impl Source<F>,
) -> Outcome<Port::Error> {
    let mut begun: Option<Update> = None;
    greet(board)?;
    loop {
        let picked = pick([banks.bytes(0), banks.bytes(1)], |model| fits::<F>(model, arena));
        report(&mut board.port, &picked)?;
        let in_use = picked.as_ref().ok().map(|picked| picked.bank);
        let asked = match &picked {
            Ok(Picked { model, .. }) => {
                let mut engine = Seq2Seq::new(model, arena).ok(); // `pick` asked whether it fits.
                answers::<LINE, F, _, _>(board, engine.as_mut(), source)?
            }
            Err(_) => answers::<LINE, F, _, _>(board, None, source)?,
        };
        let Some(announced) = asked else { return Ok(()) };
        let accept = |model: &Model<'_>| fits::<F>(model, arena);
        board.busy(|port| receive(port, banks, (in_use, announced), &mut begun, accept))?;
    }
}

/// Whether there are code and RAM for a model.
fn fits<F: Family>(model: &Model<'_>, arena: &mut [u8]) -> Result<(), Error> {
    Seq2Seq::<F>::new(model, arena).map(|_| ())
}

/// What is in the banks.
fn report<Port: Write>(
    port: &mut Port,
    picked: &Result<Picked<'_>, [Refusal; 2]>,
) -> Outcome<Port::Error> {
    let banks = match picked {
        Ok(Picked { bank: 0, record, other, .. }) => [Ok(*record), *other],
        Ok(Picked { record, other, .. }) => [*other, Ok(*record)],
        Err(refusals) => refusals.map(Err),
    };
    for (bank, content) in banks.iter().enumerate() {
        let in_use = picked.as_ref().is_ok_and(|picked| picked.bank == bank);
        match content {
            Ok(Record { generation, length, .. }) => {
                let state = if in_use { "in use" } else { "older" };
                write!(port, "bank {bank}: generation {generation}, {length} bytes, {state}\r\n")?;
            }
            Err(refusal) => write!(port, "bank {bank}: refused: {refusal}\r\n")?,
        }
    }
    Ok(())
}

/// Answers line by line; returns length and checksum of an update that is asked for, or nothing
/// when the program is left.
fn answers<const LINE: usize, F: Family, Port: Read + Write, Pin: OutputPin>(
    board: &mut Board<Port, Pin>,
    mut engine: Option<&mut Seq2Seq<'_, F>>,
    source: &mut impl Source<F>,
) -> Result<Option<(u32, u32)>, WriteFmtError<Port::Error>> {
    let mut asked = None;
    lines::<LINE, _, _>(board, |board, typed| {
        if let Some(announced) = typed.strip_prefix(":update") {
            asked = announcement(announced);
            if asked.is_some() {
                return Ok(ControlFlow::Break(()));
            }
            board.port.write_all(USAGE.as_bytes())?;
            return Ok(ControlFlow::Continue(()));
        }
        if typed == ":help" {
            board.port.write_all(HELP.as_bytes())?;
        }
        match &mut engine {
            Some(engine) => answer(board, engine, source, typed)?,
            None if typed.is_empty() => {}
            None => board.port.write_all(b"there is no model; :update takes one\r\n")?,
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(asked)
}

/// Length and checksum of ` 153280 8f3a21c0`.
fn announcement(typed: &str) -> Option<(u32, u32)> {
    let (length, checksum) = typed.trim().split_once(' ')?;
    Some((length.parse().ok()?, u32::from_str_radix(checksum.trim(), 16).ok()?))
}
