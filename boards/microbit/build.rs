//! Writes `memory.x`, and tells the linker where it is.
//!
//! ```text
//! FLASH  vectors, code, weights        nRF51822 QFAA: 256 KB, and 16 KB of RAM
//! STACK  grows down: what overflows it faults at once, for below it there is nothing
//! RAM    statics, the arena
//! ```

use std::{env, fs, path::PathBuf};

const RAM: u32 = 16 * 1024;
/// What a model needs.
const STACK: u32 = 5 * 1024;
/// What suites of tests need, for their matrices.
const STACK_OF_SUITES: u32 = 8 * 1024;

fn main() {
    let suites = env::var_os("CARGO_FEATURE_SUITES").is_some();
    let stack = if suites { STACK_OF_SUITES } else { STACK };
    let memory = format!(
        "MEMORY\n{{\n  FLASH : ORIGIN = 0x00000000, LENGTH = 256K\n  \
         STACK : ORIGIN = 0x20000000, LENGTH = {stack}\n  \
         RAM : ORIGIN = {:#010x}, LENGTH = {}\n}}\n\
         _stack_start = ORIGIN(STACK) + LENGTH(STACK);\n_stack_end = ORIGIN(STACK);\n",
        0x2000_0000 + stack,
        RAM - stack,
    );
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    fs::write(out.join("memory.x"), memory).expect("OUT_DIR can be written");
    println!("cargo::rustc-link-search={}", out.display());
    println!("cargo::rustc-link-arg=--nmagic");
    println!("cargo::rustc-link-arg=-Tlink.x");
    println!("cargo::rerun-if-changed=build.rs");
}
