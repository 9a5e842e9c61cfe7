//! What the tests of the command share: running it, and a folder of their own.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Random-weight models that Keras made.
pub(crate) const VARIANTS: [&str; 5] = [
    "pre-sinusoidal-relu-tied",
    "post-sinusoidal-relu-tied",
    "pre-learned-gelu-separate",
    "post-learned-gelu-separate",
    "odd",
];

/// A file of a variant.
pub(crate) fn golden(variant: &str, file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/golden/transformer")
        .join(variant)
        .join(file)
}

/// A file of a recurrent model with random weights.
pub(crate) fn recurrent(name: &str, file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/recurrent").join(name).join(file)
}

/// A file of a model of pictures with random weights.
pub(crate) fn pictured(name: &str, file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/pictures").join(name).join(file)
}

/// A file of a demo model.
pub(crate) fn model(name: &str, file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models").join(name).join(file)
}

/// An empty folder for one test.
pub(crate) fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("command").join(test);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder under target");
    folder
}

/// A folder with the float files of a variant and its model file.
pub(crate) fn converted(test: &str, variant: &str) -> PathBuf {
    converted_from(test, |file| golden(variant, file))
}

/// A folder with the float files of a model and its model file. `of`: where a file is.
pub(crate) fn converted_from(test: &str, of: impl Fn(&str) -> PathBuf) -> PathBuf {
    let folder = folder(test);
    for file in ["weights.safetensors", "model.json"] {
        fs::copy(of(file), folder.join(file)).expect("the model is there");
    }
    let output = regard(
        &folder,
        &["convert", "weights.safetensors", "--config", "model.json", "-o", "m.rgd"],
    );
    assert!(output.status.success(), "{}", stderr(&output));
    folder
}

/// Runs the command in a folder.
pub(crate) fn regard(folder: &Path, args: &[&str]) -> Output {
    regard_reading(folder, args, "")
}

/// Runs the command with text on standard input.
pub(crate) fn regard_reading(folder: &Path, args: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_regard"))
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    // The command may end before it reads; that is its right.
    let _ = child.stdin.take().expect("piped").write_all(input.as_bytes());
    child.wait_with_output().expect("the command ends")
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

/// Asserts a failure: exit code, and one line on standard error that contains `words`.
pub(crate) fn fails(output: &Output, code: i32, words: &str) {
    let message = stderr(output);
    assert_eq!(output.status.code(), Some(code), "{message}");
    assert!(message.contains(words), "{message:?} lacks {words:?}");
    assert_eq!(message.lines().count(), 1, "{message:?} is one sentence");
}
