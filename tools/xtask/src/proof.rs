//! The proof that the engine cannot panic, what it takes of the flash, and that a firmware has the
//! code of its own family of models alone.
//!
//! `boards/*/src/bin/proof*.rs` have a panic handler that calls a function that does not exist: as
//! long as one way to panic is left, they do not link. Built for a core without floating-point
//! registers, where each float is a call with a name, and with overflow checks too.

use crate::board::{self, Board};
use crate::build::Firmware;
use crate::cargo::root;
use crate::elf::{self, Flash};
use crate::family::{CONVOLUTIONAL, RECURRENT, TRANSFORMER};
use crate::jobs::{Job, Place};
use crate::setup::PROOF_TARGET;
use anyhow::{Context, Result, bail, ensure};
use std::path::{Path, PathBuf};

/// What engine and Transformer may take on thumbv7em, weights apart.
const MOST_FLASH: u64 = 24 * 1024;
/// What recurrent encoders and decoders may add to that.
const MOST_ADDED: u64 = 8 * 1024;

/// Board, target and profile of each proof.
const PROOFS: [(&str, Option<&str>, &str); 7] = [
    ("microbit", None, "release"),
    ("an385", None, "release"),
    ("an386", None, "release"),
    ("an386", Some(PROOF_TARGET), "release"),
    ("an386", Some(PROOF_TARGET), "checked"),
    ("an505", None, "release"),
    ("an547", None, "release"),
];

/// The Transformer alone, recurrent models alone; on the M4 also those of pictures alone, the first
/// two together, all that can be asked, in one go and in pieces, and a Transformer picked from banks.
const PROGRAMS: [&str; 7] = [
    "proof",
    "proof_recurrent",
    "proof_caption",
    "proof_both",
    "proof_all",
    "proof_work",
    "proof_banks",
];

/// Links all proofs, and prints the flash of the engine.
pub(crate) fn all() -> Result<()> {
    for line in report()? {
        println!("{line}");
    }
    Ok(())
}

/// Links all proofs of these boards, one board after the other, and prints the flash of the engine.
fn report() -> Result<Vec<String>> {
    PROOFS.iter().map(|&(name, target, profile)| one(board::find(name)?, target, profile)).collect()
}

/// The Transformer with all that later ones do otherwise.
fn variants(board: &Board, target: Option<&str>, profile: &str) -> Result<PathBuf> {
    let features = &["proof", "variants"];
    let firmware = Firmware { profile, target, ..Firmware::release(&["proof"], features) };
    firmware.build(board)?.into_iter().next().context("nothing was built")
}

/// A job for each proof.
pub(crate) fn jobs<'a>() -> impl Iterator<Item = Job<'a>> {
    PROOFS.iter().map(|&(name, target, profile)| {
        let of = target.map_or_else(|| name.to_owned(), |target| format!("{name} {target}"));
        let work = move || Ok(vec![one(board::find(name)?, target, profile)?]);
        Job::new(Place::Firmware, format!("proof {of} {profile}"), work)
    })
}

fn one(board: &Board, target: Option<&str>, profile: &str) -> Result<String> {
    let images = link(board, target, profile)?;
    for image in &images {
        elf::image_is_clean(image)?;
    }
    let [transformer, recurrent, others @ ..] = images.as_slice() else {
        bail!("less was built than asked for")
    };
    RECURRENT.is_absent_from(transformer)?;
    TRANSFORMER.is_absent_from(recurrent)?;
    CONVOLUTIONAL.is_absent_from(transformer)?;
    CONVOLUTIONAL.is_absent_from(recurrent)?;
    let (translate, speak) = (&board.demo("translate")?.model, &board.demo("speak")?.model);
    let flash = flash_without_weights(translate, transformer)?;
    let only_recurrent = flash_without_weights(speak, recurrent)?;
    let target = target.unwrap_or(&board.target);
    let limits = target.starts_with("thumbv7em") && profile == "release";
    ensure!(!limits || flash <= MOST_FLASH, "the engine takes {flash} bytes of flash on {target}");
    let mut line = format!(
        "{target} {profile}: cannot panic; bytes of flash: {flash} with the Transformer alone, \
         {only_recurrent} with recurrent models alone"
    );
    if let [pictures, both, all, work, banks] = others {
        CONVOLUTIONAL.is_in(work)?;
        line += &large(board, pictures, both, all, flash, limits)?;
        let banks = flash_without(&[], banks)?;
        line += &format!(", {banks} with a Transformer picked from two banks and checked there");
        let later = variants(board, Some(target), profile)?;
        elf::image_is_clean(&later)?;
        let later = flash_without_weights(translate, &later)?.saturating_sub(flash);
        line += &format!(", {later} more with variants of the Transformer");
    }
    Ok(line)
}

/// The same of the programs that the M4 has besides. `transformer`: bytes of the Transformer alone.
fn large(
    board: &Board,
    pictures: &Path,
    both: &Path,
    all: &Path,
    transformer: u64,
    limits: bool,
) -> Result<String> {
    for family in [TRANSFORMER, RECURRENT, CONVOLUTIONAL] {
        family.is_in(all)?;
    }
    TRANSFORMER.is_absent_from(pictures)?;
    CONVOLUTIONAL.is_in(pictures)?;
    CONVOLUTIONAL.is_absent_from(both)?;
    let (translate, caption) = (&board.demo("translate")?.model, &board.demo("caption")?.model);
    let captioner = flash_without_weights(caption, pictures)?;
    let both = flash_without_weights(translate, both)?;
    let added = both.saturating_sub(transformer);
    ensure!(!limits || added <= MOST_ADDED, "recurrent models add {added} bytes");
    Ok(format!(
        ", {captioner} with models of pictures alone, {both} with Transformer and recurrent models \
         (which add {added}, at most {MOST_ADDED})"
    ))
}

/// Bytes of flash that an image takes beside its model.
fn flash_without_weights(model: &str, image: &Path) -> Result<u64> {
    flash_without(&[format!("models/{model}/{model}.rgd")], image)
}

/// Bytes of flash that an image takes beside files that it includes.
pub(crate) fn flash_without(files: &[String], image: &Path) -> Result<u64> {
    let sizes: Result<Vec<u64>> = files
        .iter()
        .map(|file| Ok(std::fs::metadata(root().join(file)).with_context(|| file.clone())?.len()))
        .collect();
    let (flash, included) = (Flash::of(image)?, sizes?.iter().sum());
    let constants = flash.constants.checked_sub(included);
    Ok(flash.code + constants.context("the model is not in .rodata")? + flash.data)
}

fn link(board: &Board, target: Option<&str>, profile: &str) -> Result<Vec<PathBuf>> {
    let bins = if board.name == "an386" { &PROGRAMS } else { &PROGRAMS[..2] };
    let firmware = Firmware { profile, target, ..Firmware::release(bins, &["proof"]) };
    firmware.build(board).map_err(|error| match ways(board, target, profile) {
        Err(ways) => error.context(ways.to_string()),
        Ok(()) => error,
    })
}

/// An error that shows how the engine comes to panic, read from a firmware that does link.
fn ways(board: &Board, target: Option<&str>, profile: &str) -> Result<()> {
    let bins: Vec<_> = board.demos.iter().map(|demo| demo.bin.as_str()).collect();
    let firmware = Firmware { profile, target, ..Firmware::release(&bins, &[]) };
    for image in firmware.build(board)? {
        elf::engine_is_clean(&image)?;
    }
    Ok(())
}
