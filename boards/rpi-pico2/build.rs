//! Writes `memory.x`, and tells the linker where it is.
//!
//! ```text
//! FLASH  0x1000_0000  vectors (M33) or the reset code (Hazard3), then the block that the boot ROM
//!                     looks for in the first 4 KB, code, weights: read in place
//! STACK  0x2000_0000  grows down: what overflows it faults at once, for below it there is no RAM
//! RAM    0x2000_4000  statics, the arena
//! ```
//! Source: RP2350 datasheet, 2.2 (addresses) and 5.9 (the block). Limit: the two banks of 4 KB behind
//! RAM, where each core can have a stack of its own, stay unused.

use std::{env, fs, path::PathBuf};

const MEMORY: &str = "\
MEMORY
{
  FLASH : ORIGIN = 0x10000000, LENGTH = 4096K
  STACK : ORIGIN = 0x20000000, LENGTH = 16K
  RAM : ORIGIN = 0x20004000, LENGTH = 496K
}
_stack_start = ORIGIN(STACK) + LENGTH(STACK);
_stack_end = ORIGIN(STACK);
";

/// `cortex-m-rt` puts the vectors first; the block comes between them and the code.
const ARM: &str = "\
SECTIONS
{
  .start_block : ALIGN(4) { KEEP(*(.start_block)); } > FLASH
}
INSERT AFTER .vector_table;
_stext = ADDR(.start_block) + SIZEOF(.start_block);
";

/// The names by which `riscv-rt` knows the regions. Its script puts the section `.init.rust`, where
/// the block lies here, right behind the reset code. `device.x` of rp235x-pac names the interrupts.
const HAZARD3: &str = "\
REGION_ALIAS(\"REGION_TEXT\", FLASH);
REGION_ALIAS(\"REGION_RODATA\", FLASH);
REGION_ALIAS(\"REGION_DATA\", RAM);
REGION_ALIAS(\"REGION_BSS\", RAM);
REGION_ALIAS(\"REGION_HEAP\", RAM);
REGION_ALIAS(\"REGION_STACK\", STACK);
INCLUDE device.x
";

fn main() {
    let arm = env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "arm");
    let memory = [MEMORY, if arm { ARM } else { HAZARD3 }].concat();
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    fs::write(out.join("memory.x"), memory).expect("OUT_DIR can be written");
    println!("cargo::rustc-link-search={}", out.display());
    println!("cargo::rustc-link-arg=--nmagic");
    if !arm {
        println!("cargo::rustc-link-arg=-Tmemory.x");
    }
    println!("cargo::rustc-link-arg=-Tlink.x");
    println!("cargo::rerun-if-changed=build.rs");
}
