//! The models that Keras and PyTorch made for the tests of the converter, as model files for a
//! firmware: small, and of every kind.

use crate::board::Board;
use crate::build::Firmware;
use crate::cargo::{cargo, lines, root, run, target_dir};
use crate::emulator::Session;
use anyhow::{Context, Result, ensure};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The variable in which the firmware `goldens` finds its list.
pub(crate) const LIST: &str = "REGARD_GOLDENS";

/// Where the list is.
pub(crate) fn list() -> PathBuf {
    target_dir().join("goldens/list.rs")
}

/// Converts all of them, and writes the list: an array of names and models, in Rust.
pub(crate) fn convert() -> Result<()> {
    let command = regard()?;
    let golden = root().join("tests/golden");
    let mut list = String::from("[\n");
    for kind in folders(&golden)? {
        for folder in folders(&kind)? {
            let name = folder.strip_prefix(&golden)?.display().to_string().replace('\\', "/");
            let file = target_dir().join(format!("goldens/{}.rgd", name.replace('/', "-")));
            std::fs::create_dir_all(file.parent().context("no folder")?)?;
            let mut convert = Command::new(&command);
            convert.arg("convert").arg(folder.join("weights.safetensors"));
            convert.arg("--config").arg(folder.join("model.json")).arg("-o").arg(&file);
            run(convert.stdout(Stdio::null())).with_context(|| name.clone())?;
            list += &format!(
                "    ({name:?}, regard::include_model!({:?})),\n",
                file.display().to_string()
            );
        }
    }
    list += "]\n";
    // Left as it is where nothing changed, or every firmware would be built again.
    if std::fs::read_to_string(self::list()).ok().as_ref() != Some(&list) {
        std::fs::write(self::list(), list)?;
    }
    Ok(())
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

/// The command `regard`, built as the tests have it.
fn regard() -> Result<PathBuf> {
    let arguments = ["build", "--quiet", "--profile", "test", "-p", "regard-cli"];
    let mut build = cargo(".", &arguments);
    let messages = lines(build.args(["--message-format", "json-render-diagnostics"]), false)?;
    let built = messages.iter().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut files =
        built.filter_map(|message| Some(PathBuf::from(message["executable"].as_str()?)));
    files.next().context("cargo built no command `regard`")
}

/// Folders in a folder, in order.
fn folders(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let paths: std::io::Result<Vec<_>> = entries.map(|entry| Ok(entry?.path())).collect();
    let mut folders: Vec<PathBuf> = paths?.into_iter().filter(|path| path.is_dir()).collect();
    folders.sort();
    Ok(folders)
}
