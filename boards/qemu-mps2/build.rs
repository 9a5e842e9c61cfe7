//! Writes `memory.x` for the board chosen by feature, and tells the linker.
//!
//! ```text
//! FLASH  vectors, code, weights        STACK  grows down: what overflows it faults at once,
//! RAM    statics, the arena                   for below it there is nothing
//! ```
//! The board of the M4 has no more RAM here than many a microcontroller with that core: what does not
//! fit does not link. The board of the M55 starts from its tightly coupled memory, which has no room for
//! the weights: two words there lead to the flash on its serial bus, 8 MB, and RAM is the data memory.

use std::{env, fs, path::PathBuf};

const STACK: u32 = 16 * 1024;
const SIZE: u32 = 4 * 1024 * 1024;
/// Stack and statics on an386, and on an547.
const SMALL: u32 = 192 * 1024;
const COUPLED: u32 = 512 * 1024;

/// What an547 reads when it starts, in front of the vector table that `set-vtor` then chooses.
const START: &str = "MEMORY { ITCM : ORIGIN = 0x10000000, LENGTH = 512K }
SECTIONS { .start : { LONG(_stack_start); LONG(Reset); } > ITCM }
";

fn main() {
    let is = |board: &str| env::var_os(format!("CARGO_FEATURE_{board}")).is_some();
    let (flash, ram, size) = match () {
        () if is("AN547") => (0x3800_0000, 0x3000_0000, COUPLED),
        () if is("AN505") => (0x1000_0000, 0x3800_0000, SIZE),
        () if is("AN386") => (0, 0x2000_0000, SMALL),
        () => (0, 0x2000_0000, SIZE),
    };
    let start = if is("AN547") { START } else { "" };
    let memory = format!(
        "MEMORY\n{{\n  FLASH : ORIGIN = {flash:#010x}, LENGTH = {SIZE}\n  \
         STACK : ORIGIN = {ram:#010x}, LENGTH = {STACK}\n  \
         RAM : ORIGIN = {:#010x}, LENGTH = {}\n}}\n\
         _stack_start = ORIGIN(STACK) + LENGTH(STACK);\n_stack_end = ORIGIN(STACK);\n{start}",
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
