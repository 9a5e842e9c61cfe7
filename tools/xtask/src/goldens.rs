//! The models that Keras, PyTorch and transformers made for the tests of the converter, as model files for a
//! firmware: small, and of every kind.

use crate::board::Board;
use crate::build::Firmware;
use crate::cargo::{lines, root, target_dir};
use crate::command;
use crate::emulator::Session;
use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The variable in which the firmware `goldens` finds its list.
pub(crate) const LIST: &str = "REGARD_GOLDENS";

/// The board that reads weights as bytes, and so the same models a second time.
const OF_BYTES: &str = "an547";
/// What makes such models.
const AS_BYTES: [&str; 2] = ["--activations", "8"];
/// Larger models that it reads so too: a Transformer, a GRU, convolutions.
const LARGE: [&str; 3] = ["eng-fra", "g2p", "scenes"];

/// Where the list of a board is.
pub(crate) fn list(board: &Board) -> PathBuf {
    let name = if board.name == OF_BYTES { "list_of_bytes.rs" } else { "list.rs" };
    target_dir().join("goldens").join(name)
}

/// Converts all of them, and writes the lists: arrays of names and models, in Rust.
pub(crate) fn convert() -> Result<()> {
    let command = command::file()?;
    let golden = root().join("tests/golden");
    std::fs::create_dir_all(target_dir().join("goldens"))?;
    let (mut all, mut of_bytes) = (String::from("[\n"), String::new());
    for kind in folders(&golden)? {
        // Those of PyTorch's own files are no more than these under other names.
        let ours = |folder: &PathBuf| folder.join("weights.safetensors").is_file();
        for folder in folders(&kind)?.into_iter().filter(ours) {
            let name = folder.strip_prefix(&golden)?.display().to_string().replace('\\', "/");
            all += &converted(&command, &folder, &name, &[])?;
            of_bytes += &converted(&command, &folder, &(name + " of bytes"), &AS_BYTES)?;
        }
    }
    for name in LARGE {
        let folder = root().join("models").join(name);
        of_bytes += &converted(&command, &folder, &format!("{name} of bytes"), &AS_BYTES)?;
    }
    for (name, list) in [("list.rs", &all), ("list_of_bytes.rs", &(all.clone() + &of_bytes))] {
        let (file, list) = (target_dir().join("goldens").join(name), format!("{list}]\n"));
        // Left as it is where nothing changed, or every firmware would be built again.
        if std::fs::read_to_string(&file).ok().as_ref() != Some(&list) {
            std::fs::write(file, list)?;
        }
    }
    Ok(())
}

/// Converts the model of a folder, and returns its line of a list.
fn converted(command: &Path, folder: &Path, name: &str, options: &[&str]) -> Result<String> {
    let file = target_dir().join(format!("goldens/{}.rgd", name.replace(['/', ' '], "-")));
    let mut convert = Command::new(command);
    convert.arg("convert").arg(folder.join("weights.safetensors"));
    convert.arg("--config").arg(folder.join("model.json")).arg("-o").arg(&file).args(options);
    lines(&mut convert, false).with_context(|| name.to_owned())?;
    let file = file.display().to_string();
    Ok(format!("    ({name:?}, regard::include_model!({file:?})),\n"))
}

/// Their self-tests on a board.
pub(crate) fn check(board: &Board) -> Result<String> {
    let images = Firmware::release(&["goldens"], &["goldens"]).build(board)?;
    let firmware = images.first().context("nothing was built")?;
    let outcome = Session::silent(board, firmware).run()?;
    outcome.check()?;
    let text = outcome.text();
    let steps = text.lines().filter_map(|line| {
        let (_, behind) = line.split_once(": self-test: ")?;
        behind.split(' ').next()?.parse::<u32>().ok()
    });
    let steps: u32 = steps.sum();
    let last = text.lines().find(|line| line.starts_with("goldens: "));
    let last = last.with_context(|| format!("no line `goldens: …` in\n{text}"))?;
    ensure!(steps > 0, "no step was tested:\n{text}");
    Ok(format!("{last}, {steps} steps as stated"))
}

/// Folders in a folder, in order.
fn folders(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let paths: std::io::Result<Vec<_>> = entries.map(|entry| Ok(entry?.path())).collect();
    let mut folders: Vec<PathBuf> = paths?.into_iter().filter(|path| path.is_dir()).collect();
    folders.sort();
    Ok(folders)
}
