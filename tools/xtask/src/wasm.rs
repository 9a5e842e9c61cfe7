//! The conformance suite in a WebAssembly engine, Node.js, where it is installed: with SIMD, and by
//! `portable`.

use crate::cargo::{cargo, lines, target_dir};
use anyhow::{Context, Result, ensure};
use std::process::Command;

const FOLDER: &str = "tools/wasm";
const TARGET: &str = "wasm32-unknown-unknown";

/// Arguments that choose the kernel, and its name.
const KERNELS: [(&[&str], &str); 2] = [(&[], "wasm32"), (&["--no-default-features"], "portable")];

/// Builds the module for each kernel, and runs it if there is an engine.
pub(crate) fn conformance() -> Result<Vec<String>> {
    KERNELS.iter().map(|(arguments, kernel)| one(arguments, kernel)).collect()
}

fn one(arguments: &[&str], kernel: &str) -> Result<String> {
    let target_dir = target_dir().join("wasm");
    let mut build = cargo(FOLDER, &["build", "--locked", "--quiet", "--release"]);
    build.args(["--target", TARGET]).args(arguments).arg("--target-dir").arg(&target_dir);
    crate::cargo::run(&mut build)?;
    let module = target_dir.join(TARGET).join("release/wasm.wasm");
    if Command::new("node").arg("--version").output().is_err() {
        return Ok(format!("{kernel}: built, and not run: there is no node"));
    }
    let script = crate::cargo::root().join(FOLDER).join("conformance.mjs");
    let said = lines(Command::new("node").arg(script).arg(&module), false)?;
    let line = said.first().context("the suite said nothing")?;
    ensure!(line.starts_with("conformance equal kernels="), "the suite said: {line}");
    ensure!(line.ends_with(&format!(" {kernel} wasm32")), "not the kernel {kernel}: {line}");
    Ok(line.clone())
}
