//! Tells the linker to follow the script of esp-hal, which has the memory of the chip.
//!
//! ```text
//! DROM  weights, constants: flash, through the cache      IROM  code: the same
//! DRAM  statics, the arena, and above them the stack, down to a word that must not change
//! ```

fn main() {
    println!("cargo::rustc-link-arg=-Tlinkall.x");
    println!("cargo::rerun-if-changed=build.rs");
}
