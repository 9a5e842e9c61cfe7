//! Tells the linker which `memory.x` to take: in `banks/` models have flash of their own, in `whole/`
//! they lie beside the code.

use std::env;

fn main() {
    let folder = env::var("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR");
    let has_banks = env::var_os("CARGO_FEATURE_BANKS").is_some();
    let layout = if has_banks { "banks" } else { "whole" };
    println!("cargo::rustc-link-search={folder}/{layout}");
    println!("cargo::rustc-link-arg=--nmagic");
    println!("cargo::rustc-link-arg=-Tlink.x");
    println!("cargo::rerun-if-changed={layout}/memory.x");
}
