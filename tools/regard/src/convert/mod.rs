//! `regard convert`: trained weights in, model file out.
//!
//! Each section of the file is made from the twin's tensors, in the order that the dims prescribe.
//! Then the engine itself runs the self-test sentence or picture, and its answer is written into the
//! file, so that a board can compare itself with the host. Under a budget some matrices become int4
//! (`budget.rs`).

mod budget;
mod compared;
mod convolutional;
mod dims;
mod distances;
mod limits;
mod recurrent;
mod samples;
mod section;
mod smooth;
mod subwords;
mod vocabulary;

pub(crate) use compared::compared;

use crate::cli::ConvertArgs;
use crate::engine::Engine;
use crate::given::Given;
use crate::problem::Problem;
use crate::quantise::Form;
use crate::report::{Error, Report};
use crate::{boards, file, maps, names, progress, table};
use convolutional::TestPicture;
use regard::format::emit::{self, Content};
use regard::format::{Dims, EncoderKind, Role, Slot};
use regard::kernel::Layout;
use regard::{Model, SelfTest, Token};
use section::{Entry, Part};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Converts, writes the file whole or not at all, and prints what it holds.
pub(crate) fn run(args: &ConvertArgs) -> Result<(), Problem> {
    let data = args.data.as_ref().filter(|_| args.flash.is_some());
    let wanted = &args.wanted;
    let beside = [&args.config, &wanted.source_words, &wanted.target_words, &args.vocabulary];
    let mut inputs = import::files(&args.weights);
    inputs.extend(beside.into_iter().flatten().chain(data).cloned());
    inputs.extend(args.tokenizers.files());
    let mut files: Vec<&Path> = inputs.iter().map(PathBuf::as_path).collect();
    file::refuse_overwrite(&args.output, &files)?;
    files.push(&args.output);
    let reports = args.report.open(&files)?;
    let request = wanted.request(args.config.as_ref(), &args.tokenizers);
    let import = import::open(&args.weights, &request)?;
    limits::check(&import.description)?;
    let notes: String = import.remarks.iter().map(|remark| format!("\nnote: {remark}")).collect();
    let (description, weights) = import.weights()?;
    let mut twin = twin::Model::new(description, weights)?;
    let trim = |corpus: &PathBuf| vocabulary::trim(&mut twin, corpus);
    let trimmed = args.vocabulary.as_ref().map(trim).transpose()?.unwrap_or_default();
    let dims = dims::of(&twin.description)?;
    let most_bits = args.activations.unwrap_or(Form::INT8.most_bits);
    let form = Form { most_bits, ..Form::INT8 };
    let smoothed = args.smooth.then(|| smooth::smooth(&mut twin, form).to_string());
    let selftest = twin.description.selftest.clone();
    let parameters = twin.parameters();
    let parts = parts_of(&dims, &twin);
    let (draft, words, remark) = match args.flash {
        Some(budget) => {
            let entries = entries(&dims, parts.iter().cloned(), most_bits);
            let mut draft = Draft { dims: &dims, selftest, entries };
            let data = data.map(PathBuf::as_path);
            let (words, remark) =
                budget::meet((&mut draft, parts), (twin, data), budget, most_bits)?;
            (draft, words, remark)
        }
        None => {
            // So each matrix is forgotten when its section is made.
            drop(twin);
            let entries = entries(&dims, parts, most_bits);
            let mut draft = Draft { dims: &dims, selftest, entries };
            let words = draft.finished()?;
            (draft, words, String::new())
        }
    };
    file::write(&args.output, bytemuck::cast_slice(&words))?;
    let text = report(&dims, parameters, &draft.entries, &words)?;
    let (model, table) = (Model::parse(&words)?, boards::table());
    let errors: Vec<Error> = draft.entries.iter().map(|(_, entry)| entry.error()).collect();
    let of = (args.output.as_path(), &model);
    let report = Report::new("convert", of, &errors, args.report.bound, &table);
    let summary = report.summary();
    reports.write(&report, None)?;
    let mut out = io::stdout().lock();
    let smoothed = smoothed.unwrap_or_default();
    let remarks = format!("{summary}{trimmed}{smoothed}{remark}{notes}");
    writeln!(out, "{text}{remarks}\nwrote {}", args.output.display())?;
    Ok(())
}

/// A model file in the making.
struct Draft<'d> {
    dims: &'d Dims,
    /// The sentence that it answers to check itself.
    selftest: String,
    entries: Vec<(Slot, Entry)>,
}

/// What every section is made from.
fn parts_of(dims: &Dims, twin: &twin::Model) -> Vec<(Slot, Part)> {
    let slots = (0..).map_while(|index| dims.slot(index));
    slots.map(|slot| (slot, section::of(&slot, twin))).collect()
}

