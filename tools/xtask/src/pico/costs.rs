//! What a sentence, a word, a picture and a matrix cost on the Pico: cycles, with flash as fast as RAM
//! and with the stalls of its cache (`tools/pico/xip.mjs`), and bytes.

use super::{SENTENCE, board, talk};
use crate::bench;
use crate::board::{Board, Demo, Reads};
use crate::build::Firmware;
use crate::cargo::target_dir;
use crate::elf;
use crate::proof::flash_without;
use crate::trace;
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::path::Path;

/// Cycles of a miss of the flash's cache: as if flash were RAM; with the Pico's own chip.
const MISSES: [&str; 2] = ["0", "40"];
const MEGAHERTZ: u64 = 125;
/// Matrices that other crates are counted with too.
const MATRICES: [&str; 4] = ["1x128x32", "1x64x64", "1x128x128", "1x512x128"];

/// What a demo took for one input.
struct Cost {
    /// Words, the end mark among them.
    words: u64,
    /// With each of [`MISSES`].
    cycles: [u64; 2],
    flash: u64,
    ram: u64,
}

impl Cost {
    fn of(board: &Board, demo: &Demo) -> Result<Self> {
        let images = Firmware::release(&[&demo.bin], &[]).build(board)?;
        let image = images.first().context("nothing was built")?;
        let asked = match demo.reads {
            Reads::Sentences => SENTENCE,
            Reads::Words => "microcontroller",
            Reads::Pictures => "1",
        };
        let mut cycles = [0; 2];
        let mut words = 0;
        for (cycles, misses) in cycles.iter_mut().zip(MISSES) {
            (words, *cycles) = spoken(board, image, asked, misses)?;
        }
        let flash = flash_without(&demo.includes(), image)?;
        Ok(Self { words, cycles, flash, ram: elf::statics(image)? })
    }

    /// Of one word, encoding included.
    fn each(&self) -> [u64; 2] {
        self.cycles.map(|cycles| cycles / self.words.max(1))
    }
}

/// Words of an answer, and the cycles during which the LED was on for it.
fn spoken(board: &Board, image: &Path, asked: &str, misses: &str) -> Result<(u64, u64)> {
    let report = target_dir().join("pico.json");
    let extra = ["--xip", misses, "--report", &report.display().to_string()];
    let heard = talk(board, image, &format!(":trace {asked}\n{asked}\n:quit\n"), &extra)?;
    let answers = trace::of_board(&heard)?;
    let answer = answers.first().with_context(|| format!("no answer in\n{heard}"))?;
    let report: Value = serde_json::from_str(&std::fs::read_to_string(report)?)?;
    let led = report["led"].as_array().context("no changes of the LED")?;
    let at = |index: usize| led.get(index).and_then(|edge| edge[0].as_u64());
    let is_lit = |index: usize| led.get(index).and_then(|edge| edge[1].as_bool());
    // Up and down for each line; the last is the answer alone.
    let up = led.len().checked_sub(2).context("the LED did not change")?;
    ensure!(is_lit(up) == Some(true), "the LED was not lit for the last line: {led:?}");
    let cycles = at(up + 1).zip(at(up)).map(|(end, start)| end - start);
    Ok((answer.steps.len() as u64, cycles.context("a change of the LED without a time")?))
}

/// A line for the last lines of the tests.
pub(super) fn finding(board: &Board) -> Result<String> {
    let cost = Cost::of(board, board.demo("translate")?)?;
    let [ram, flash] = cost.each();
    Ok(format!(
        "a word of translate takes {ram} cycles, {flash} with stalls of {} for flash (modelled)",
        MISSES[1]
    ))
}

/// Prints tables.
pub(crate) fn print() -> Result<()> {
    let board = board()?;
    println!(
        "| program | flash, weights apart | RAM | words | cycles/word | with stalls | times | seconds |\n\
         |---|---:|---:|---:|---:|---:|---:|---:|"
    );
    for demo in &board.demos {
        let cost = Cost::of(board, demo)?;
        let ([ram, flash], Cost { words, flash: bytes, ram: statics, .. }) = (cost.each(), &cost);
        let (times, seconds) = (flash as f64 / ram as f64, seconds(cost.cycles[1]));
        println!(
            "| `{}` | {bytes} | {statics} | {words} | {ram} | {flash} | {times:.2} | {seconds:.2} |",
            demo.bin
        );
    }
    matrices(board)
}

fn seconds(cycles: u64) -> f64 {
    cycles as f64 / (MEGAHERTZ as f64 * 1e6)
}

/// Cycles a product, ours and those of other crates, in one emulator.
fn matrices(board: &Board) -> Result<()> {
    let mut peers = bench::with_peers(board, "pico");
    peers.name = format!("peers on {}", board.name);
    let ours = Firmware::release(&["bench"], &["bench"]).build(board)?;
    let images = [ours, Firmware::release(&["peers"], &[]).build(&peers)?];
    println!("\n| rows × columns | kernel | cycles/product | with stalls |\n|---|---|---:|---:|");
    for image in images.iter().flatten() {
        let [ram, flash] = MISSES.map(|misses| talk(board, image, "", &["--xip", misses]));
        for (ram, flash) in ram?.lines().zip(flash?.lines()) {
            if let (Some(ram), Some(flash)) = (row(ram), row(flash))
                && MATRICES.contains(&ram.case)
            {
                let Row { kernel, case, each } = ram;
                println!("| {case} | {kernel} | {each} | {} |", flash.each);
            }
        }
    }
    Ok(())
}

/// A line of a bench.
struct Row<'t> {
    kernel: &'t str,
    case: &'t str,
    each: &'t str,
}

/// `core kernel case products count count/product`
fn row(line: &str) -> Option<Row<'_>> {
    let words: Vec<&str> = line.split(' ').collect();
    let [_, kernel, case, _, _, each] = words.as_slice() else { return None };
    Some(Row { kernel, case, each })
}
