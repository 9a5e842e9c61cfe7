//! The boards of `boards/boards.json`, and what their crates say of themselves.
//!
//! ```text
//! boards.json        name, core, folder, target, features, emulator, models of the demos
//! Cargo.toml         programs, and features: a board with `conformance` runs that suite, one with
//!   of the folder    `proof` links the proofs, one with `defmt` logs by it …                (parts.rs)
//! ```
//! A new board is a folder and an entry in that file; nothing here knows it by name.

use crate::cargo::root;
use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value;
use std::sync::OnceLock;

const TABLE: &str = "boards/boards.json";

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
#[derive(Clone, Debug)]
pub(crate) struct Demo {
    /// Its program.
    pub(crate) bin: String,
    /// The folder of its model in `models/`.
    pub(crate) model: String,
    /// What it reads.
    pub(crate) reads: Reads,
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

/// How a board is emulated.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Emulator {
    /// Program and machine.
    pub(crate) command: Vec<String>,
    /// Cargo features of a firmware that runs there.
    pub(crate) features: Vec<String>,
    /// How many times as long as QEMU it takes: only each so manyth input is compared.
    #[serde(default = "one")]
    pub(crate) patience: u32,
}

fn one() -> u32 {
    1
}

/// Where the models of `stored` lie: two banks, one behind the other.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Banks {
    /// The first address of bank 0.
    #[serde(deserialize_with = "hexadecimal")]
    pub(crate) base: usize,
    /// Bytes of each.
    pub(crate) bytes: usize,
}

fn hexadecimal<'de, D: serde::Deserializer<'de>>(from: D) -> Result<usize, D::Error> {
    let text = String::deserialize(from)?;
    let digits = text.strip_prefix("0x").unwrap_or_default();
    usize::from_str_radix(digits, 16).map_err(serde::de::Error::custom)
}

/// One board.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Board {
    /// What people call it.
    pub(crate) name: String,
    /// What its maker calls it.
    pub(crate) title: String,
    /// Its processor.
    pub(crate) core: String,
    /// What is done with it.
    pub(crate) status: Status,
    /// Its folder in `boards/`.
    pub(crate) folder: String,
    /// The compiler's name of its processor.
    pub(crate) target: String,
    /// Cargo features that choose it among the boards of its folder; without any, its default ones.
    pub(crate) features: Vec<String>,
    /// Flash for models apart from the firmware, if `stored` is built for it.
    pub(crate) banks: Option<Banks>,
    /// What emulates it.
    #[serde(default)]
    pub(crate) emulator: Emulator,
    /// Its conversations, with the models.
    #[serde(deserialize_with = "demos", rename = "programs")]
    pub(crate) demos: Vec<Demo>,
}

/// All of them.
pub(crate) fn all() -> Result<&'static [Board]> {
    static BOARDS: OnceLock<Vec<Board>> = OnceLock::new();
    if let Some(boards) = BOARDS.get() {
        return Ok(boards);
    }
    let read = read().context(TABLE)?;
    Ok(BOARDS.get_or_init(|| read))
}

fn read() -> Result<Vec<Board>> {
    #[derive(Deserialize)]
    struct Table {
        boards: Vec<Board>,
    }
    let table: Table = serde_json::from_str(&std::fs::read_to_string(root().join(TABLE))?)?;
    Ok(table.boards)
}

/// Translators first, then those that speak, then the others, in the order of their names.
fn demos<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<Demo>, D::Error> {
    let programs = serde_json::Map::deserialize(from)?;
    let demo = |(bin, model): (String, Value)| {
        let reads = match bin.trim_end_matches("_tiny") {
            "speak" => Reads::Words,
            "caption" => Reads::Pictures,
            _ => Reads::Sentences,
        };
        let model = model.as_str().ok_or_else(|| serde::de::Error::custom("no model"))?.to_owned();
        Ok(Demo { bin, model, reads })
    };
    let mut demos = programs.into_iter().map(demo).collect::<Result<Vec<_>, _>>()?;
    demos.sort_by_key(|demo| demo.reads as u8);
    Ok(demos)
}

/// The board of this name.
pub(crate) fn find(name: &str) -> Result<&'static Board> {
    let boards = all()?;
    let names: Vec<_> = boards.iter().map(|board| board.name.as_str()).collect();
    boards
        .iter()
        .find(|board| board.name == name)
        .with_context(|| format!("no board is called {name}; there are {}", names.join(", ")))
}