/// Every section, the self-test still empty. `most_bits`: of what matrices read.
fn entries(
    dims: &Dims,
    parts: impl IntoIterator<Item = (Slot, Part), IntoIter: ExactSizeIterator>,
    most_bits: u32,
) -> Vec<(Slot, Entry)> {
    let parts = parts.into_iter();
    let bar = progress::bar(parts.len() as u64, "tensors");
    let entry = |(slot, part): (Slot, Part)| {
        bar.inc(1);
        (slot, part.entry(int8(dims, &slot, most_bits)))
    };
    let entries = parts.map(entry).collect();
    bar.finish_and_clear();
    entries
}

/// int8 for such mantissas: for 8 bits weights lie as bytes, where they may.
fn int8(dims: &Dims, slot: &Slot, most_bits: u32) -> Form {
    let bytes = most_bits <= Layout::Bytes.most_bits() && dims.takes(slot, Layout::Bytes);
    Form { layout: if bytes { Layout::Bytes } else { Layout::Pairs }, most_bits }
}

impl Draft<'_> {
    /// The words of the file, with the engine's own answer to the self-test.
    fn finished(&mut self) -> Result<Vec<u32>, Problem> {
        let dims = self.dims;
        let content = self.self_test(&emitted(dims, &self.entries)?)?;
        let of_test = self.entries.iter_mut().filter(|(slot, _)| slot.role == Role::SelfTest);
        of_test.for_each(|(_, entry)| entry.content.clone_from(&content));
        let words = emitted(dims, &self.entries)?;
        let model = Model::parse(&words)?;
        let mut arena = vec![0; model.arena_bytes().div_ceil(4)];
        let repeated = Engine::over(&model, &mut arena)?.self_test(&SelfTest::of(&model));
        repeated.map_err(|cause| self.wrong_test(cause.into()))?;
        Ok(words)
    }

    /// What the engine answers to the sentence or the picture, by a file without it.
    fn self_test(&self, words: &[u32]) -> Result<Content, Problem> {
        let model = Model::parse(words)?;
        let mut arena = vec![0; model.arena_bytes().div_ceil(4)];
        let mut engine = Engine::over(&model, &mut arena)?;
        if !self.dims.reads_words() {
            let test = TestPicture::new();
            return Ok(test.content(&engine.digests(&Given::Picture(test.picture()?))?));
        }
        let source = engine.tokens(&self.selftest).map_err(|cause| self.wrong_test(cause))?;
        let tokens: Vec<Token> = source.iter().map(|&id| id as Token).collect();
        Ok(Content::self_test(&tokens, &engine.digests(&Given::Tokens(source))?))
    }

    fn wrong_test(&self, cause: Problem) -> Problem {
        Problem::SelfTest { text: self.selftest.clone(), cause: Box::new(cause) }
    }
}

fn emitted(dims: &Dims, entries: &[(Slot, Entry)]) -> Result<Vec<u32>, Problem> {
    let contents: Vec<&Content> = entries.iter().map(|(_, entry)| &entry.content).collect();
    emit::emit(dims, &contents).map_err(Problem::Unfit)
}

fn report(
    dims: &Dims,
    parameters: usize,
    entries: &[(Slot, Entry)],
    words: &[u32],
) -> Result<String, Problem> {
    let mut rows = table::new(&[
        "tensor",
        "shape",
        "weights",
        "bytes",
        "mantissa bits",
        "largest error",
        "SQNR, dB",
    ]);
    for (slot, entry) in entries {
        let shape = match slot.columns {
            1 => slot.rows.to_string(),
            columns => format!("{} × {columns}", slot.rows),
        };
        let sqnr = entry.facts.and_then(|facts| facts.sqnr);
        rows.add_row([
            names::of(slot, dims),
            shape,
            entry.facts.map_or(String::new(), |facts| names::of_layout(facts.layout).into()),
            table::grouped(entry.content.bytes()),
            entry.facts.map_or(String::new(), |facts| facts.bits.to_string()),
            entry.largest_error.map_or(String::new(), |error| format!("{error:.6}")),
            sqnr.map_or(String::new(), |sqnr| format!("{sqnr:.1}")),
        ]);
    }
    let (flash, float) = (words.len() * 4, 4 * parameters);
    let (layers, sources) = match &dims.encoder {
        EncoderKind::Convolutional(encoder) => {
            let (width, height) = (encoder.width, encoder.height);
            let layers = format!("\n\n{}", maps::table(encoder));
            (layers, format!("pictures of {width} × {height} pixels"))
        }
        _ => (String::new(), format!("sentences up to {}", dims.max_source_len)),
    };
    Ok(format!(
        "{}{layers}\n\nflash {} bytes ({:.1} % of {} as float)\nRAM   {} bytes (the whole arena)\n\
         {} parameters, {sources} → {} tokens",
        table::text(&rows),
        table::grouped(flash),
        100.0 * flash as f64 / float as f64,
        table::grouped(float),
        table::grouped(Model::parse(words)?.arena_bytes()),
        table::grouped(parameters),
        dims.max_target_len,
    ))
}
