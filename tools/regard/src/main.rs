//! The command `regard`.
//!
//! ```text
//! a folder of Hugging Face,             ┌ run      text or a picture in, words out
//! or weights and model.json ─ convert ─►┤ inspect  what a model file holds
//!                             (.rgd)    └ check    integers against the float twin
//! ```
//! inspect says which boards a model fits; new makes a firmware for one of them, uf2 what its disk takes;
//! convert and check write reports (docs/REPORT.md).
//! Exit codes: 0 done, 1 the data is wrong, 2 the request is. Every failure is one sentence.

#![forbid(unsafe_code)]

mod answer;
mod bin;
mod boards;
mod canvas;
mod check;
mod cli;
mod convert;
mod engine;
mod file;
mod float;
mod given;
mod grids;
mod heat;
mod heat_png;
mod inspect;
mod kind;
mod maps;
mod names;
mod new;
mod panels;
mod photo;
mod problem;
mod progress;
mod quantise;
mod report;
mod run;
mod send;
mod table;
mod tokenizers;
mod uf2;
mod wanted;

use clap::Parser as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    let done = match cli::Cli::parse().command {
        cli::Command::Convert(args) => convert::run(&args),
        cli::Command::Run(args) => run::run(&args),
        cli::Command::Inspect(args) => inspect::run(&args),
        cli::Command::Send(args) => send::run(&args),
        cli::Command::Check(args) => check::run(&args),
        cli::Command::Uf2(args) => uf2::run(&args),
        cli::Command::Bin(args) => bin::run(&args),
        cli::Command::New(args) => new::run(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) if problem.is_broken_pipe() => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("regard: {problem}");
            ExitCode::from(problem.exit_code())
        }
    }
}