/// `cargo xtask boards --list`: a line each.
pub(crate) fn list() -> Result<String> {
    let line = |Board { name, core, status, title, .. }: &Board| {
        let status = match status {
            Status::Runs => "runs",
            Status::Builds => "builds",
        };
        format!("{name:<16} {core:<11} {status:<6}   {title}\n")
    };
    Ok(all()?.iter().map(line).collect())
}

impl Demo {
    /// The folder in `models/` whose `test.tsv`, or `test.png`, holds what it is tested with: that of
    /// its model, or of the large one of which its model is the small brother.
    pub(crate) fn data(&self) -> &str {
        let of = |folder: &str| root().join("models").join(folder);
        let own = ["test.tsv", "test.png"].iter().any(|file| of(&self.model).join(file).is_file());
        if own { &self.model } else { self.model.trim_end_matches("-tiny") }
    }

    /// The files that its firmware includes: the model, and pictures to describe.
    pub(crate) fn includes(&self) -> Vec<String> {
        let mut files = vec![format!("models/{0}/{0}.rgd", self.model)];
        if self.reads == Reads::Pictures {
            files.extend(["one", "two"].map(|name| format!("models/{}/{name}.rgb", self.data())));
        }
        files
    }
}

impl Board {
    /// The conversation of this name.
    pub(crate) fn demo(&self, bin: &str) -> Result<&Demo> {
        let names: Vec<_> = self.demos.iter().map(|demo| demo.bin.as_str()).collect();
        let names = names.join(" and ");
        let demo = self.demos.iter().find(|demo| demo.bin == bin);
        demo.with_context(|| format!("{} has no program {bin} to talk to, but {names}", self.name))
    }

    /// The program that emulates it, and what that is told.
    pub(crate) fn emulated(&self) -> Result<(&str, &[String])> {
        let (program, machine) =
            self.emulator.command.split_first().with_context(|| {
                format!("{} has no emulator: its firmware only builds", self.name)
            })?;
        Ok((program, machine))
    }

    /// Is another of the same folder and core ahead of it in the table? What tests the core is that one's.
    pub(crate) fn is_repeated(&self) -> Result<bool> {
        let ahead = all()?.iter().take_while(|board| board.name != self.name);
        let is_same = |board: &Board| board.folder == self.folder && board.core == self.core;
        Ok(ahead.into_iter().any(is_same))
    }

    /// Is its firmware run in an emulator?
    pub(crate) fn runs(&self) -> bool {
        self.status == Status::Runs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::PathBuf;

    /// A board is a crate called `board`, as all programs call it; the other folders are no boards.
    #[test]
    fn every_folder_is_in_the_table_and_every_board_has_a_folder() {
        let folders = root().join("boards").read_dir().unwrap().map(|entry| entry.unwrap().path());
        let is_board = |folder: &PathBuf| {
            let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
            manifest.contains("[lib]\nname = \"board\"\n")
        };
        let name = |folder: PathBuf| folder.file_name().unwrap().to_str().unwrap().to_owned();
        let found: BTreeSet<String> = folders.filter(is_board).map(name).collect();
        let known: BTreeSet<String> =
            all().unwrap().iter().map(|board| board.folder.clone()).collect();
        assert_eq!(found, known, "folders of boards, and those of {TABLE}");
    }

    #[test]
    fn what_runs_has_an_emulator_and_what_only_builds_has_none() {
        for board in all().unwrap() {
            assert_eq!(board.runs(), board.emulated().is_ok(), "{}", board.name);
        }
    }

    #[test]
    fn the_page_lists_the_boards_as_the_command_does() {
        let page = std::fs::read_to_string(root().join("boards/README.md")).unwrap();
        let list = list().unwrap();
        assert!(page.contains(&format!("```text\n{list}```")), "boards/README.md lacks\n{list}");
    }

    #[test]
    fn every_demo_has_a_model_and_something_to_be_tested_with() {
        for demo in all().unwrap().iter().flat_map(|board| &board.demos) {
            for file in demo.includes() {
                assert!(root().join(&file).is_file(), "{file}");
            }
            let data = root().join("models").join(demo.data());
            let test = if demo.reads == Reads::Pictures { "test.png" } else { "test.tsv" };
            assert!(data.join(test).is_file(), "{}/{test}", data.display());
        }
    }
}
