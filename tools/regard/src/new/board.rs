//! A board's folder, as the start of a firmware outside the project.
//!
//! ```text
//! Cargo.toml           another name, paths of the project, this board's features, one program
//! .cargo/config.toml   this board's target; where it is only emulated, this board's machine
//! Cargo.lock           another name: versions are those that the project was tested with
//! all others           as they are, without src/bin
//! ```
//! Limits: of modules it is known that they are used from `mod NAME;` somewhere.

use super::save;
use crate::boards::Board;
use crate::problem::Problem;
use std::fs;
use std::path::{Path, PathBuf};
use toml_edit::{Array, DocumentMut, Item, TableLike, value};

/// Behind the machine: serial port and semihosting on standard input and output, then the firmware.
const QEMU: &str = "-display none -monitor none -serial stdio -semihosting-config \
                    enable=on,target=native -kernel";
const MANIFEST: &str = "Cargo.toml";
const LOCK: &str = "Cargo.lock";
const CONFIG: &str = ".cargo/config.toml";

/// The files of a board's folder.
#[derive(Debug)]
pub(crate) struct Template {
    folder: PathBuf,
    /// Each by its place in the folder.
    files: Vec<(PathBuf, String)>,
}

impl Template {
    /// Reads the folder of a board in the project.
    pub(crate) fn read(project: &Path, board: &Board) -> Result<Self, Problem> {
        let folder = project.join("boards").join(&board.folder);
        if !folder.join(MANIFEST).exists() || !project.join("boards/app").join(MANIFEST).exists() {
            return Err(Problem::NoTemplate {
                project: project.into(),
                folder: board.folder.clone(),
            });
        }
        let mut files = Vec::new();
        walk(&folder, Path::new(""), &mut files)?;
        let used = |files: &[(PathBuf, String)], module: &Path| {
            let Some(name) = module.file_stem().and_then(|name| name.to_str()) else { return true };
            let line = format!("mod {name};");
            name == "lib" || files.iter().any(|(_, text)| text.contains(&line))
        };
        let all = files.clone();
        files.retain(|(path, _)| path.parent() != Some(Path::new("src")) || used(&all, path));
        Ok(Self { folder, files })
    }

    /// Does `cargo run` start the board's emulator?
    pub(crate) fn emulates(&self, board: &Board) -> bool {
        let config = self.files.iter().find(|(path, _)| path == Path::new(CONFIG));
        let program = board.emulator.as_ref().and_then(|emulator| emulator.command.first());
        match (config, program) {
            (Some((_, config)), Some(program)) => config.contains(&format!("runner = \"{program}")),
            _ => false,
        }
    }

    /// Writes all files into `folder`, the firmware being called `name`.
    pub(crate) fn write(
        &self,
        to: &Path,
        name: &str,
        board: &Board,
        more_features: &[&str],
    ) -> Result<(), Problem> {
        for (path, text) in &self.files {
            let text = match path.to_str() {
                Some(MANIFEST) => self.manifest(text, name, board, more_features)?,
                Some(CONFIG) => self.config(text, board)?,
                Some(LOCK) => text.replace(
                    &format!("name = \"{}\"", self.package()?),
                    &format!("name = \"{name}\""),
                ),
                _ => text.clone(),
            };
            save(&to.join(path), &text)?;
        }
        Ok(())
    }

    fn parse(&self, file: &str, text: &str) -> Result<DocumentMut, Problem> {
        let path = self.folder.join(file);
        text.parse().map_err(|cause| Problem::Toml { path, cause: Box::new(cause) })
    }

    /// What the board's own package is called.
    fn package(&self) -> Result<String, Problem> {
        let text = self.files.iter().find(|(path, _)| path == Path::new(MANIFEST));
        let manifest = self.parse(MANIFEST, text.map_or("", |(_, text)| text))?;
        let name = manifest.get("package").and_then(|package| package.get("name"));
        Ok(name.and_then(Item::as_str).unwrap_or_default().to_owned())
    }

    fn manifest(
        &self,
        text: &str,
        name: &str,
        board: &Board,
        more_features: &[&str],
    ) -> Result<String, Problem> {
        let mut manifest = self.parse(MANIFEST, text)?;
        manifest["package"]["name"] = value(name);
        manifest["package"]["description"] = value(format!("Firmware for {}", board.title));
        manifest.remove("bin");
        let features = &mut manifest["features"];
        let own = board.features.iter().map(String::as_str);
        features["default"] = value(own.chain(more_features.iter().copied()).collect::<Array>());
        for feature in more_features {
            if features.get(feature).is_none() {
                let both = ["regard", "app"].map(|package| format!("{package}/{feature}"));
                features[feature] = value(both.into_iter().collect::<Array>());
            }
        }
        self.rewrite_paths(manifest.as_table_mut())?;
        if let Some(targets) = manifest.get_mut("target").and_then(Item::as_table_like_mut) {
            for (_, target) in targets.iter_mut() {
                target.as_table_like_mut().map_or(Ok(()), |target| self.rewrite_paths(target))?;
            }
        }
        Ok(manifest.to_string())
    }

    /// Paths of dependencies, from the root.
    fn rewrite_paths(&self, of: &mut dyn TableLike) -> Result<(), Problem> {
        for kind in ["dependencies", "build-dependencies", "dev-dependencies"] {
            let Some(dependencies) = of.get_mut(kind).and_then(Item::as_table_like_mut) else {
                continue;
            };
            for (_, dependency) in dependencies.iter_mut() {
                let Some(dependency) = dependency.as_table_like_mut() else { continue };
                let Some(path) = dependency.get("path").and_then(Item::as_str) else { continue };
                let path = self.folder.join(path);
                let whole = path.canonicalize().map_err(|cause| Problem::Read { path, cause })?;
                dependency.insert("path", value(whole.display().to_string()));
            }
        }
        Ok(())
    }

    fn config(&self, text: &str, board: &Board) -> Result<String, Problem> {
        let mut config = self.parse(CONFIG, text)?;
        config["build"]["target"] = value(&board.target);
        if let Some(targets) = config.get_mut("target").and_then(Item::as_table_mut) {
            targets.retain(|name, _| name == board.target || name.starts_with("cfg("));
        }
        if let Some(emulator) = &board.emulator
            && self.emulates(board)
        {
            let runner = format!("{} {QEMU}", emulator.command.join(" "));
            config["target"][&board.target]["runner"] = value(runner);
        }
        Ok(config.to_string())
    }
}

/// The files below `at`, but for what is built and for the board's own programs.
fn walk(folder: &Path, at: &Path, files: &mut Vec<(PathBuf, String)>) -> Result<(), Problem> {
    let here = folder.join(at);
    let failed = |cause| Problem::Read { path: here.clone(), cause };
    let mut entries =
        here.read_dir().map_err(failed)?.collect::<Result<Vec<_>, _>>().map_err(failed)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = at.join(entry.file_name());
        let kind = entry.file_type().map_err(failed)?;
        if kind.is_dir() && path != Path::new("target") && path != Path::new("src/bin") {
            walk(folder, &path, files)?;
        } else if kind.is_file() {
            let text = fs::read_to_string(entry.path())
                .map_err(|cause| Problem::Read { path: entry.path(), cause })?;
            files.push((path, text));
        }
    }
    Ok(())
}
