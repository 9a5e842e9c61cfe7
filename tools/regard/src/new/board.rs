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
/// Features of the engine that another model may need.
const ENGINE: [&str; 4] = ["bytes", "int4", "subwords", "variants"];
const MANIFEST: &str = "Cargo.toml";
const LOCK: &str = "Cargo.lock";
const CONFIG: &str = ".cargo/config.toml";

/// What runs a firmware of the board in its emulator. `project`: where emulators of its own lie.
fn emulator(project: &Path, board: &Board) -> Option<String> {
    let command = &board.emulator.as_ref()?.command;
    if command.first().is_some_and(|program| program.starts_with("qemu-")) {
        return Some(format!("{} {QEMU}", command.join(" ")));
    }
    let whole = |part: &String| {
        let file = project.join(part);
        if file.is_file() { file.display().to_string() } else { part.clone() }
    };
    Some(command.iter().map(whole).collect::<Vec<_>>().join(" "))
}

/// The files of a board's folder.
#[derive(Debug)]
pub(crate) struct Template {
    project: PathBuf,
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
        if let Some(shared) = shared(&folder, &files) {
            for name in ["build.rs", "src"] {
                walk(&shared, Path::new(name), &mut files)?;
            }
        }
        let used = |files: &[(PathBuf, String)], module: &Path| {
            let Some(name) = module.file_stem().and_then(|name| name.to_str()) else { return true };
            let line = format!("mod {name};");
            name == "lib" || files.iter().any(|(_, text)| text.contains(&line))
        };
        let all = files.clone();
        files.retain(|(path, _)| path.parent() != Some(Path::new("src")) || used(&all, path));
        Ok(Self { project: project.into(), folder, files })
    }

    /// What runs a firmware of the board in its emulator.
    pub(crate) fn emulator(&self, board: &Board) -> Option<String> {
        emulator(&self.project, board)
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
        for (table, path) in [("package", "build"), ("lib", "path")] {
            if let Some(table) = manifest.get_mut(table).and_then(Item::as_table_like_mut) {
                table.remove(path); // They are where they always are.
            }
        }
        if let Some(profiles) = manifest.get_mut("profile").and_then(Item::as_table_like_mut) {
            profiles.remove("checked"); // Of the proof.
        }
        if let Some(features) = manifest["features"].as_table_mut() {
            let lists = features.iter().filter_map(|(_, list)| list.as_array());
            let named: Vec<String> =
                lists.flatten().filter_map(|name| Some(name.as_str()?.to_owned())).collect();
            features.retain(|name, _| named.iter().any(|n| n == name) || self.keeps(name, board));
        }
        let features = &mut manifest["features"];
        // Without a choice of its own, a board has what its folder has by default.
        let mut default = features.get("default").and_then(Item::as_array).cloned();
        if !board.features.is_empty() {
            default = Some(board.features.iter().collect());
        }
        let mut default: Array = default.unwrap_or_default();
        default.extend(more_features.iter().copied());
        features["default"] = value(default);
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

    /// Is it a feature of the board, or of the engine, and not one of programs that are left out?
    fn keeps(&self, feature: &str, board: &Board) -> bool {
        let emulated = board.emulator.iter().flat_map(|emulator| &emulator.features);
        let used = format!("feature = \"{feature}\"");
        feature == "default"
            || ENGINE.contains(&feature)
            || board.features.iter().chain(emulated).any(|own| own == feature)
            || self.files.iter().any(|(_, text)| text.contains(&used))
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
        if let Some(runner) = self.emulator(board).filter(|_| self.emulates(board)) {
            config["target"][&board.target]["runner"] = value(runner);
        }
        Ok(config.to_string())
    }
}

/// The folder whose `src/lib.rs` this one takes for its own, if it does: chips that differ in little.
fn shared(folder: &Path, files: &[(PathBuf, String)]) -> Option<PathBuf> {
    let (_, manifest) = files.iter().find(|(path, _)| path == Path::new(MANIFEST))?;
    let manifest: DocumentMut = manifest.parse().ok()?;
    let library = folder.join(manifest.get("lib")?.get("path")?.as_str()?);
    library.ancestors().nth(2).map(Path::to_owned)
}

/// The file `at`, or the files below it, but for what is built and for the board's own programs.
fn walk(folder: &Path, at: &Path, files: &mut Vec<(PathBuf, String)>) -> Result<(), Problem> {
    let here = folder.join(at);
    if here.is_file() {
        let cause = |cause| Problem::Read { path: here.clone(), cause };
        files.push((at.into(), fs::read_to_string(&here).map_err(cause)?));
        return Ok(());
    }
    let failed = |cause| Problem::Read { path: here.clone(), cause };
    let mut entries =
        here.read_dir().map_err(failed)?.collect::<Result<Vec<_>, _>>().map_err(failed)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = at.join(entry.file_name());
        // What a build writes, programs, and what only makes sense beside the project's own tools.
        let left_out = ["target", "src/bin", ".cargo/emulator.toml"];
        if !left_out.iter().any(|name| path == Path::new(name)) {
            walk(folder, &path, files)?;
        }
    }
    Ok(())
}
