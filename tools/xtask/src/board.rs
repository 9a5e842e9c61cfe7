//! The boards that the emulator knows.

use anyhow::{Context, Result};

/// What a conversation reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reads {
    /// Sentences of words.
    Sentences,
    /// Words of letters.
    Words,
    /// Pictures.
    Pictures,
}

/// A conversation that a board can have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Demo {
    /// Its program.
    pub(crate) bin: &'static str,
    /// The folder of its model in `models/`.
    pub(crate) model: &'static str,
    /// The folder whose `test.tsv`, or `test.png`, holds what it is tested with.
    pub(crate) data: &'static str,
    /// What it reads.
    pub(crate) reads: Reads,
}

const fn translate(model: &'static str) -> Demo {
    Demo { bin: "translate", model, data: model, reads: Reads::Sentences }
}

const fn speak(model: &'static str) -> Demo {
    Demo { bin: "speak", model, data: "g2p", reads: Reads::Words }
}

const CAPTION: Demo =
    Demo { bin: "caption", model: "scenes", data: "scenes", reads: Reads::Pictures };

const ACT: Demo = Demo { bin: "act", model: "act", data: "act", reads: Reads::Sentences };

/// One board.
#[derive(Clone, Copy, Debug)]
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
    /// The program that emulates it.
    pub(crate) emulator: &'static str,
    /// The emulator's name of it, and what else it is told.
    pub(crate) machine: &'static [&'static str],
    /// Its conversations.
    pub(crate) demos: &'static [Demo],
    /// Does its self-test log by defmt?
    pub(crate) logs: bool,
    /// Has it the programs of the proof?
    pub(crate) proves: bool,
    /// Has it room for the models of `tests/golden`?
    pub(crate) goldens: bool,
}

/// All of them.
pub(crate) const BOARDS: [Board; 7] = [
    Board {
        name: "microbit",
        core: "Cortex-M0",
        folder: "microbit",
        target: "thumbv6m-none-eabi",
        features: &["emulator"],
        emulator: ARM,
        machine: &["microbit"],
        demos: &[translate("eng-fra-tiny"), speak("g2p-tiny"), ACT],
        logs: false,
        proves: true,
        goldens: false,
    },
    mps2("an385", "Cortex-M3", "thumbv7m-none-eabi", &["mps2-an385"], &["an385"]),
    Board {
        demos: &[translate("eng-fra"), speak("g2p"), CAPTION, ACT],
        ..mps2("an386", "Cortex-M4F", "thumbv7em-none-eabihf", &["mps2-an386"], &["an386"])
    },
    mps2("an500", "Cortex-M7", "thumbv7em-none-eabihf", &["mps2-an500"], &["an500"]),
    mps2("an505", "Cortex-M33", "thumbv8m.main-none-eabihf", &["mps2-an505"], &["an505"]),
    mps2("an547", "Cortex-M55", "thumbv8m.main-none-eabihf", &["mps3-an547"], &["an547"]),
    Board {
        name: "rv32",
        core: "RV32IMAC",
        folder: "qemu-riscv32",
        target: "riscv32imac-unknown-none-elf",
        features: &[],
        emulator: RISCV,
        machine: &["virt", "-bios", "none"],
        demos: LARGE,
        logs: false,
        proves: false,
        goldens: true,
    },
];

/// The demos of boards with room for the large models.
const LARGE: &[Demo] = &[translate("eng-fra"), speak("g2p"), CAPTION];

/// The emulators of all boards.
pub(crate) const ARM: &str = "qemu-system-arm";
pub(crate) const RISCV: &str = "qemu-system-riscv32";

const fn mps2(
    name: &'static str,
    core: &'static str,
    target: &'static str,
    machine: &'static [&'static str],
    features: &'static [&'static str],
) -> Board {
    let (folder, emulator, demos) = ("qemu-mps2", ARM, LARGE);
    Board {
        name,
        core,
        folder,
        target,
        features,
        emulator,
        machine,
        demos,
        logs: true,
        proves: true,
        goldens: true,
    }
}

/// The board of this name.
pub(crate) fn find(name: &str) -> Result<&'static Board> {
    let names: Vec<_> = BOARDS.iter().map(|board| board.name).collect();
    BOARDS
        .iter()
        .find(|board| board.name == name)
        .with_context(|| format!("no board is called {name}; there are {}", names.join(", ")))
}

impl Demo {
    /// The files that its firmware includes: the model, and pictures to describe.
    pub(crate) fn includes(&self) -> Vec<String> {
        let mut files = vec![format!("models/{0}/{0}.rgd", self.model)];
        if self.reads == Reads::Pictures {
            files.extend(["one", "two"].map(|name| format!("models/{}/{name}.rgb", self.data)));
        }
        files
    }
}

impl Board {
    /// The conversation of this name.
    pub(crate) fn demo(&self, bin: &str) -> Result<&Demo> {
        let names: Vec<_> = self.demos.iter().map(|demo| demo.bin).collect();
        let names = names.join(" and ");
        let demo = self.demos.iter().find(|demo| demo.bin == bin);
        demo.with_context(|| format!("{} has no program {bin} to talk to, but {names}", self.name))
    }
}
