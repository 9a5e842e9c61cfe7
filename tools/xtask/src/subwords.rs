//! Pieces of words on a board: the engine cannot panic there either, and a text that was split and joined is
//! the same.

use crate::board::Board;
use crate::build::Firmware;
use crate::elf;
use crate::emulator::Session;
use anyhow::{Result, ensure};

/// Two nanoseconds an instruction: they are counted to the next 20.
const SHIFT: u32 = 1;

/// Runs the program, which compares for itself; what it counted.
pub(crate) fn check(board: &Board) -> Result<Vec<String>> {
    for image in Firmware::release(&["proof_pieces"], &["proof", "subwords"]).build(board)? {
        elf::image_is_clean(&image)?;
    }
    let mut findings = vec!["pieces of words: cannot panic".to_owned()];
    for image in Firmware::release(&["pieces"], &["bench", "subwords"]).build(board)? {
        let outcome = Session { icount: Some(SHIFT), ..Session::silent(board, &image) }.run()?;
        outcome.check()?;
        let text = outcome.text();
        let counted: Vec<&str> =
            text.lines().filter(|line| line.contains("instructions")).collect();
        ensure!(counted.len() == 3, "it said: {text}");
        findings.extend(counted.iter().map(|line| format!("pieces of words: {line}")));
    }
    Ok(findings)
}
