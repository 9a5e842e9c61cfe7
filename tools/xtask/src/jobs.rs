//! Jobs beside each other, as many as there are processors.
//!
//! ```text
//! worker 0   host … host ─┐              builds in target, and target/boards/0
//! worker 1   firmware …   ├─ who is done takes the last that the other has not begun
//! …          firmware …  ─┘              builds in target/boards/1 …
//! ```
//! Two builds in one folder wait for each other, and so every worker has its own for firmware; what
//! crates of one target share is compiled once in each. The first failure ends it all: what runs comes
//! to the end of its program, and nothing more is begun.

use crate::cargo::target_dir;
use crate::output::{self, LeftOff};
use anyhow::{Context, Result};
use std::cell::Cell;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

/// Which folder a job builds in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The project's own, one job at a time.
    Host,
    /// The worker's.
    Firmware,
}

/// Something to do, and what it found.
pub(crate) struct Job<'a> {
    name: String,
    place: Place,
    work: Box<dyn FnOnce() -> Result<Vec<String>> + Send + 'a>,
}

impl<'a> Job<'a> {
    /// A job.
    pub(crate) fn new(
        place: Place,
        name: impl Into<String>,
        work: impl FnOnce() -> Result<Vec<String>> + Send + 'a,
    ) -> Self {
        Self { name: name.into(), place, work: Box::new(work) }
    }
}

/// What a job found, after its name.
pub(crate) type Found = (String, Vec<String>);

thread_local! {
    static WORKER: Cell<usize> = const { Cell::new(0) };
}

/// The number of the worker that asks; outside of jobs 0.
pub(crate) fn worker() -> usize {
    WORKER.get()
}

/// What is left to do: the jobs of each place, with their numbers.
type Lists<'a> = Mutex<[VecDeque<(usize, Job<'a>)>; 2]>;

/// Does all jobs, and returns what each found, in the order of the jobs.
pub(crate) fn run(jobs: Vec<Job<'_>>) -> Result<Vec<Found>> {
    let workers = thread::available_parallelism().map_or(1, usize::from).min(jobs.len());
    let mut lists = [VecDeque::new(), VecDeque::new()];
    for (number, job) in jobs.into_iter().enumerate() {
        lists[job.place as usize].push_back((number, job));
    }
    let (lists, stopped) = (Mutex::new(lists), Arc::<AtomicBool>::default());
    let ended: Vec<Result<Vec<_>>> = thread::scope(|scope| {
        let work = |worker| {
            scope.spawn({
                let (lists, stopped) = (&lists, stopped.clone());
                move || work(lists, worker, &stopped)
            })
        };
        let threads: Vec<_> = (0..workers).map(work).collect();
        let end = |thread: thread::ScopedJoinHandle<'_, Result<Vec<_>>>| {
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        threads.into_iter().map(end).collect()
    });
    let mut found = Vec::new();
    let mut left_off = None;
    for end in ended {
        match end {
            Ok(some) => found.extend(some),
            Err(error) if error.is::<LeftOff>() => left_off = Some(error),
            Err(error) => return Err(error),
        }
    }
    left_off.map_or(Ok(()), Err)?;
    found.sort_by_key(|(number, _)| *number);
    Ok(found.into_iter().map(|(_, found)| found).collect())
}

/// Does jobs until there are none; what they found, with their numbers.
fn work(
    lists: &Lists<'_>,
    worker: usize,
    stopped: &Arc<AtomicBool>,
) -> Result<Vec<(usize, Found)>> {
    WORKER.set(worker);
    output::heed(stopped.clone());
    let mut found = Vec::new();
    while let Some((number, job)) = next(lists, worker) {
        output::go_on()?;
        let name = job.name.clone();
        let findings = one(job).with_context(|| format!("step “{name}”"));
        found.push((
            number,
            (name, findings.inspect_err(|_| stopped.store(true, Ordering::Relaxed))?),
        ));
    }
    Ok(found)
}

/// The first of the worker's own jobs, else the last of the others'.
fn next<'a>(lists: &Lists<'a>, worker: usize) -> Option<(usize, Job<'a>)> {
    let mut lists = lists.lock().unwrap_or_else(PoisonError::into_inner);
    let own = if worker == 0 { Place::Host } else { Place::Firmware } as usize;
    lists[own].pop_front().or_else(|| lists[1 - own].pop_back())
}

/// Does a job, and shows what it said and found.
fn one(job: Job<'_>) -> Result<Vec<String>> {
    let folder = target_dir().join("steps");
    std::fs::create_dir_all(&folder)?;
    let file = folder.join(format!("{}.txt", job.name.replace(['/', ' '], "-")));
    let start = Instant::now();
    let findings = output::into_file(&file, job.work)?;
    let seconds = start.elapsed().as_secs();
    let said = String::from_utf8_lossy(&std::fs::read(&file)?).into_owned();
    let mut shown = format!("── {}\n{said}", job.name);
    for finding in findings.iter().flatten() {
        shown += &format!("   {finding}\n");
    }
    let failed = if findings.is_err() { "failed after " } else { "" };
    println!("{shown}   {failed}{seconds} s");
    findings
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::bail;

    #[test]
    fn findings_come_in_the_order_of_the_jobs_and_the_first_failure_is_the_error() {
        let job = |place, name: &str, finding: Result<&'static str>| {
            Job::new(place, name, move || finding.map(|finding| vec![finding.to_owned()]))
        };
        let jobs = vec![
            job(Place::Firmware, "test a", Ok("1")),
            job(Place::Host, "test b", Ok("2")),
            job(Place::Firmware, "test c", Ok("3")),
        ];
        let found = run(jobs).unwrap();
        let found: Vec<_> = found.iter().map(|(name, found)| (&name[..], &found[0][..])).collect();
        assert_eq!(found, [("test a", "1"), ("test b", "2"), ("test c", "3")]);
    }

    #[test]
    fn the_first_failure_is_the_error_and_what_waits_is_not_begun() {
        let begun = AtomicBool::new(false);
        let wait = || {
            while output::go_on().is_ok() {
                thread::yield_now();
            }
            output::go_on().map(|()| Vec::new())
        };
        let last = || {
            begun.store(true, Ordering::Relaxed);
            Ok(Vec::new())
        };
        let jobs = vec![
            Job::new(Place::Host, "test d", || bail!("no")),
            Job::new(Place::Host, "test e", last),
            Job::new(Place::Firmware, "test f", wait),
        ];
        // With one worker, the first failure ends it before the others.
        let error = run(jobs).unwrap_err();
        assert_eq!(format!("{error:#}"), "step “test d”: no");
        assert!(!begun.load(Ordering::Relaxed));
    }
}
