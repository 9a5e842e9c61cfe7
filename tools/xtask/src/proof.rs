//! The proof that the engine cannot panic, and what it takes of the flash.
//!
//! `boards/*/src/bin/proof.rs` has a panic handler that calls a function that does not exist: as
//! long as one way to panic is left, it does not link. Built for a core without floating-point
//! registers, where each float is a call with a name, and with overflow checks too.

use crate::board::{self, Board};
use crate::build::Firmware;
use crate::cargo::root;
use crate::elf::{self, Flash};
use crate::setup::PROOF_TARGET;
use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};

/// What engine and Transformer may take on thumbv7em, weights apart.
const MOST_FLASH: u64 = 24 * 1024;

/// Board, target and profile of each proof.
const PROOFS: [(&str, Option<&str>, &str); 6] = [
    ("microbit", None, "release"),
    ("an385", None, "release"),
    ("an386", None, "release"),
    ("an386", Some(PROOF_TARGET), "release"),
    ("an386", Some(PROOF_TARGET), "checked"),
    ("an505", None, "release"),
];

/// Links all proofs, and prints the flash of the engine.
pub(crate) fn all() -> Result<()> {
    for line in report()? {
        println!("{line}");
    }
    Ok(())
}

/// A line per proof.
pub(crate) fn report() -> Result<Vec<String>> {
    PROOFS.iter().map(|&(name, target, profile)| one(board::find(name)?, target, profile)).collect()
}

fn one(board: &Board, target: Option<&str>, profile: &str) -> Result<String> {
    let images = link(board, target, profile)?;
    for image in &images {
        elf::image_is_clean(image)?;
    }
    let image = images.first().context("nothing was built")?;
    let Flash { code, .. } = Flash::of(image)?;
    let total = flash_without_weights(board, image)?;
    let target = target.unwrap_or(board.target);
    if target.starts_with("thumbv7em") && profile == "release" {
        ensure!(total <= MOST_FLASH, "the engine takes {total} bytes of flash on {target}");
    }
    Ok(format!("{target} {profile}: cannot panic; {total} bytes of flash, {code} of them code"))
}

/// Bytes of flash that an image takes beside the model of its board.
pub(crate) fn flash_without_weights(board: &Board, image: &Path) -> Result<u64> {
    let model = root().join(format!("models/{0}/{0}.rgd", board.model));
    let weights = std::fs::metadata(&model).with_context(|| format!("{}", model.display()))?.len();
    let flash = Flash::of(image)?;
    let constants = flash.constants.checked_sub(weights).context("the model is not in .rodata")?;
    Ok(flash.code + constants + flash.data)
}

/// First the firmware that only translates, whose flash counts; on the M4 also the one that does all.
fn link(board: &Board, target: Option<&str>, profile: &str) -> Result<Vec<PathBuf>> {
    let bins: &[&str] = if board.name == "an386" { &["proof", "proof_all"] } else { &["proof"] };
    let firmware = Firmware { profile, target, ..Firmware::release(bins, &["proof"]) };
    firmware.build(board).map_err(|error| match ways(board, target, profile) {
        Err(ways) => error.context(ways.to_string()),
        Ok(()) => error,
    })
}

/// An error that shows how the engine comes to panic, read from a firmware that does link.
fn ways(board: &Board, target: Option<&str>, profile: &str) -> Result<()> {
    let firmware = Firmware { profile, target, ..Firmware::release(&["translate"], &[]) };
    for image in firmware.build(board)? {
        elf::engine_is_clean(&image)?;
    }
    Ok(())
}
