//! The boards of `boards/boards.json`, as they were when this command was built.
//!
//! ```text
//! boards.json ─┬─ inspect   which boards a model fits       (fit.rs)
//!              └─ new       a firmware for one of them
//! ```
//! Limits: sizes are those that a linker script gives out; nobody has asked a real board.

mod fit;

pub(crate) use fit::{Fit, Needs};

use serde::{Deserialize, Deserializer, de::Error as _};

/// The one truth, in the project's folder of boards.
const TABLE: &str = include_str!("../../../../boards/boards.json");

/// All boards, and what a firmware takes beside its model.
#[derive(Debug, Deserialize)]
pub(crate) struct Table {
    /// Flash of the demo, weights apart, with a HAL.
    pub(crate) firmware_bytes: usize,
    /// RAM of statics beside the arena.
    pub(crate) statics_bytes: usize,
    /// In the order that people read them.
    pub(crate) boards: Vec<Board>,
}

/// One board. Its demos, which are in the table too, are of no concern here.
#[derive(Debug, Deserialize)]
pub(crate) struct Board {
    /// What people call it.
    pub(crate) name: String,
    /// What its maker calls it.
    pub(crate) title: String,
    /// Its processor.
    pub(crate) core: String,
    /// What the project does with it.
    pub(crate) status: Status,
    /// The family of its UF2 files, if its boot loader takes such.
    pub(crate) uf2: Option<String>,
    /// Its folder in `boards/`.
    pub(crate) folder: String,
    /// The compiler's name of its processor.
    pub(crate) target: String,
    /// Cargo features that choose it among the boards of its folder.
    pub(crate) features: Vec<String>,
    /// Features of the engine that its firmware has.
    pub(crate) engine: Vec<String>,
    /// What code and weights lie in.
    pub(crate) flash: Region,
    /// What stack, statics and arena lie in.
    pub(crate) ram: Region,
    /// The stack's part of it.
    pub(crate) stack_bytes: usize,
    /// What emulates it, if that is a command.
    pub(crate) emulator: Option<Emulator>,
}

/// What the project does with a board.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    /// Its firmware runs, emulated, for each commit.
    Runs,
    /// Its firmware is built for each commit.
    Builds,
}

/// A piece of the address space.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Region {
    /// Its first address.
    #[serde(deserialize_with = "hexadecimal")]
    pub(crate) base: u32,
    /// Its size.
    pub(crate) bytes: usize,
}

/// How a board is emulated, as far as people who run it must know.
#[derive(Debug, Deserialize)]
pub(crate) struct Emulator {
    /// Program and machine.
    pub(crate) command: Vec<String>,
    /// Cargo features of a firmware that runs there.
    pub(crate) features: Vec<String>,
}

/// The table.
pub(crate) fn table() -> Table {
    serde_json::from_str(TABLE).expect("a test reads this constant")
}

fn hexadecimal<'de, D: Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
    let text = <&str>::deserialize(from)?;
    let digits = text.strip_prefix("0x").ok_or_else(|| D::Error::custom("0x is missing"))?;
    u32::from_str_radix(digits, 16).map_err(D::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::Path;

    #[test]
    fn every_board_has_a_name_of_its_own_and_sizes_that_are_possible() {
        let table = table();
        let names: BTreeSet<&str> = table.boards.iter().map(|board| &*board.name).collect();
        assert_eq!(names.len(), table.boards.len());
        for board in &table.boards {
            let name = &board.name;
            assert!(board.stack_bytes + table.statics_bytes < board.ram.bytes, "{name}");
            assert!(table.firmware_bytes < board.flash.bytes, "{name}");
            for region in [board.flash, board.ram] {
                assert!(u32::try_from(region.bytes).is_ok_and(|bytes| {
                    region.base.checked_add(bytes).is_some() && bytes % 16 == 0
                }));
            }
        }
    }

    #[test]
    fn every_folder_of_a_board_is_in_the_table() {
        let boards = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../boards");
        let table = table();
        let mut seen = 0;
        for entry in boards.read_dir().expect("there") {
            let folder = entry.expect("readable").path();
            let config = folder.join(".cargo/config.toml");
            let name = folder.file_name().expect("named").to_string_lossy().into_owned();
            if config.exists() && name != "peers" {
                assert!(table.boards.iter().any(|board| board.folder == name), "{name}");
                seen += 1;
            }
        }
        assert!(seen >= 3, "{seen}");
    }
}
