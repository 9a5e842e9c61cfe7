//! Everything that is done with one board.

use crate::board::{Board, Demo, Reads};
use crate::build::Firmware;
use crate::emulator::{Outcome, Session};
use crate::parts::Parts;
use crate::same_bits::{Host, Report};
use crate::{
    build, cargo, elf, far, goldens, log, manners, marian, pico, pieces, proof, stored, subwords,
};
use anyhow::{Context, Result, ensure};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// What the host makes of the models, computed once, by whoever asks first.
#[derive(Default)]
pub(crate) struct Hosts {
    answers: Mutex<BTreeMap<String, Arc<Host>>>,
    converted: Mutex<bool>,
}

impl Hosts {
    /// The host's answers for the model of a demo.
    fn of(&self, demo: &Demo) -> Result<Arc<Host>> {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(host) = answers.get(&demo.model) {
            return Ok(host.clone());
        }
        let host = Arc::new(Host::of(demo)?);
        answers.insert(demo.model.clone(), host.clone());
        Ok(host)
    }

    /// The models of `tests/golden` are converted.
    pub(crate) fn goldens(&self) -> Result<()> {
        let mut converted = self.converted.lock().unwrap_or_else(PoisonError::into_inner);
        if !*converted {
            goldens::convert()?;
            marian::convert()?;
            *converted = true;
        }
        Ok(())
    }

    /// Computes what boards will ask for.
    pub(crate) fn prepare(&self, boards: &[Board]) -> Result<Vec<String>> {
        self.goldens()?;
        for demo in boards.iter().filter(|board| board.runs()).flat_map(|board| &board.demos) {
            self.of(demo)?;
        }
        Ok(Vec::new())
    }
}

/// Builds all programs for people, and runs what an emulator can.
pub(crate) fn all(board: &Board, hosts: &Hosts) -> Result<Vec<String>> {
    let parts = Parts::of(board)?;
    let mut findings = vec![builds(board, &parts)?];
    if let Some(banks) = board.banks {
        findings.push(stored::check(board, banks)?);
    }
    if !board.runs() {
        findings.extend(flash(board)?);
        return Ok(findings);
    }
    if let Some(missing) = pico::missing(board)? {
        findings.push(missing);
        return Ok(findings);
    }
    findings.push(self_test(board, &parts)?);
    let suites = !board.is_repeated()?;
    if suites && parts.has("conformance") {
        findings.extend(conformance(board)?);
    }
    findings.extend(demos(board, hosts)?);
    if suites && parts.has("goldens") {
        hosts.goldens()?;
        findings.push(goldens::check(board)?);
    }
    if board.name == marian::BOARD {
        hosts.goldens()?;
        findings.push(marian::check(board)?);
    }
    findings.extend(pico::check(board)?);
    Ok(findings)
}

/// The programs, as people build them: with the features that choose the board, and no other.
fn builds(board: &Board, parts: &Parts) -> Result<String> {
    let mut command = build::command("build", board);
    command.args(["--release", "--bins", "--target", &board.target]);
    command.args(["--features", &board.features.join(",")]);
    cargo::run(&mut command)?;
    Ok(format!("{}: {} build", board.core, parts.programs(board).join(", ")))
}

/// What the conversations take of the flash.
fn flash(board: &Board) -> Result<Vec<String>> {
    let bins: Vec<_> = board.demos.iter().map(|demo| demo.bin.as_str()).collect();
    let images = Firmware::release(&bins, &[]).build(board)?;
    board.demos.iter().zip(&images).map(|(demo, image)| takes(demo, image)).collect()
}

fn takes(demo: &Demo, image: &Path) -> Result<String> {
    let flash = proof::flash_without(&demo.includes(), image)?;
    let apart = if demo.reads == Reads::Pictures { "weights and pictures" } else { "weights" };
    Ok(format!("{}: {flash} bytes of flash, {apart} apart", demo.bin))
}

/// The conversations: how they behave, the host's bits, their flash.
fn demos(board: &Board, hosts: &Hosts) -> Result<Vec<String>> {
    let bins: Vec<_> = board.demos.iter().map(|demo| demo.bin.as_str()).collect();
    let images = Firmware::release(&bins, &[]).build(board)?;
    let mut findings = Vec::new();
    for (demo, image) in board.demos.iter().zip(&images) {
        manners::check(board, demo, image)?;
        findings.push(bits(board, demo, hosts, image)?);
        findings.push(takes(demo, image)?);
        if board.name == "an386" {
            findings.push(elf::engine_is_clean(image)?);
        }
    }
    if board.name == "an386" {
        findings.extend(pieces::check(board)?);
        findings.extend(far::check(board)?);
        findings.extend(subwords::check(board)?);
        let portable = Firmware { portable: true, ..Firmware::release(&bins, &[]) };
        for (demo, image) in board.demos.iter().zip(portable.build(board)?) {
            let finding = bits(board, demo, hosts, &image)?;
            findings.push(finding.replace("bits", "bits with portable kernels"));
        }
    }
    Ok(findings)
}

/// The conformance suite; on an M3 once more with the kernel of its own.
fn conformance(board: &Board) -> Result<Vec<String>> {
    let suite = |features| -> Result<String> {
        let images = Firmware::release(&["conformance"], features).build(board)?;
        let outcome = Session::silent(board, only(&images)?).run()?;
        outcome.check()?;
        let text = outcome.text();
        ensure!(text.starts_with("conformance equal kernels="), "the suite said: {text}");
        Ok(text.trim().to_owned())
    };
    let mut findings = vec![suite(&["conformance"])?];
    if board.name == "an385" {
        let finding = suite(&["conformance", "regard/cortex-m3"])?;
        findings.push(finding.replace("armv7m", "armv7m, cortex-m3"));
    }
    Ok(findings)
}

/// The tests that the model files carry, with its log if the board has one.
fn self_test(board: &Board, parts: &Parts) -> Result<String> {
    let logs = parts.has("defmt");
    let programs = parts.programs(board);
    let bin = if programs.contains(&"selftest") { "selftest" } else { "selftest_tiny" };
    let images = Firmware::release(&[bin], if logs { &["defmt"] } else { &[] }).build(board)?;
    let firmware = only(&images)?;
    let outcome = Session { serial: !logs, ..Session::silent(board, firmware) }.run()?;
    let heard = if logs { logged(&outcome, firmware)? } else { outcome.text() };
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
    let Report { inputs, steps, numbers, ram } = hosts.of(demo)?.compare(board, image)?;
    let (core, bin, ram) = (&board.core, &demo.bin, ram.join(", "));
    let counted = match demo.reads {
        Reads::Sentences => format!("{inputs} sentences, {steps} words"),
        Reads::Words => format!("{inputs} words, {steps} phonemes"),
        Reads::Pictures => format!("{inputs} pictures, {steps} words"),
    };
    Ok(format!("{core}: {bin} has the host's bits in {counted}, {numbers} numbers; {ram}"))
}
