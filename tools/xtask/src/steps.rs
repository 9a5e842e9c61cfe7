//! The steps of `cargo xtask test`, each with its time and its finding.

use crate::board::{BOARDS, Board};
use crate::build::Firmware;
use crate::emulator::{Outcome, Session};
use crate::same_bits::{Host, Report};
use crate::{bench, elf, host, log, manners, proof, setup, targets};
use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Executed instructions per product that the M4's matrix–vector product may take.
const MOST_INSTRUCTIONS: f64 = 1.15;

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
    steps.run("setup", || setup::all().map(|()| Vec::new()))?;
    steps.run("format", host::format)?;
    steps.run("lints", host::lints)?;
    steps.run("docs", host::docs)?;
    steps.run("targets", || Ok(vec![targets::check()?]))?;
    steps.run("proof", proof::report)?;
    on_boards(&mut steps)?;
    steps.run("tests", host::tests)?;
    steps.finish();
    println!("{} s in all", start.elapsed().as_secs());
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
    let mut hosts: Vec<(&str, Host)> = Vec::new();
    for board in &BOARDS {
        if hosts.iter().all(|(model, _)| *model != board.model) {
            hosts.push((board.model, Host::of(board.model)?));
        }
        let host = hosts.iter().find(|(model, _)| *model == board.model);
        let (_, host) = host.context("no answers of the host")?;
        steps.run(board.name, || one(board, host))?;
    }
    steps.run("bench", instructions)
}

/// Everything on one board.
fn one(board: &Board, host: &Host) -> Result<Vec<String>> {
    let bins = ["translate", "conformance"];
    let images = Firmware::release(&bins, &["conformance"]).build(board)?;
    let [translate, conformance] = images.as_slice() else { unreachable!("two were asked for") };
    let mut findings = vec![kernels(board, conformance)?, self_test(board)?];
    manners::check(board, translate)?;
    findings.push(bits(board, &host.compare(board, translate)?));
    let flash = proof::flash_without_weights(board, translate)?;
    findings.push(format!("translate: {flash} bytes of flash, weights apart"));
    if board.name == "an386" {
        findings.push(elf::engine_is_clean(translate)?);
        let portable = Firmware { portable: true, ..Firmware::release(&["translate"], &[]) };
        let report = host.compare(board, only(&portable.build(board)?)?)?;
        findings.push(bits(board, &report).replace("bits", "bits with portable kernels"));
    }
    Ok(findings)
}

/// The conformance suite of the kernels.
fn kernels(board: &Board, firmware: &Path) -> Result<String> {
    let outcome = Session::silent(board, firmware).run()?;
    outcome.check()?;
    Ok(outcome.text().trim().to_owned())
}

/// The test that the model file carries, with its log if the board has one.
fn self_test(board: &Board) -> Result<String> {
    let features: &[&str] = if board.logs { &["defmt"] } else { &[] };
    let images = Firmware::release(&["selftest"], features).build(board)?;
    let firmware = only(&images)?;
    let outcome = Session { serial: !board.logs, ..Session::silent(board, firmware) }.run()?;
    let heard = if board.logs { logged(&outcome, firmware)? } else { outcome.text() };
    ensure!(outcome.status.success(), "self-test: {heard}");
    ensure!(heard.contains("self-test"), "the self-test did not say how it went: {heard:?}");
    Ok(heard.trim().to_owned())
}

fn logged(outcome: &Outcome, firmware: &Path) -> Result<String> {
    Ok(format!("defmt: {}", log::decode(firmware, &outcome.output)?.join(", ")))
}

fn only(images: &[PathBuf]) -> Result<&Path> {
    images.first().map(PathBuf::as_path).context("nothing was built")
}

fn bits(board: &Board, report: &Report) -> String {
    let Report { sentences, steps, numbers, ram } = report;
    let core = board.core;
    format!(
        "{core}: the host's bits in {sentences} sentences, {steps} words, {numbers} numbers; {}",
        ram.join(", ")
    )
}

/// The M4's instructions per product, gated.
fn instructions() -> Result<Vec<String>> {
    let lines = bench::lines("an386")?;
    let gate = lines.iter().find(|line| line.starts_with("m4 dsp 1x128x128 "));
    let gate = gate.context("no line for m4 dsp 1x128x128")?;
    let per_mac: f64 = gate.rsplit(' ').next().unwrap_or_default().parse()?;
    ensure!(per_mac <= MOST_INSTRUCTIONS, "{per_mac} instructions per product: {gate}");
    Ok(vec![format!("{gate} (core kernel case products instructions per-product)")])
}
