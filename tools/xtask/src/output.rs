//! What is said while jobs run beside each other: each into a file of its own, shown whole when the
//! job is done. Outside of jobs it is shown as it comes.

use anyhow::Result;
use std::cell::RefCell;
use std::fmt;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

thread_local! {
    /// Where the job of this thread writes.
    static FILE: RefCell<Option<File>> = const { RefCell::new(None) };
    /// Has a job beside this thread's failed?
    static STOPPED: RefCell<Arc<AtomicBool>> = RefCell::default();
}

/// Does `work`, whose output goes to `file`.
pub(crate) fn into_file<T>(file: &Path, work: impl FnOnce() -> T) -> Result<T> {
    let file = File::options().create(true).append(true).open(file)?;
    file.set_len(0)?;
    FILE.set(Some(file));
    let done = work();
    FILE.set(None);
    Ok(done)
}

/// A line of this program's own.
pub(crate) fn say(line: &str) {
    FILE.with_borrow_mut(|file| match file {
        // What cannot be written down is not worth a failure.
        Some(file) => _ = writeln!(file, "{line}"),
        None => println!("{line}"),
    });
}

/// Where a program that is started now writes.
pub(crate) fn stdio() -> Result<Stdio> {
    FILE.with_borrow(|file| match file {
        Some(file) => Ok(file.try_clone()?.into()),
        None => Ok(Stdio::inherit()),
    })
}

/// From now on [`go_on`] asks `stopped` in this thread.
pub(crate) fn heed(stopped: Arc<AtomicBool>) {
    STOPPED.set(stopped);
}

/// [`LeftOff`] once a job has failed.
pub(crate) fn go_on() -> Result<()> {
    if STOPPED.with_borrow(|stopped| stopped.load(Ordering::Relaxed)) {
        return Err(LeftOff.into());
    }
    Ok(())
}

/// The error of a job that did not go on because another had failed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LeftOff;

impl fmt::Display for LeftOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("left off, for another step failed")
    }
}

impl std::error::Error for LeftOff {}
