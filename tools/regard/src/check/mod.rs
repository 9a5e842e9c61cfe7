//! `regard check`: the integer engine against its float twin, over a file of sentences.
//!
//! Teacher-forced, both read the same target, so that every value has a partner: signal to
//! quantisation noise per site, agreement of the preferred tokens, worst logit, alignments. Then
//! both answer freely, and the answers are compared with the references; of pictures also where
//! attention lies meanwhile.

#[cfg(test)]
mod as_sacrebleu;
mod bleu;
mod chrf;
mod data;
mod distance;
mod json;
mod lengths;
mod links;
mod looks;
mod pointing;
mod report;
mod share;
mod tally;
mod tiles;

pub(crate) use share::Power;

use crate::answer::Step;
use crate::cli::CheckArgs;
use crate::convert::compared;
use crate::engine::Engine;
use crate::given::Given;
use crate::problem::Problem;
use crate::report::{Error, Outputs, Report};
use crate::{boards, float, progress};
use data::Item;
use pointing::Pointing;
use share::Both;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::Instant;
use tally::{Difference, Tally, first_difference};
use twin::{Model, Site};

/// What was counted, and how it is told.
pub(crate) struct Checked<'t> {
    pub(crate) tally: &'t Tally,
    pub(crate) sentences: usize,
    /// Exact answers by the length of the source too.
    by_length: bool,
    /// The first site below so many dB is named.
    bound: f64,
}

