//! Writes the linker script of the chip, with imxrt-rt, and tells the linker.
//!
//! ```text
//! ITCM   0x0000_0000  192 KB  code, copied at reset
//! DTCM   0x2000_0000  320 KB  the stack (below it there is nothing), vectors, statics, the arena
//! FLASH  0x6000_0000 1984 KB  weights, constants: read in place, through the cache
//! ```
//! Left to itself imxrt-rt copies constants to OCRAM, 512 KB: a model of 622 KB would not fit.
//! Limit: the chip has 2 MB, of which PJRC keeps the last 64 KB for what restores the board.

use imxrt_rt::{Family, FlexRamBanks, Memory, RuntimeBuilder};

fn main() {
    RuntimeBuilder::from_flexspi(Family::Imxrt1060, 1984 * 1024)
        .flexram_banks(FlexRamBanks { ocram: 0, itcm: 6, dtcm: 10 })
        .rodata(Memory::Flash)
        .stack(Memory::Dtcm)
        .stack_size(16 * 1024)
        .data(Memory::Dtcm)
        .bss(Memory::Dtcm)
        .linker_script_name("imxrt.x")
        .build()
        .expect("the chip has this memory");
    println!("cargo::rustc-link-arg=-Timxrt.x");
    // What `cortex-m-rt` calls it.
    println!("cargo::rustc-link-arg=--defsym=_stack_end=__estack");
    println!("cargo::rerun-if-changed=build.rs");
}
