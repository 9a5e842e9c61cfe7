//! The tests of `tools/train`, in an environment of their own under the target folder.

use crate::cargo::{lines, root, run, shown, target_dir};
use crate::setup;
use anyhow::{Context, Result, ensure};
use std::path::PathBuf;
use std::process::Command;

const TRAIN: &str = "tools/train";
/// What the tests need, with versions.
const REQUIREMENTS: &str = "tools/train/requirements.txt";
/// Looked for in this order; the newer ones where `python3` is older.
const PYTHONS: [&str; 5] = ["python3.11", "python3", "python", "python3.12", "python3.13"];
const NEW_ENOUGH: &str = "import sys; sys.exit(sys.version_info < (3, 11))";
/// Debian has these two apart from Python.
const HAS_VENV: &str = "import venv, ensurepip";

/// Where the environment is.
fn environment() -> PathBuf {
    target_dir().join("python")
}

/// Makes the environment, unless it is there with the wanted packages.
pub(crate) fn setup() -> Result<()> {
    let wanted = std::fs::read_to_string(root().join(REQUIREMENTS))?;
    let stamp = environment().join("installed.txt");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted)
        && python(&["--version"]).output().is_ok_and(|output| output.status.success())
    {
        return Ok(());
    }
    let found = interpreter()?;
    run(Command::new(found).args(["-m", "venv", "--clear"]).arg(environment()))?;
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    let mut pip = python(&install);
    run(pip.args(["-r", REQUIREMENTS])).with_context(|| {
        format!("the packages of {REQUIREMENTS} must be installed, from PyPI or a mirror of it")
    })?;
    Ok(std::fs::write(stamp, wanted)?)
}

/// A Python that can make environments; Debian's is completed if this user may.
fn interpreter() -> Result<&'static str> {
    let new_enough = |name: &&str| setup::succeeds(name, &["-c", NEW_ENOUGH]);
    let with_venv =
        || PYTHONS.into_iter().filter(new_enough).find(|n| setup::succeeds(n, &["-c", HAS_VENV]));
    if let Some(name) = with_venv() {
        return Ok(name);
    }
    let install = setup::apt_get("python3-venv");
    with_venv().with_context(|| {
        format!(
            "Python 3.11 or newer with venv and ensurepip is missing; this command installs it on \
             Debian 12, Ubuntu 24.04 and later:\n  sudo sh -c '{install}'\n(macOS: brew install python)"
        )
    })
}

/// The environment's Python, in the root of the project.
fn python(arguments: &[&str]) -> Command {
    let folder = if cfg!(windows) { "Scripts" } else { "bin" };
    let mut command = Command::new(environment().join(folder).join("python"));
    command.current_dir(root()).args(arguments);
    // The environment's packages alone, computed by the processor.
    command.env_remove("PYTHONPATH").env_remove("PYTHONHOME");
    command.env("KERAS_BACKEND", "jax").env("JAX_PLATFORMS", "cpu");
    command
}

/// `python -m unittest`: how many tests passed, and which were left out, for want of what.
pub(crate) fn tests() -> Result<Vec<String>> {
    setup()?;
    // unittest speaks to stderr, which is not read here.
    let script = "import sys, unittest; sys.stderr = sys.stdout; unittest.main(module=None)";
    let mut command = python(&["-u", "-W", "ignore", "-c", script]);
    command.args(["discover", "--verbose", "--start-directory", TRAIN]);
    let output = lines(&mut command, true)?;
    let passed = output.iter().filter(|line| line.ends_with("ok")).count();
    ensure!(passed > 0, "{} ran no test", shown(&command));
    let skipped = output.iter().filter(|line| line.contains(" ... skipped "));
    let mut findings: Vec<String> = skipped.cloned().collect();
    findings.push(format!("{passed} tests passed, none failed, {} skipped", findings.len()));
    Ok(findings)
}
