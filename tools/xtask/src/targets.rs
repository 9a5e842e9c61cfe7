//! The engine builds without std, for every kind of core and with its features.

use crate::cargo;
use anyhow::Result;

/// One target for each kind of core.
pub(crate) const TARGETS: [&str; 6] = [
    "thumbv6m-none-eabi",
    "thumbv7m-none-eabi",
    "thumbv7em-none-eabihf",
    "thumbv8m.main-none-eabihf",
    "riscv32imac-unknown-none-elf",
    "wasm32-unknown-unknown",
];

const FEATURES: [&str; 5] =
    ["", "defmt", "libm", "micromath,far-flash,int4,bytes,variants", "cortex-m3,cortex-m7"];

/// Checks every target with every set of features.
pub(crate) fn check() -> Result<String> {
    for target in TARGETS {
        for features in FEATURES {
            let arguments =
                ["check", "--quiet", "-p", "regard", "--target", target, "--features", features];
            cargo::run(cargo::cargo(".", &arguments).env("RUSTFLAGS", "-D warnings"))?;
        }
    }
    Ok(format!("{} targets × {} feature sets", TARGETS.len(), FEATURES.len()))
}
