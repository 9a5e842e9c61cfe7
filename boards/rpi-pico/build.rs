//! Writes `memory.x`, and tells the linker where it is.
//!
//! ```text
//! BOOT2  the second stage of the boot loader: 256 bytes that make the flash readable in place
//! FLASH  vectors, code, weights        Raspberry Pi Pico: 2 MB on a QSPI bus
//! STACK  grows down: what overflows it faults at once, for below it there is nothing
//! RAM    statics, the arena            264 KB in all
//! ```

use std::{env, fs, path::PathBuf};

const MEMORY: &str = "\
MEMORY
{
  BOOT2 : ORIGIN = 0x10000000, LENGTH = 0x100
  FLASH : ORIGIN = 0x10000100, LENGTH = 2048K - 0x100
  STACK : ORIGIN = 0x20000000, LENGTH = 16K
  RAM : ORIGIN = 0x20004000, LENGTH = 248K
}
_stack_start = ORIGIN(STACK) + LENGTH(STACK);
_stack_end = ORIGIN(STACK);
SECTIONS
{
  .boot2 ORIGIN(BOOT2) : { KEEP(*(.boot2)); } > BOOT2
}
INSERT BEFORE .vector_table;
";

fn main() {
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    fs::write(out.join("memory.x"), MEMORY).expect("OUT_DIR can be written");
    println!("cargo::rustc-link-search={}", out.display());
    println!("cargo::rustc-link-arg=--nmagic");
    println!("cargo::rustc-link-arg=-Tlink.x");
    println!("cargo::rerun-if-changed=build.rs");
}
