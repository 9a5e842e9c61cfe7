//! The steps of `cargo xtask test`, each with its time and its finding.
//!
//! ```text
//! setup ── format ─┬─ host       lints · models ready · tests · docs · targets · python · wasm
//!                  └─ firmware   proofs · boards · lints · counts      (beside each other: jobs.rs)
//! ```
//! What fails soon comes first on either side.

use crate::board::{self, Board};
use crate::counts::Row;
use crate::jobs::{self, Job, Place};
use crate::on_board::{self, Hosts};
use crate::{bench, c, counts, fresh, host, proof, python, setup, targets, wasm};
use anyhow::{Context, Result};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Executed instructions per product that the M4 may take.
const MOST_INSTRUCTIONS: [(&str, f64); 7] = [
    ("1x128x128", 1.0),
    ("2x128x128", 0.85),
    ("gru/128,h128", 1.15),
    ("gru-before/128,h128", 1.15),
    ("lstm/64,h128", 1.15),
    ("conv3x3/16x16,16-32", 1.05),
    ("softmax/32", 14.0),
];

/// What was done, for the last lines.
#[derive(Default)]
struct Steps(Vec<String>);

impl Steps {
    /// Runs a step by itself and notes its findings.
    fn run(&mut self, name: &str, step: impl FnOnce() -> Result<Vec<String>>) -> Result<()> {
        println!("── {name}");
        let start = Instant::now();
        let findings = step().with_context(|| format!("step “{name}”"))?;
        for finding in &findings {
            println!("   {finding}");
        }
        println!("   {} s", start.elapsed().as_secs());
        self.note(name, findings);
        Ok(())
    }

    /// Runs jobs beside each other and notes their findings.
    fn run_all(&mut self, jobs: Vec<Job<'_>>) -> Result<()> {
        for (name, findings) in jobs::run(jobs)? {
            self.note(&name, findings);
        }
        Ok(())
    }

    fn note(&mut self, name: &str, findings: Vec<String>) {
        let name = name.split(' ').next().unwrap_or(name);
        let heading = if name == "tests" { String::new() } else { format!("{name:<10} ") };
        self.0.extend(findings.into_iter().map(|finding| heading.clone() + &finding));
    }

    fn finish(self) {
        println!("── all steps passed");
        for line in self.0 {
            println!("{line}");
        }
    }
}

/// All that CI does.
pub(crate) fn test() -> Result<()> {
    let start = Instant::now();
    let (hosts, rows) = (Hosts::default(), Rows::default());
    let mut steps = Steps::default();
    let set_up = || setup::all().and_then(|()| python::setup());
    steps.run("setup", || set_up().map(|()| Vec::new()))?;
    steps.run("format", host::format)?;
    let boards = board::all()?;
    let mut jobs = vec![
        Job::new(Place::Host, "lints", host::lints),
        Job::new(Place::Host, "models", || hosts.prepare(boards)),
        Job::new(Place::Host, "docs", host::docs),
        Job::new(Place::Host, "new", fresh::check),
        Job::new(Place::Host, "targets", || Ok(vec![targets::check()?])),
        Job::new(Place::Host, "wasm", wasm::conformance),
        Job::new(Place::Host, "c", c::check),
        Job::new(Place::Host, "tests", host::tests),
        Job::new(Place::Host, "python", python::tests),
    ];
    jobs.extend(proof::jobs());
    jobs.extend(on_boards(boards, &hosts));
    jobs.extend(counting(&rows));
    for board in host::linted()? {
        let (hosts, name) = (&hosts, format!("lints {}", board.name));
        let lint = move || hosts.goldens().and_then(|()| host::firmware_lints(&board));
        jobs.push(Job::new(Place::Firmware, name, lint));
    }
    steps.run_all(jobs)?;
    steps.run("bench", || instructions(rows))?;
    steps.finish();
    println!("{} s in all", start.elapsed().as_secs());
    Ok(())
}

/// Only one step.
fn only(name: &str, step: impl FnOnce() -> Result<Vec<String>>) -> Result<()> {
    let mut steps = Steps::default();
    steps.run(name, step)?;
    steps.finish();
    Ok(())
}

/// Only the tests of `tools/train`.
pub(crate) fn python() -> Result<()> {
    only("python", python::tests)
}

/// Only the suite in a WebAssembly engine.
pub(crate) fn wasm() -> Result<()> {
    only("wasm", wasm::conformance)
}

/// Only the library for C.
pub(crate) fn c() -> Result<()> {
    setup::all().and_then(|()| only("c", c::check))
}

/// Only firmwares as new users make them.
pub(crate) fn new() -> Result<()> {
    setup::all().and_then(|()| only("new", fresh::check))
}

/// Only boards: all of them are built, and run where there is an emulator. With all, the counts too.
pub(crate) fn boards(boards: &'static [Board]) -> Result<()> {
    setup::all()?;
    let (hosts, rows) = (Hosts::default(), Rows::default());
    let mut steps = Steps::default();
    let mut jobs = vec![Job::new(Place::Host, "models", || hosts.prepare(boards))];
    jobs.extend(on_boards(boards, &hosts));
    let all = boards.len() > 1;
    if all {
        jobs.push(Job::new(Place::Host, "new", fresh::check));
        jobs.extend(counting(&rows));
    }
    steps.run_all(jobs)?;
    if all {
        steps.run("bench", || instructions(rows))?;
    }
    steps.finish();
    Ok(())
}

/// A job for each board.
fn on_boards<'a>(boards: &'static [Board], hosts: &'a Hosts) -> impl Iterator<Item = Job<'a>> {
    boards.iter().map(move |board| {
        Job::new(Place::Firmware, board.name.as_str(), move || on_board::all(board, hosts))
    })
}

/// What the boards count.
type Rows = Mutex<Vec<Row>>;

/// A job for each board that counts.
fn counting(rows: &Rows) -> impl Iterator<Item = Job<'_>> {
    bench::boards().map(move |name| {
        Job::new(Place::Firmware, format!("bench {name}"), move || {
            let own = bench::rows(board::find(name)?)?;
            rows.lock().unwrap_or_else(PoisonError::into_inner).extend(own);
            Ok(Vec::new())
        })
    })
}

/// The M4's instructions per product, gated, and all counts against those of before.
fn instructions(rows: Rows) -> Result<Vec<String>> {
    let rows = rows.into_inner().unwrap_or_else(PoisonError::into_inner);
    let gated = MOST_INSTRUCTIONS.iter().map(|&(case, most)| counts::gate(&rows, case, most));
    gated.chain([bench::check(&rows)]).collect()
}
