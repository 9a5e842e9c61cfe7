//! The steps of `cargo xtask test`, each with its time and its finding.

use crate::board::{BOARDS, Board, Demo, Reads};
use crate::build::Firmware;
use crate::emulator::{Outcome, Session};
use crate::same_bits::{Host, Report};
use crate::{
    bench, counts, elf, far, goldens, host, log, manners, pieces, proof, python, setup, targets,
    wasm,
};
use anyhow::{Context, Result, ensure};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::{Path, PathBuf};
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
    /// Runs a step and notes its findings.
    fn run(&mut self, name: &str, step: impl FnOnce() -> Result<Vec<String>>) -> Result<()> {
        println!("── {name}");
        let start = Instant::now();
        let findings = step().with_context(|| format!("step “{name}”"))?;
        let seconds = start.elapsed().as_secs();
        for finding in findings {
            println!("   {finding}");
            let heading = if name == "tests" { String::new() } else { format!("{name:<10} ") };
            self.0.push(heading + &finding);
        }
        println!("   {seconds} s");
        Ok(())
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
    let mut steps = Steps::default();
    let set_up = || setup::all().and_then(|()| python::setup());
    steps.run("setup", || set_up().map(|()| Vec::new()))?;
    steps.run("format", host::format)?;
    steps.run("lints", host::lints)?;
    steps.run("docs", host::docs)?;
    steps.run("python", python::tests)?;
    steps.run("targets", || Ok(vec![targets::check()?]))?;
    steps.run("proof", proof::report)?;
    steps.run("wasm", wasm::conformance)?;
    on_boards(&mut steps)?;
    steps.run("tests", host::tests)?;
    steps.finish();
    println!("{} s in all", start.elapsed().as_secs());
    Ok(())
}

/// Only the tests of `tools/train`.
pub(crate) fn python() -> Result<()> {
    let mut steps = Steps::default();
    steps.run("python", python::tests)?;
    steps.finish();
    Ok(())
}

/// Only the suite in a WebAssembly engine.
pub(crate) fn wasm() -> Result<()> {
    let mut steps = Steps::default();
    steps.run("wasm", wasm::conformance)?;
    steps.finish();
    Ok(())
}

/// Only what needs the emulator.
pub(crate) fn boards() -> Result<()> {
    setup::all()?;
    let mut steps = Steps::default();
    on_boards(&mut steps)?;
    steps.finish();
    Ok(())
}

fn on_boards(steps: &mut Steps) -> Result<()> {
    let mut hosts = BTreeMap::new();
    goldens::convert()?;
    for board in &BOARDS {
        for demo in board.demos {
            if let Entry::Vacant(unknown) = hosts.entry(demo.model) {
                unknown.insert(Host::of(demo)?);
            }
        }
        steps.run(board.name, || one(board, &hosts))?;
    }
    steps.run("bench", instructions)
}

/// The host's answers, by model.
type Hosts = BTreeMap<&'static str, Host>;

/// Everything on one board.
fn one(board: &Board, hosts: &Hosts) -> Result<Vec<String>> {
    let images = Firmware::release(&["conformance"], &["conformance"]).build(board)?;
    let mut findings = vec![conformance(board, only(&images)?)?, self_test(board)?];
    if board.name == "an385" {
        let features = ["conformance", "regard/cortex-m3"];
        let images = Firmware::release(&["conformance"], &features).build(board)?;
        let finding = conformance(board, only(&images)?)?;
        findings.push(finding.replace("armv7m", "armv7m, cortex-m3"));
    }
    if board.goldens {
        findings.push(goldens::check(board)?);
    }
    let bins: Vec<_> = board.demos.iter().map(|demo| demo.bin).collect();
    let images = Firmware::release(&bins, &[]).build(board)?;
    for (demo, image) in board.demos.iter().zip(&images) {
        manners::check(board, demo, image)?;
        findings.push(bits(board, demo, hosts, image)?);
        let flash = proof::flash_without(&demo.includes(), image)?;
        let apart = if demo.reads == Reads::Pictures { "weights and pictures" } else { "weights" };
        findings.push(format!("{}: {flash} bytes of flash, {apart} apart", demo.bin));
        if board.name == "an386" {
            findings.push(elf::engine_is_clean(image)?);
        }
    }
    if board.name == "an386" {
        findings.extend(pieces::check(board)?);
        findings.extend(far::check(board)?);
        let portable = Firmware { portable: true, ..Firmware::release(&bins, &[]) };
        for (demo, image) in board.demos.iter().zip(portable.build(board)?) {
            let finding = bits(board, demo, hosts, &image)?;
            findings.push(finding.replace("bits", "bits with portable kernels"));
        }
    }
    Ok(findings)
}

/// The conformance suite.
fn conformance(board: &Board, firmware: &Path) -> Result<String> {
    let outcome = Session::silent(board, firmware).run()?;
    outcome.check()?;
    let text = outcome.text();
    ensure!(text.starts_with("conformance equal kernels="), "the suite said: {text}");
    Ok(text.trim().to_owned())
}

/// The tests that the model files carry, with its log if the board has one.
fn self_test(board: &Board) -> Result<String> {
    let features: &[&str] = if board.logs { &["defmt"] } else { &[] };
    let images = Firmware::release(&["selftest"], features).build(board)?;
    let firmware = only(&images)?;
    let outcome = Session { serial: !board.logs, ..Session::silent(board, firmware) }.run()?;
    let heard = if board.logs { logged(&outcome, firmware)? } else { outcome.text() };
    ensure!(outcome.status.success(), "self-test: {heard}");
    ensure!(heard.contains("self-test"), "the self-test did not say how it went: {heard:?}");
    Ok(heard.trim().lines().collect::<Vec<_>>().join(", "))
}

fn logged(outcome: &Outcome, firmware: &Path) -> Result<String> {
    Ok(format!("defmt: {}", log::decode(firmware, &outcome.output)?.join(", ")))
}

fn only(images: &[PathBuf]) -> Result<&Path> {
    images.first().map(PathBuf::as_path).context("nothing was built")
}

/// A demo on a board against the host.
fn bits(board: &Board, demo: &Demo, hosts: &Hosts, image: &Path) -> Result<String> {
    let host = hosts.get(demo.model).context("no answers of the host")?;
    let Report { inputs, steps, numbers, ram } = host.compare(board, image)?;
    let (core, bin, ram) = (board.core, demo.bin, ram.join(", "));
    let counted = match demo.reads {
        Reads::Sentences => format!("{inputs} sentences, {steps} words"),
        Reads::Words => format!("{inputs} words, {steps} phonemes"),
        Reads::Pictures => format!("{inputs} pictures, {steps} words"),
    };
    Ok(format!("{core}: {bin} has the host's bits in {counted}, {numbers} numbers; {ram}"))
}

/// The M4's instructions per product, gated, and all counts against those of before.
fn instructions() -> Result<Vec<String>> {
    let rows = bench::rows()?;
    let gated = MOST_INSTRUCTIONS.iter().map(|&(case, most)| counts::gate(&rows, case, most));
    gated.chain([bench::check(&rows)]).collect()
}
