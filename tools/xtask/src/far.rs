//! A model in a flash chip that the core cannot address: the engine cannot panic there either, and says the
//! same words in the emulator, with every buffer and after every failure of the bus.

use crate::board::Board;
use crate::build::Firmware;
use crate::elf;
use crate::emulator::Session;
use anyhow::{Result, ensure};

/// Two nanoseconds an instruction: they are counted to the next 20.
const SHIFT: u32 = 1;

/// Runs the program, which compares for itself; what it counted.
pub(crate) fn check(board: &Board) -> Result<Vec<String>> {
    for image in Firmware::release(&["proof_far"], &["proof_far"]).build(board)? {
        elf::image_is_clean(&image)?;
    }
    let mut findings = vec!["far flash: cannot panic".to_owned()];
    for image in Firmware::release(&["far"], &["far"]).build(board)? {
        let outcome = Session { icount: Some(SHIFT), ..Session::silent(board, &image) }.run()?;
        outcome.check()?;
        let text = outcome.text();
        ensure!(text.trim_end().ends_with("all the same words"), "it said: {text}");
        let counted = text.lines().filter(|line| line.contains("instructions"));
        findings.extend(counted.map(|line| format!("far flash: {line}")));
    }
    Ok(findings)
}
