//! The project's own commands.
//!
//! ```text
//! test ─┬─ host      format, lints, docs, tests
//!       ├─ python    the tests of tools/train, in an environment under target
//!       ├─ targets   the engine builds without std, for six targets and all features
//!       ├─ proof     the engine cannot panic; its flash; its symbols
//!       ├─ c         the library for C, with programs on the host and an emulated M4
//!       ├─ wasm      conformance in a WebAssembly engine, if node is there
//!       └─ boards    firmware in the emulator: conformance, self-tests, the bits of the host
//! ```
//! What is missing is installed, or the command stops and says what to do; without node the suite for
//! WebAssembly and the firmware of the Pico are built and not run, and the command says so.

mod bench;
mod board;
mod build;
mod c;
mod calls;
mod cargo;
mod command;
mod counts;
mod elf;
mod emulator;
mod extras;
mod family;
mod far;
mod fresh;
mod goldens;
mod host;
mod jobs;
mod log;
mod m7;
mod manners;
mod marian;
mod on_board;
mod output;
mod parts;
mod peers;
mod pico;
mod pieces;
mod proof;
mod python;
mod same_bits;
mod setup;
mod share;
mod steps;
mod stored;
mod streams;
mod subwords;
mod targets;
mod trace;
mod wasm;

use anyhow::{Result, bail};
use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask test               everything, as CI does it
cargo xtask boards             only the boards: all are built, and run where there is an emulator
cargo xtask boards NAME        only this board
cargo xtask boards --list      their names, cores, and what is done with each
cargo xtask new                only firmwares that `regard new` makes, built and talked to
cargo xtask c                  only the library for C, with programs on the host and an emulated M4
cargo xtask wasm               only the conformance suite in a WebAssembly engine
cargo xtask proof              link the engine without a way to panic; print its flash
cargo xtask check-elf FILE     symbols that the engine's part of a firmware must not reach
cargo xtask bench              count instructions of kernels and whole models: docs/BENCH.md
cargo xtask m7                 cycles of the kernels on a Cortex-M7, modelled
cargo xtask share              what the instructions of a sentence are spent on, on the M4
cargo xtask pico               what a sentence costs on a Raspberry Pi Pico, and what its flash adds
cargo xtask pico picture       draw anew the picture that its display is compared with
cargo xtask emulate BOARD      talk to a board that runs;
                               `emulate BOARD speak` says words instead of translating,
                               `emulate BOARD caption` describes pictures,
                               `emulate BOARD act` switches lights (an386, microbit)
cargo xtask python             the tests of tools/train
cargo xtask setup              install components, targets, emulator and Python's packages";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn emulate(board: &str, program: &str) -> Result<()> {
    let board = board::find(board)?;
    let demo = board.demo(program)?;
    setup::all()?;
    emulator::converse(board, demo)
}

fn run() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["test"] => steps::test(),
        ["boards"] => steps::boards(board::all()?),
        ["boards", "--list"] => board::list().map(|list| print!("{list}")),
        ["boards", name] => steps::boards(std::slice::from_ref(board::find(name)?)),
        ["new"] => steps::new(),
        ["c"] => steps::c(),
        ["wasm"] => steps::wasm(),
        ["setup"] => setup::all().and_then(|()| python::setup()),
        ["python"] => steps::python(),
        ["proof"] => setup::targets().and_then(|()| proof::all()),
        ["check-elf", file] => elf::check(Path::new(file)),
        ["bench"] => setup::all().and_then(|()| bench::write()),
        ["m7"] => setup::all().and_then(|()| m7::print()),
        ["pico"] => setup::targets().and_then(|()| pico::print()),
        ["pico", "picture"] => setup::targets().and_then(|()| pico::draw()),
        ["share"] => setup::all().and_then(|()| share::print()),
        ["emulate", name] => emulate(name, "translate"),
        ["emulate", name, program] => emulate(name, program),
        [] | ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        _ => bail!("no such command\n\n{USAGE}"),
    }
}
