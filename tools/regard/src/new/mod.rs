//! `regard new`: a firmware of one's own for a board, with a model of one's own.
//!
//! ```text
//! boards/NAME of the project ─► Cargo.toml, .cargo/config.toml, build.rs, src/lib.rs, …   (board.rs)
//! the model's kind           ─► src/main.rs                                               (program.rs)
//! the model file             ─► model.rgd
//! ```
//! A board's folder is read when the command runs, from the project that the firmware then depends on by
//! path: what is copied and what it is built with are of one age, and a folder that is added is known.
//! The firmware is written beside its place and moved there when it is whole.
//!
//! Limits: the crates are on no registry, so that project has to stay where it is.

mod board;
mod program;

use crate::boards::{self, Board, Fit, Needs};
use crate::cli::NewArgs;
use crate::problem::Problem;
use crate::{engine, table};
use board::Template;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Names of packages that a firmware is built with, or that Cargo does not take.
const TAKEN: [&str; 7] = ["alloc", "app", "board", "core", "regard", "std", "test"];

/// Writes the project, and says what to do with it.
pub(crate) fn run(args: &NewArgs) -> Result<(), Problem> {
    let known = boards::table();
    let Some(board) = known.boards.iter().find(|board| board.name == args.board) else {
        let names = known.boards.iter().map(|board| &*board.name).collect::<Vec<_>>().join(", ");
        return Err(Problem::NoBoard { name: args.board.clone(), names });
    };
    let name = package_name(&args.dir)?;
    let model = engine::open(&args.model)?;
    let fit = Needs::of(&model, &known).on(board);
    if !fit.fits() && !args.force {
        let [flash, ram] = [fit.flash_left, fit.ram_left].map(|left| left.min(0).unsigned_abs());
        let (board, firmware) = (board.name.clone(), known.firmware_bytes);
        return Err(Problem::DoesNotFit { board, flash, ram, firmware });
    }
    refuse_full(&args.dir)?;
    let template = Template::read(&project(args)?, board)?;
    let main = program::of(model.dims());
    let commands = commands(&name, board, &template);
    write(&args.dir, |folder| {
        template.write(folder, &name, board, &fit.features)?;
        save(&folder.join("src/main.rs"), &main)?;
        save(&folder.join("README.md"), &readme(&name, board, &commands))?;
        save(&folder.join(".gitignore"), "/target\n")?;
        let to = folder.join("model.rgd");
        fs::copy(&args.model, &to).map_err(|cause| Problem::Write { path: to, cause })?;
        Ok(())
    })?;
    println!("{}", farewell(&args.dir, &fit, &commands));
    Ok(())
}

/// The project that the firmware depends on: the one of `--engine`, or the one of this command.
fn project(args: &NewArgs) -> Result<PathBuf, Problem> {
    let own = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let path = args.engine.clone().unwrap_or_else(own);
    path.canonicalize().map_err(|cause| Problem::Read { path, cause })
}

/// The folder's name, if it can be that of a package.
fn package_name(dir: &Path) -> Result<String, Problem> {
    let name = dir.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic());
    if starts && name.chars().all(plain) && !TAKEN.contains(&&*name) {
        return Ok(name);
    }
    Err(Problem::PackageName { name })
}

/// An error unless there is nothing at `dir`, or a folder with nothing in it.
fn refuse_full(dir: &Path) -> Result<(), Problem> {
    let free = match dir.read_dir() {
        Ok(entries) => entries.count() == 0,
        Err(cause) => cause.kind() == io::ErrorKind::NotFound,
    };
    if free { Ok(()) } else { Err(Problem::NotEmpty { path: dir.into() }) }
}

/// Lets `fill` write into a folder beside `dir`, and moves it there.
fn write(dir: &Path, fill: impl FnOnce(&Path) -> Result<(), Problem>) -> Result<(), Problem> {
    let failed = |cause: io::Error| Problem::Write { path: dir.into(), cause };
    let parent = dir.parent().filter(|parent| !parent.as_os_str().is_empty());
    let unnamed = |cause: io::Error| failed(cause.kind().into());
    let beside = tempfile::tempdir_in(parent.unwrap_or(Path::new("."))).map_err(unnamed)?;
    // A folder inside, for the temporary one is private.
    let whole = beside.path().join("whole");
    fs::create_dir(&whole).map_err(unnamed)?;
    fill(&whole)?;
    match fs::remove_dir(dir) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => Err(failed(cause)),
        _ => fs::rename(&whole, dir).map_err(failed),
    }
}

/// Writes a file of a folder that nobody else looks at yet.
fn save(path: &Path, text: &str) -> Result<(), Problem> {
    let failed = |cause| Problem::Write { path: path.into(), cause };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::write(path, text).map_err(failed)
}

/// What builds it, and what runs it.
fn commands(name: &str, board: &Board, template: &Template) -> String {
    let target = &board.target;
    let mut lines = vec![format!("rustup target add {target}"), "cargo build --release".into()];
    if !template.emulates(board) {
        lines.push("cargo run --release    # on the board".into());
    }
    if let (Some(emulator), Some(runner)) = (&board.emulator, template.emulator(board)) {
        let mut run = "cargo run --release".to_owned();
        if !emulator.features.is_empty() {
            run += &format!(" --features {}", emulator.features.join(","));
        }
        if !template.emulates(board) {
            run += &format!(" --config 'target.\"{target}\".runner = \"{runner}\"'");
        }
        lines.push(run + "    # emulated; leave with :quit");
    }
    if let Some(family) = &board.uf2 {
        let elf = format!("target/{target}/release/{name}");
        lines.push(format!("regard uf2 {elf} --family {family} -o {name}.uf2"));
    }
    lines.join("\n")
}

fn readme(name: &str, board: &Board, commands: &str) -> String {
    format!(
        "# {name}\n\nFirmware for {} ({}), with the model in `model.rgd`. Put another file there and build \
         again;\none that does not fit is an error of the compiler or of the linker.\n\n\
         ```sh\n{commands}\n```\n",
        board.title, board.core
    )
}

fn farewell(dir: &Path, fit: &Fit<'_>, commands: &str) -> String {
    let left = if fit.fits() {
        let [flash, ram] = [fit.flash_left, fit.ram_left]
            .map(|left| table::grouped(usize::try_from(left).unwrap_or_default()));
        format!("about {flash} bytes of flash and {ram} of RAM are left")
    } else {
        "whether it fits the linker will say".to_owned()
    };
    let (name, dir) = (&fit.board.name, dir.display());
    format!("{dir}: firmware for {name}; {left}\n\ncd {dir}\n{commands}")
}
