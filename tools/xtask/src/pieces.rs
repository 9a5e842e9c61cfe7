//! Firmware that does other things while it translates: tasks of an executor with a watchdog between the
//! pieces of work, and an interrupt that comes on time.

use crate::board::Board;
use crate::build::Firmware;
use crate::emulator::{Outcome, Session};
use anyhow::{Context, Result, ensure};

/// What both programs say before they tell how it went.
const SAID: &str = "est-ce que ton frère boit du lait froid ? ";

/// 2⁵ ns an instruction, as many as a core of some 31 MHz takes: time is exact in the emulator.
const SHIFT: u32 = 5;

/// An interrupt may come so many ticks of 25 MHz late: for the longest instruction, and its entry.
const MOST_LATE: u32 = 25;

/// Runs both.
pub(crate) fn check(board: &Board) -> Result<Vec<String>> {
    let images = Firmware::release(&["embassy", "interrupts"], &["embassy"]).build(board)?;
    let [embassy, interrupts] = images.as_slice() else { anyhow::bail!("less was built") };
    let run = |firmware| {
        let extra: &[&str] = &["-no-reboot"];
        Session { icount: Some(SHIFT), extra, ..Session::silent(board, firmware) }.run()
    };
    Ok(vec![tasks(&run(embassy)?)?, beats(&run(interrupts)?)?])
}

/// The last line but for what was said before it.
fn told(outcome: &Outcome) -> Result<String> {
    outcome.check()?;
    let text = outcome.text();
    let (said, told) = text.split_once('\n').with_context(|| text.clone())?;
    ensure!(said == SAID, "it said: {text}");
    Ok(told.trim().to_owned())
}

/// Numbers of a line, in their order.
fn numbers(line: &str) -> Vec<u32> {
    line.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect()
}

/// The watchdog ended it, after all was said, so it was fed until then; the other task had its turns.
fn tasks(outcome: &Outcome) -> Result<String> {
    let line = told(outcome)?;
    let [pieces, blinks] = numbers(&line)[..] else { anyhow::bail!("it told: {line}") };
    ensure!(line.ends_with("now nobody feeds the watchdog"), "it told: {line}");
    ensure!(pieces > 100 && blinks.abs_diff(pieces) <= 1, "the other task starved: {line}");
    Ok(format!("embassy: {pieces} pieces of a sentence beside another task and a watchdog"))
}

fn beats(outcome: &Outcome) -> Result<String> {
    let line = told(outcome)?;
    let [beats, late] = numbers(&line)[..] else { anyhow::bail!("it told: {line}") };
    ensure!(beats > 100 && late <= MOST_LATE, "interrupts were held back: {line}");
    Ok(format!("interrupts: {line}"))
}
