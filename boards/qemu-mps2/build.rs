//! Writes `memory.x` for the board chosen by feature, and tells the linker.
//!
//! ```text
//! FLASH  vectors, code, weights        STACK  grows down: what overflows it faults at once,
//! RAM    statics, the arena                   for below it there is nothing
//! ```
//! The board of the M4 has no more RAM here than many a microcontroller with that core: what does not
//! fit does not link.

use std::{env, fs, path::PathBuf};

const STACK: u32 = 16 * 1024;
const SIZE: u32 = 4 * 1024 * 1024;
/// Stack and statics on an386.
const SMALL: u32 = 192 * 1024;

fn main() {
    let secure = env::var_os("CARGO_FEATURE_AN505").is_some();
    let (flash, ram) = if secure { (0x1000_0000, 0x3800_0000) } else { (0, 0x2000_0000) };
    let size = if env::var_os("CARGO_FEATURE_AN386").is_some() { SMALL } else { SIZE };
    let memory = format!(
        "MEMORY\n{{\n  FLASH : ORIGIN = {flash:#010x}, LENGTH = {SIZE}\n  \
         STACK : ORIGIN = {ram:#010x}, LENGTH = {STACK}\n  \
         RAM : ORIGIN = {:#010x}, LENGTH = {}\n}}\n\
         _stack_start = ORIGIN(STACK) + LENGTH(STACK);\n_stack_end = ORIGIN(STACK);\n",
        ram + STACK,
        size - STACK,
    );
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    fs::write(out.join("memory.x"), memory).expect("OUT_DIR can be written");
    println!("cargo::rustc-link-search={}", out.display());
    println!("cargo::rustc-link-arg=--nmagic");
    println!("cargo::rustc-link-arg=-Tlink.x");
    if env::var_os("CARGO_FEATURE_DEFMT").is_some() {
        println!("cargo::rustc-link-arg=-Tdefmt.x");
    }
    println!("cargo::rerun-if-changed=build.rs");
}
