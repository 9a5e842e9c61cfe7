//! The boards that the emulator knows.

use anyhow::{Context, Result};

/// One board.
#[derive(Debug)]
pub(crate) struct Board {
    /// What people call it.
    pub(crate) name: &'static str,
    /// Its processor.
    pub(crate) core: &'static str,
    /// Its folder in `boards/`.
    pub(crate) folder: &'static str,
    /// The compiler's name of its processor.
    pub(crate) target: &'static str,
    /// Cargo features of its firmware.
    pub(crate) features: &'static [&'static str],
    /// The emulator's name of it.
    pub(crate) machine: &'static str,
    /// The folder of its model in `models/`.
    pub(crate) model: &'static str,
    /// Does its self-test log by defmt?
    pub(crate) logs: bool,
}

/// All of them.
pub(crate) const BOARDS: [Board; 5] = [
    Board {
        name: "microbit",
        core: "Cortex-M0",
        folder: "microbit",
        target: "thumbv6m-none-eabi",
        features: &["emulator"],
        machine: "microbit",
        model: "eng-fra-tiny",
        logs: false,
    },
    mps2("an385", "Cortex-M3", "thumbv7m-none-eabi", "mps2-an385", &["an385"]),
    mps2("an386", "Cortex-M4F", "thumbv7em-none-eabihf", "mps2-an386", &["an386"]),
    mps2("an500", "Cortex-M7", "thumbv7em-none-eabihf", "mps2-an500", &["an500"]),
    mps2("an505", "Cortex-M33", "thumbv8m.main-none-eabihf", "mps2-an505", &["an505"]),
];

const fn mps2(
    name: &'static str,
    core: &'static str,
    target: &'static str,
    machine: &'static str,
    features: &'static [&'static str],
) -> Board {
    let (folder, model) = ("qemu-mps2", "eng-fra");
    Board { name, core, folder, target, features, machine, model, logs: true }
}

/// The board of this name.
pub(crate) fn find(name: &str) -> Result<&'static Board> {
    let names: Vec<_> = BOARDS.iter().map(|board| board.name).collect();
    BOARDS
        .iter()
        .find(|board| board.name == name)
        .with_context(|| format!("no board is called {name}; there are {}", names.join(", ")))
}
