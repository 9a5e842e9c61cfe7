//! `regard check`: the integer engine against its float twin, over a file of sentences.
//!
//! Teacher-forced, both read the same target, so that every value has a partner: signal to
//! quantisation noise per site, agreement of the preferred tokens, worst logit. Then both answer
//! freely, and the answers are compared with the reference.

mod data;
mod report;
mod tally;

use crate::answer::Step;
use crate::cli::CheckArgs;
use crate::engine::Engine;
use crate::float;
use crate::problem::Problem;
use crate::progress;
use data::Pair;
use std::collections::HashMap;
use std::time::Instant;
use tally::{Difference, Tally, first_difference};
use twin::{Site, Transformer};

/// Runs both models and prints the report.
pub(crate) fn run(args: &CheckArgs) -> Result<(), Problem> {
    let pairs = data::read(&args.data, args.limit)?;
    let mut engine = Engine::read(&args.model)?;
    let twin = float::read(&args.float_files, &args.model, &engine)?;
    let started = Instant::now();
    let bar = progress::bar(pairs.len() as u64, "sentences");
    let mut tally = Tally::default();
    for pair in &pairs {
        let located = |problem| located(problem, args, pair);
        one(&mut engine, &twin, pair, &mut tally).map_err(located)?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    report::print(&tally, args.json, pairs.len(), started.elapsed())
}

/// Names the line of the data file.
fn located(problem: Problem, args: &CheckArgs, pair: &Pair) -> Problem {
    Problem::Line { path: args.data.clone(), line: pair.line, what: problem.to_string() }
}

fn one(
    engine: &mut Engine,
    twin: &Transformer,
    pair: &Pair,
    tally: &mut Tally,
) -> Result<(), Problem> {
    let source = engine.tokens(&pair.source)?;
    let target = engine.target_tokens(&pair.target)?;
    let mut seen = HashMap::new();
    let steps = twin.teacher_forced(
        &source,
        &target,
        &mut |site: Site, position: usize, values: &[f32]| {
            seen.insert((site, position), values.to_vec());
        },
    )?;
    let float: Vec<Step> = steps.into_iter().map(Step::from).collect();
    let integer = engine.teacher_forced(&source, &target, |site, position, values| {
        if let Some(float) = seen.get(&(site, position)) {
            tally.values(site, float, values);
        }
    })?;
    for (float, integer) in float.iter().zip(&integer) {
        tally.values(Site::Logits, &float.logits.floats, &integer.logits.floats);
    }
    tally.forced(pair.line, &float, &integer, &pair.gold);
    let float: Vec<Step> = twin.greedy(&source, &mut ())?.into_iter().map(Step::from).collect();
    let integer = engine.greedy(&source)?;
    tally.free(&target, &float, &integer);
    if let (None, Some(step)) = (&tally.first_difference, first_difference(&float, &integer)) {
        let word = |steps: &[Step]| match steps.get(step) {
            Some(step) => engine.target_word(step.token),
            None => "nothing".into(),
        };
        let (float, integer) = (word(&float), word(&integer));
        let (line, source) = (pair.line, pair.source.clone());
        tally.first_difference = Some(Difference { line, source, step, float, integer });
    }
    Ok(())
}
