//! Writes `memory.x`, and tells the linker where it is.
//!
//! ```text
//! FLASH  vectors, code, weights        nRF51822 QFAA: 256 KB, and 16 KB of RAM
//! STACK  grows down: what overflows it faults at once, for below it there is nothing
//! RAM    statics, the arena
//! ```
//! With feature `banks` the weights have flash of their own:
//!
//! ```text
//! 0 ─ FLASH, 72 KB ─ 0x12000 ─ BANK_0, 92 KB ─ 0x29000 ─ BANK_1, 92 KB ─ 0x40000
//! ```

use std::{env, fs, path::PathBuf};

const RAM: u32 = 16 * 1024;
/// What a model needs; what the suites need, for their matrices.
const STACK: u32 = 5 * 1024;
const STACK_OF_BENCH: u32 = 7 * 1024;
const STACK_OF_CONFORMANCE: u32 = 9 * 1024;
/// What checking a model takes that the compiler has not seen.
const STACK_OF_BANKS: u32 = 9 * 1024;

/// Where code, and the weights of most programs, lie; or code and banks.
const FLASH: &str = "  FLASH : ORIGIN = 0x00000000, LENGTH = 256K\n";
const FLASH_AND_BANKS: &str = "  FLASH : ORIGIN = 0x00000000, LENGTH = 72K
  BANK_0 : ORIGIN = 0x00012000, LENGTH = 92K
  BANK_1 : ORIGIN = 0x00029000, LENGTH = 92K\n";
/// What `app::banks::InPlace::of_firmware` asks for.
const BANKS: &str = "_bank_0 = ORIGIN(BANK_0);
_bank_1 = ORIGIN(BANK_1);
_bank_bytes = LENGTH(BANK_0);\n";

fn main() {
    let has = |feature: &str| env::var_os(format!("CARGO_FEATURE_{feature}")).is_some();
    let stack = match () {
        () if has("CONFORMANCE") => STACK_OF_CONFORMANCE,
        () if has("BANKS") => STACK_OF_BANKS,
        () if has("BENCH") => STACK_OF_BENCH,
        () => STACK,
    };
    let (flash, banks) = if has("BANKS") { (FLASH_AND_BANKS, BANKS) } else { (FLASH, "") };
    let memory = format!(
        "MEMORY\n{{\n{flash}  \
         STACK : ORIGIN = 0x20000000, LENGTH = {stack}\n  \
         RAM : ORIGIN = {:#010x}, LENGTH = {}\n}}\n\
         _stack_start = ORIGIN(STACK) + LENGTH(STACK);\n_stack_end = ORIGIN(STACK);\n{banks}",
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
