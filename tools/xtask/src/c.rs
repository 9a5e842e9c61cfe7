//! The engine from C (tools/c): its header and library, with a C compiler's programs on the host and on
//! an emulated microcontroller, as their comments say they are built.

use crate::cargo::{cargo, lines, root, run, target_dir};
use crate::command;
use crate::output;
use crate::setup::{apt_get, succeeds};
use anyhow::{Context, Result, bail, ensure};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const FOLDER: &str = "tools/c";
const TARGET: &str = "thumbv7em-none-eabihf";
const MODEL: &str = "models/eng-fra/eng-fra.rgd";
const TEXT: &str = "I drink milk";
const SAID: &str = "je bois du lait\n";
/// No warning of a compiler is let through.
const STRICT: [&str; 5] = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-Iinclude"];
const COMPILER: &str = "arm-none-eabi-gcc";
/// What the board's compiler is told, as in the example's comment.
const CORE: [&str; 5] =
    ["-mcpu=cortex-m4", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16", "-Os", "-nostdlib"];

/// Builds both programs and runs them.
pub(crate) fn check() -> Result<Vec<String>> {
    Ok(vec![host()?, board()?])
}

/// On this machine: a translation, and three inputs that are refused in a sentence.
fn host() -> Result<String> {
    let program = program("translate", &[])?;
    let says = |model: &Path, text: &str| said(Command::new(&program).arg(model).arg(text));
    let model = root().join(MODEL);
    let translated = says(&model, TEXT)?;
    ensure!(translated.status.success() && translated.stdout == SAID.as_bytes(), "{translated:?}");
    let cut = target_dir().join("c/cut.rgd");
    std::fs::write(&cut, &std::fs::read(&model)?[..10_000])?;
    for (model, text, message) in [
        (&model, "I drink milx", "a word is not in the vocabulary: 4 bytes at 8\n"),
        (&model, " ", "there is nothing to translate\n"),
        (&cut, TEXT, "the model file is truncated: 622016 bytes needed, 10000 given\n"),
    ] {
        let refused = says(model, text)?;
        ensure!(refused.status.code() == Some(1), "{refused:?}");
        ensure!(refused.stderr == message.as_bytes(), "{refused:?} is not {message:?}");
    }
    let joined = pieces()?;
    Ok(format!("translates on the host, joins pieces ({joined:?}), and refuses in a sentence"))
}

/// A model that says pieces of words, BART's of random weights with pieces for it: C writes them as the command does.
fn pieces() -> Result<String> {
    let program = program("translate-pieces", &["variants", "subwords"])?;
    let (golden, folder) = (root().join("tests/golden/hf/bart"), target_dir().join("c/pieces"));
    std::fs::create_dir_all(&folder)?;
    for file in ["config.json", "generation_config.json", "model.safetensors"] {
        std::fs::copy(golden.join(file), folder.join(file))?;
    }
    // As many as the model has words; the longest has two letters.
    let marks = ["<s>", "<pad>", "</s>", "<unk>", "Ġ", "ab", "bc"].map(str::to_owned);
    let first = ('a'..='j').map(|letter| format!("Ġ{letter}"));
    let words = marks.into_iter().chain(first).chain(('a'..='z').map(String::from));
    let ids: serde_json::Map<_, _> = words.zip(0..).map(|(word, id)| (word, id.into())).collect();
    std::fs::write(folder.join("vocab.json"), serde_json::to_string(&ids)?)?;
    std::fs::write(folder.join("merges.txt"), "#version: 0.2\nĠ b\nb c\n")?;
    let model = folder.join("pieces.rgd").display().to_string();
    let folder = folder.display().to_string();
    let convert = ["convert", &folder, "-o", &model, "--selftest", "ab"];
    lines(&mut command::regard(&convert)?, false)?;
    let mut texts = BTreeSet::new();
    for text in ["ab abb", "bc e", "z bc bc", "b"] {
        let theirs = said(&mut command::regard(&["run", &model, text])?)?;
        let ours = said(Command::new(&program).arg(&model).arg(text))?;
        ensure!(
            ours.status.success() && ours.stdout == theirs.stdout,
            "{ours:?} is not {theirs:?}"
        );
        texts.insert(String::from_utf8(ours.stdout)?.trim().to_owned());
    }
    let is_joined = |text: &String| text.split(' ').any(|word| word.len() > 2);
    texts.into_iter().find(is_joined).context("no word of several pieces was said")
}

/// On a Cortex-M4 without a C library.
fn board() -> Result<String> {
    if !succeeds(COMPILER, &["--version"]) {
        let install = apt_get("gcc-arm-none-eabi");
        if !succeeds(COMPILER, &["--version"]) {
            bail!(
                "the compiler {COMPILER} is missing; on Debian and Ubuntu: sudo sh -c '{install}'"
            );
        }
    }
    let library = library(Some(TARGET), &[])?;
    let program = target_dir().join("c/translate.elf");
    let model = root().join(MODEL);
    let bytes = std::fs::read(&model)?;
    let arena = regard_bytes(&bytes)?;
    let mut compiler = compiler(COMPILER);
    compiler.args(CORE).args(["-T", "examples/mps2/mps2.ld", "examples/mps2/main.c"]);
    compiler.arg(format!("-DMODEL=\"{}\"", model.display()));
    compiler.args([format!("-DARENA={arena}"), format!("-DTEXT=\"{TEXT}\"")]);
    run(compiler.arg(library).args(["-lgcc", "-o"]).arg(&program))?;
    let mut emulator = Command::new("timeout");
    emulator.args(["120", "qemu-system-arm", "-M", "mps2-an386", "-nographic", "-semihosting"]);
    let translated = said(emulator.arg("-kernel").arg(&program))?;
    ensure!(translated.status.success() && translated.stdout == SAID.as_bytes(), "{translated:?}");
    let flash = crate::elf::Flash::of(&program)?;
    let code = flash.code + flash.constants + flash.data - bytes.len() as u64;
    Ok(format!("translates on an emulated Cortex-M4, {code} bytes of flash beside the weights"))
}

/// The arena's size as the model's header states it (docs/FORMAT.md, word 6).
fn regard_bytes(model: &[u8]) -> Result<u32> {
    let word = model.get(24..28).and_then(|word| word.try_into().ok());
    Ok(u32::from_le_bytes(word.context("the model has no header")?))
}

/// The program for this machine.
fn program(name: &str, features: &[&str]) -> Result<PathBuf> {
    let library = library(None, features)?;
    let program = target_dir().join("c").join(name);
    let mut compiler = compiler("cc");
    compiler.arg("-pedantic").arg("examples/translate.c").arg(library);
    run(compiler.arg("-o").arg(&program))?;
    Ok(program)
}

/// The static library.
fn library(target: Option<&str>, features: &[&str]) -> Result<PathBuf> {
    let folder = target_dir().join("c");
    let mut build = cargo(FOLDER, &["build", "--locked", "--quiet", "--release"]);
    build.args(["--features", &features.join(",")]);
    build.args(target.iter().flat_map(|target| ["--target", target]));
    run(build.arg("--target-dir").arg(&folder))?;
    Ok(folder.join(target.unwrap_or("")).join("release/libregard_c.a"))
}

/// A C compiler in the library's folder.
fn compiler(program: &str) -> Command {
    let mut compiler = Command::new(program);
    compiler.current_dir(root().join(FOLDER)).args(STRICT);
    compiler
}

/// What a program says, and how it ends.
fn said(command: &mut Command) -> Result<Output> {
    output::go_on()?;
    command.output().with_context(|| format!("cannot start {command:?}"))
}
