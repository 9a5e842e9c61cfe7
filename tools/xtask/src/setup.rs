//! What a new machine lacks: formatter and lints, the compiler's targets, the emulator; Debian's
//! packages.

use crate::board;
use crate::targets::TARGETS;
use anyhow::{Result, bail};
use std::collections::BTreeSet;
use std::process::{Command, Stdio};

/// The emulators, and the Debian packages that have them.
const EMULATORS: [(&str, &str); 2] =
    [("qemu-system-arm", "qemu-system-arm"), ("qemu-system-riscv32", "qemu-system-misc")];
/// For the proof: without floating-point registers every float is a call, and calls have names.
pub(crate) const PROOF_TARGET: &str = "thumbv7em-none-eabi";

/// Components, targets and emulators.
pub(crate) fn all() -> Result<()> {
    let is_missing = |tool: &&str| !succeeds("cargo", &[tool, "--version"]);
    let missing: Vec<&str> = ["fmt", "clippy"].into_iter().filter(is_missing).collect();
    rustup("component", &missing.join(" ").replace("fmt", "rustfmt"))?;
    targets()?;
    emulators()
}

/// `rustup WHAT add NAMES`, if there are names.
fn rustup(what: &str, names: &str) -> Result<()> {
    if names.is_empty() {
        return Ok(());
    }
    let command = format!("rustup {what} add {names}");
    println!("{command}");
    let added = Command::new("rustup").args([what, "add"]).args(names.split(' ')).status();
    if !added.is_ok_and(|status| status.success()) {
        bail!("the compiler lacks a {what}; this command adds it:\n  {command}");
    }
    Ok(())
}

/// Adds the targets that are missing.
pub(crate) fn targets() -> Result<()> {
    let mut wanted: BTreeSet<&str> =
        board::all()?.iter().map(|board| board.target.as_str()).collect();
    wanted.extend(TARGETS);
    wanted.insert(PROOF_TARGET);
    let missing: Vec<&str> = wanted.into_iter().filter(|target| !has_target(target)).collect();
    rustup("target", &missing.join(" "))
}

/// Does the compiler have the core library of this target?
fn has_target(target: &str) -> bool {
    let mut command = Command::new("rustc");
    command.args(["--print", "target-libdir", "--target", target]);
    let Ok(output) = command.output() else { return false };
    std::path::Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir()
}

/// The emulators that are not there, with their packages.
fn missing_emulators() -> (Vec<&'static str>, String) {
    let missing = EMULATORS.into_iter().filter(|(program, _)| !succeeds(program, &["--version"]));
    let (programs, packages): (Vec<_>, Vec<_>) = missing.unzip();
    (programs, packages.join(" "))
}

/// Installs the emulators that are missing if this user may.
fn emulators() -> Result<()> {
    let (missing, packages) = missing_emulators();
    if missing.is_empty() {
        return Ok(());
    }
    let install = apt_get(&packages);
    let (missing, _) = missing_emulators();
    if !missing.is_empty() {
        bail!(
            "the emulator {} is missing; this command installs it on Debian and Ubuntu:\n  \
             sudo sh -c '{install}'\n(macOS: brew install qemu)",
            missing.join(", ")
        );
    }
    Ok(())
}

/// Tries to install Debian packages, if this user may; the command that does, for people.
pub(crate) fn apt_get(packages: &str) -> String {
    let install =
        format!("apt-get update && apt-get install -y --no-install-recommends {packages}");
    let sudo = if succeeds("sudo", &["-n", "true"]) { "sudo -n " } else { "" };
    let root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n");
    if succeeds("apt-get", &["--version"]) && (root || !sudo.is_empty()) {
        println!("{sudo}sh -c '{install}'");
        let shell = format!("{}sh -c '{install}'", if root { "" } else { sudo });
        _ = Command::new("sh")
            .args(["-c", &shell])
            .env("DEBIAN_FRONTEND", "noninteractive")
            .status();
    }
    install
}

pub(crate) fn succeeds(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
