//! Writes `memory.x`, and tells the linker where it is.
//!
//! ```text
//! FLASH  vectors, code, weights
//! STACK  grows down: what overflows it faults at once, for below it there is nothing
//! RAM    statics, the arena
//! ```
//! On a board both lie in the 64 KB of core-coupled memory, which nothing but the core can reach or slow
//! down (RM0090, "Embedded SRAM"); the 128 KB at 0x20000000 stay free. QEMU does not have it.

use std::{env, fs, path::PathBuf};

/// Start and size of the memory for both, in bytes.
const COUPLED: (u32, u32) = (0x1000_0000, 64 * 1024);
const EMULATED: (u32, u32) = (0x2000_0000, 128 * 1024);
/// Twice what a model needs, and enough for the suite.
const STACK: u32 = 8 * 1024;

fn main() {
    let emulated = env::var_os("CARGO_FEATURE_QEMU").is_some();
    let (start, size) = if emulated { EMULATED } else { COUPLED };
    let memory = format!(
        "MEMORY\n{{\n  FLASH : ORIGIN = 0x08000000, LENGTH = 1024K\n  \
         STACK : ORIGIN = {start:#010x}, LENGTH = {STACK}\n  \
         RAM : ORIGIN = {:#010x}, LENGTH = {}\n}}\n\
         _stack_start = ORIGIN(STACK) + LENGTH(STACK);\n_stack_end = ORIGIN(STACK);\n",
        start + STACK,
        size - STACK,
    );
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    fs::write(out.join("memory.x"), memory).expect("OUT_DIR can be written");
    println!("cargo::rustc-link-search={}", out.display());
    println!("cargo::rustc-link-arg=--nmagic");
    println!("cargo::rustc-link-arg=-Tlink.x");
    println!("cargo::rerun-if-changed=build.rs");
}
