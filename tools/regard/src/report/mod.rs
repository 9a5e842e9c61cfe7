//! `--report FILE`: what `convert` and `check` found, for people as a page and for programs as JSON.
//!
//! ```text
//! model file ─► sections, boards (advice.rs), instructions (work.rs, rates.rs) ┐
//! float twin ─► errors of the weights                                          ├─ model.rs ─► page.rs, json.rs
//! check      ─► errors of the sites, words, attention                          ┘              (templates/)
//! ```
//! Files are opened before the work and written whole behind it, or not at all. The same input gives the
//! same bytes: no time, no path. docs/REPORT.md says what stands in them.

mod advice;
mod json;
mod model;
mod page;
mod picture;
mod rates;
mod work;

pub(crate) use model::{BOUND, Error, Look, Report};

use crate::check::Checked;
use crate::file::{self, Pending};
use crate::problem::Problem;
use clap::Args;
use std::path::{Path, PathBuf};

/// Where reports go, and what they name.
#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// Write a report: a page if FILE ends in .html, data if it ends in .json; may be given twice
    #[arg(long = "report", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Least signal to noise; what comes first below it is named. At 20 dB noise is a tenth of the signal
    #[arg(long, value_name = "DB", default_value_t = BOUND, value_parser = decibels)]
    #[arg(allow_negative_numbers = true)]
    pub(crate) bound: f64,
}

fn decibels(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number: &f64| number.abs() <= 200.0);
    number.ok_or_else(|| "write a number of decibels from -200 to 200, as 20".into())
}

/// How a report is written: what its name ends in.
#[derive(Clone, Copy)]
enum Ending {
    Page,
    Json,
}

/// Files that reports will be written to.
pub(crate) struct Outputs(Vec<(Ending, Pending)>);

impl ReportArgs {
    /// Opens them, so that a folder that is not there is known before the work. `others`: files that are
    /// read, or written besides.
    pub(crate) fn open(&self, others: &[&Path]) -> Result<Outputs, Problem> {
        let endings: Vec<Ending> =
            self.files.iter().map(|path| ending(path, others)).collect::<Result<_, _>>()?;
        let pending = |(ending, path): (Ending, &PathBuf)| Ok((ending, Pending::open(path)?));
        endings.into_iter().zip(&self.files).map(pending).collect::<Result<_, _>>().map(Outputs)
    }
}

/// What a file shall be, if it may be written.
fn ending(path: &Path, others: &[&Path]) -> Result<Ending, Problem> {
    let ends = |ending| path.extension().is_some_and(|own| own.eq_ignore_ascii_case(ending));
    let ending = match (ends("html"), ends("json")) {
        (true, _) => Ending::Page,
        (_, true) => Ending::Json,
        _ => return Err(Problem::ReportEnding { path: path.into() }),
    };
    if path.is_dir() {
        let cause = std::io::ErrorKind::IsADirectory.into();
        return Err(Problem::Write { path: path.into(), cause });
    }
    file::refuse_overwrite(path, others)?;
    Ok(ending)
}

impl Outputs {
    /// Is there nothing to write?
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Writes the report into each of them. `checked`: what `check` knows besides.
    pub(crate) fn write(
        self,
        report: &Report<'_>,
        checked: Option<&Checked<'_>>,
    ) -> Result<(), Problem> {
        for (ending, pending) in self.0 {
            let text = match ending {
                Ending::Page => page::text(report, checked)?,
                Ending::Json => format!("{:#}\n", json::document(report, checked)),
            };
            pending.finish(text.as_bytes())?;
        }
        Ok(())
    }
}
