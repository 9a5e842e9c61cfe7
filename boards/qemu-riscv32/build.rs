//! Writes `memory.x` for the machine chosen by feature, and tells the linker where it is.
//!
//! ```text
//!        virt                     sifive_e: a HiFive1 rev A, FE310-G000
//! FLASH  8 MB of its RAM          12 MB behind its SPI port, read in place: code, weights
//! STACK  64 KB behind RAM         5 KB: what overflows it faults, for below it there is nothing
//! RAM    4 MB                     11 KB: statics, the arena
//! ```
//! Sources: QEMU's `hw/riscv/virt.c`; FE310-G000 manual, chapter 4. Above 16 MB QEMU has something of its
//! own in the RAM of `virt`.

use std::{env, fs, path::PathBuf};

const VIRT: &str = "\
  FLASH : ORIGIN = 0x80000000, LENGTH = 8M
  RAM : ORIGIN = 0x80800000, LENGTH = 4M
  STACK : ORIGIN = 0x80C00000, LENGTH = 64K
";

const SIFIVE_E: &str = "\
  FLASH : ORIGIN = 0x20400000, LENGTH = 12M
  STACK : ORIGIN = 0x80000000, LENGTH = 5K
  RAM : ORIGIN = 0x80001400, LENGTH = 11K
";

/// The names by which `riscv-rt` knows them.
const ALIASES: &str = "\
REGION_ALIAS(\"REGION_TEXT\", FLASH);
REGION_ALIAS(\"REGION_RODATA\", FLASH);
REGION_ALIAS(\"REGION_DATA\", RAM);
REGION_ALIAS(\"REGION_BSS\", RAM);
REGION_ALIAS(\"REGION_HEAP\", RAM);
REGION_ALIAS(\"REGION_STACK\", STACK);
_stack_end = ORIGIN(STACK);
";

fn main() {
    let small = env::var_os("CARGO_FEATURE_SIFIVE_E").is_some();
    let regions = if small { SIFIVE_E } else { VIRT };
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    let memory = format!("MEMORY\n{{\n{regions}}}\n{ALIASES}");
    fs::write(out.join("memory.x"), memory).expect("OUT_DIR can be written");
    println!("cargo::rustc-link-search={}", out.display());
    println!("cargo::rustc-link-arg=-Tmemory.x");
    println!("cargo::rustc-link-arg=-Tlink.x");
    println!("cargo::rerun-if-changed=build.rs");
}