/// Runs both models, prints the report, and writes those that were asked for.
pub(crate) fn run(args: &CheckArgs) -> Result<(), Problem> {
    let outputs = outputs(args)?;
    let mut engine = Engine::read(&args.model)?;
    let (items, nouns) = asked_items(&engine, args)?;
    let twin = float::read(&args.float_files, &args.model, &engine)?;
    engine.read_targets(&twin.description)?;
    let started = Instant::now();
    let bar = progress::bar(items.len() as u64, "sentences");
    let mut tally = Tally::default();
    for item in &items {
        let references = references(&engine, args, item)?;
        one(&mut engine, &twin, item, (&references, &nouns), &mut tally)
            .map_err(|problem| located(problem, args, item.line))?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    let checked = Checked {
        tally: &tally,
        sentences: items.len(),
        by_length: args.by_length,
        bound: args.report.bound,
    };
    let errors = if outputs.is_empty() {
        engine.model().sections().map(|_| Error::default()).collect()
    } else {
        compared(engine.model(), &twin)
    };
    let (table, of) = (boards::table(), (args.model.as_path(), engine.model()));
    let report = Report::new("check", of, &errors, args.report.bound, &table);
    let summary = report.summary();
    outputs.write(&report, Some(&checked))?;
    checked.print(args, &summary, started.elapsed())
}

/// Where reports go, none of them over what is read.
fn outputs(args: &CheckArgs) -> Result<Outputs, Problem> {
    let mut inputs = args.float_files.inputs(&args.model).to_vec();
    inputs.extend(args.float_files.weights.iter().flat_map(|weights| import::files(weights)));
    inputs.push(args.data.clone());
    inputs.extend(args.float_files.tokenizers.files());
    args.report.open(&inputs.iter().map(PathBuf::as_path).collect::<Vec<_>>())
}

/// What the data file has for such a model, and the nouns of all its captions.
fn asked_items(
    engine: &Engine<'_>,
    args: &CheckArgs,
) -> Result<(Vec<Item>, HashSet<String>), Problem> {
    if engine.sees().is_some() && args.by_length {
        return Err(Problem::NoLengths);
    }
    let limit = args.limit.unwrap_or(usize::MAX);
    let mut items = items(engine, &args.data, args.pictures.as_deref(), limit)?;
    let seen = items.iter().filter_map(|item| item.seen.as_ref());
    let nouns = seen.flat_map(|seen| seen.nouns.names()).map(str::to_owned).collect();
    items.truncate(limit);
    Ok((items, nouns))
}

/// What a data file has for such a model: of text the first `limit` items, of pictures all.
fn items(
    engine: &Engine<'_>,
    data: &Path,
    sheet: Option<&Path>,
    limit: usize,
) -> Result<Vec<Item>, Problem> {
    match (engine.sees(), sheet) {
        (None, Some(_)) => Err(Problem::WantsText),
        (None, None) => data::read(data, Some(limit)),
        (Some(model), Some(sheet)) => tiles::read(data, sheet, model),
        (Some(model), None) => tiles::read(data, &data.with_extension("png"), model),
    }
}

/// All items of a data file, as text.
pub(crate) fn read(data: &Path) -> Result<Vec<Item>, Problem> {
    data::read(data, None)
}

/// The first `limit` items of a data file: what is read, and the first reference.
pub(crate) fn samples(
    engine: &Engine<'_>,
    data: &Path,
    limit: usize,
) -> Result<Vec<(Given, Vec<u32>)>, Problem> {
    let sample = |item: &Item| {
        let target = item.references.first().map_or("", String::as_str);
        Ok((given(engine, item)?, engine.target_tokens(target)?))
    };
    let located = |item: &Item, problem: Problem| Problem::Line {
        path: data.into(),
        line: item.line,
        what: problem.to_string(),
    };
    let items = items(engine, data, None, limit)?;
    let first = items.iter().take(limit);
    first.map(|item| sample(item).map_err(|problem| located(item, problem))).collect()
}

/// What an item has to read.
fn given(engine: &Engine<'_>, item: &Item) -> Result<Given, Problem> {
    Ok(match &item.seen {
        Some(seen) => Given::Picture(seen.picture.clone()),
        None => Given::Tokens(engine.tokens(&item.source)?),
    })
}

/// Names the line of the data file.
fn located(problem: Problem, args: &CheckArgs, line: usize) -> Problem {
    Problem::Line { path: args.data.clone(), line, what: problem.to_string() }
}

/// The references as tokens, end mark included; there is one at least.
fn references(
    engine: &Engine<'_>,
    args: &CheckArgs,
    item: &Item,
) -> Result<Vec<Vec<u32>>, Problem> {
    let tokens = |(words, line): (&String, usize)| {
        engine.target_tokens(words).map_err(|problem| located(problem, args, line))
    };
    item.references.iter().zip(item.line..).map(tokens).collect()
}

fn one(
    engine: &mut Engine<'_>,
    twin: &Model,
    item: &Item,
    (references, nouns): (&[Vec<u32>], &HashSet<String>),
    tally: &mut Tally,
) -> Result<(), Problem> {
    let given = given(engine, item)?;
    let target = references.first().map_or(&[][..], Vec::as_slice);
    forced(engine, twin, (&given, target), item, tally)?;
    let float = twin.greedy(given.source(), &mut ())?;
    let float: Vec<Step> = float.into_iter().map(Step::from).collect();
    let integer = engine.greedy(&given)?;
    tally.free(given.words(), references, &float, &integer);
    let said =
        |steps: &[Step]| engine.text(&steps.iter().map(|step| step.token).collect::<Vec<_>>());
    let known: Vec<String> = references.iter().map(|known| engine.text(known)).collect();
    tally.text(&known, &Both { float: said(&float), integer: said(&integer) });
    let pointing = &mut tally.pointing;
    for (pointing, steps) in [(&mut pointing.float, &float), (&mut pointing.integer, &integer)] {
        point(engine, pointing, steps, item, nouns);
    }
    if let (None, Some(step)) = (&tally.first_difference, first_difference(&float, &integer)) {
        let word = |steps: &[Step]| match steps.get(step) {
            Some(step) => engine.target_word(step.token),
            None => "nothing".into(),
        };
        let (float, integer) = (word(&float), word(&integer));
        let (line, source) = (item.line, item.source.clone());
        tally.first_difference = Some(Difference { line, source, step, float, integer });
    }
    Ok(())
}

/// Where one model looked while it said the nouns of an answer.
fn point(
    engine: &Engine<'_>,
    pointing: &mut Pointing,
    steps: &[Step],
    item: &Item,
    nouns: &HashSet<String>,
) {
    let Some(seen) = &item.seen else { return };
    let words: Vec<String> = steps.iter().map(|step| engine.target_word(step.token)).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    pointing.add(&words, steps, &seen.nouns, |word| nouns.contains(word));
}

/// Both read the same target.
fn forced(
    engine: &mut Engine<'_>,
    twin: &Model,
    (given, target): (&Given, &[u32]),
    item: &Item,
    tally: &mut Tally,
) -> Result<(), Problem> {
    let mut seen = HashMap::new();
    let mut see = |site: Site, position: usize, values: &[f32]| {
        seen.insert((site, position), values.to_vec());
    };
    let steps = twin.teacher_forced(given.source(), target, &mut see)?;
    let float: Vec<Step> = steps.into_iter().map(Step::from).collect();
    let integer = engine.teacher_forced(given, target, |site, position, values| {
        if let Some(float) = seen.get(&(site, position)) {
            tally.values(site, float, values);
        }
    })?;
    for (float, integer) in float.iter().zip(&integer) {
        tally.values(Site::Logits, &float.logits.floats, &integer.logits.floats);
    }
    tally.forced(item.line, &float, &integer, &item.gold);
    looks::keep(engine, given, item, [&float, &integer], &mut tally.looks);
    Ok(())
}
