//! `regard convert`: trained weights in, model file out.
//!
//! Each section of the file is made from the twin's tensors, in the order that the dims prescribe.
//! Then the engine itself runs the self-test sentence or picture, and its answer is written into the
//! file, so that a board can compare itself with the host. Under a budget some matrices become int4
//! (`budget.rs`).

mod budget;
mod convolutional;
mod dims;
mod limits;
mod recurrent;
mod samples;
mod section;
mod subwords;
mod vocabulary;

use crate::cli::ConvertArgs;
use crate::engine::Engine;
use crate::given::Given;
use crate::problem::Problem;
use crate::quantise::Form;
use crate::{file, maps, names, progress, table};
use convolutional::TestPicture;
use regard::format::emit::{self, Content};
use regard::format::{Dims, EncoderKind, Role, Slot};
use regard::kernel::Layout;
use regard::{Model, SelfTest, Token};
use section::Entry;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use twin::Weights;

/// Converts, writes the file whole or not at all, and prints what it holds.
pub(crate) fn run(args: &ConvertArgs) -> Result<(), Problem> {
    let data = args.data.as_ref().filter(|_| args.flash.is_some());
    let files = [&args.weights, &args.config].into_iter().chain(data).chain(&args.vocabulary);
    let inputs: Vec<&Path> = files.chain(args.tokenizers.inputs()).map(PathBuf::as_path).collect();
    file::refuse_overwrite(&args.output, &inputs)?;
    let description = args.tokenizers.describe(&args.config)?;
    limits::check(&description)?;
    let mut twin = twin::Model::new(description, Weights::read(&args.weights)?)?;
    let trim = |corpus: &PathBuf| vocabulary::trim(&mut twin, corpus);
    let trimmed = args.vocabulary.as_ref().map(trim).transpose()?.unwrap_or_default();
    let dims = dims::of(&twin.description)?;
    let mut draft = Draft { dims: &dims, twin: &twin, entries: sections(&dims, &twin) };
    let most_bits = args.activations.unwrap_or(Form::INT8.most_bits);
    draft.limit(most_bits);
    let (words, remark) = match args.flash {
        Some(budget) => budget::meet(&mut draft, budget, (most_bits, data.map(PathBuf::as_path)))?,
        None => (draft.finished()?, String::new()),
    };
    file::write(&args.output, bytemuck::cast_slice(&words))?;
    let report = report(&dims, &twin, &draft.entries, &words)?;
    let mut out = io::stdout().lock();
    writeln!(out, "{report}{trimmed}{remark}\nwrote {}", args.output.display())?;
    Ok(())
}

/// A model file in the making.
struct Draft<'t> {
    dims: &'t Dims,
    twin: &'t twin::Model,
    entries: Vec<(Slot, Entry)>,
}

/// Every section, the self-test still empty.
fn sections(dims: &Dims, twin: &twin::Model) -> Vec<(Slot, Entry)> {
    let slots: Vec<Slot> = (0..).map_while(|index| dims.slot(index)).collect();
    let bar = progress::bar(slots.len() as u64, "tensors");
    let entry = |slot: Slot| {
        bar.inc(1);
        (slot, section::of(&slot, twin))
    };
    let entries = slots.into_iter().map(entry).collect();
    bar.finish_and_clear();
    entries
}

impl Draft<'_> {
    /// Narrower mantissas; weights for 8 bits lie as bytes, where they may.
    fn limit(&mut self, most_bits: u32) {
        if most_bits >= Form::INT8.most_bits {
            return;
        }
        for (slot, entry) in &mut self.entries {
            let bytes = most_bits <= Layout::Bytes.most_bits();
            let bytes = bytes && self.dims.takes(slot, Layout::Bytes);
            let layout = if bytes { Layout::Bytes } else { Layout::Pairs };
            *entry = entry.formed(Form { layout, most_bits });
        }
    }

    /// The words of the file, with the engine's own answer to the self-test.
    fn finished(&mut self) -> Result<Vec<u32>, Problem> {
        let (dims, entries) = (self.dims, &mut self.entries);
        let words = emitted(dims, entries)?.leak();
        let mut engine = Engine::new(Model::parse(words)?)?;
        let text = &self.twin.description.selftest;
        let wrong = |cause| Problem::SelfTest { text: text.clone(), cause: Box::new(cause) };
        let content = if dims.reads_words() {
            let source = engine.tokens(text).map_err(wrong)?;
            let tokens: Vec<Token> = source.iter().map(|&id| id as Token).collect();
            Content::self_test(&tokens, &engine.digests(&Given::Tokens(source))?)
        } else {
            let test = TestPicture::new();
            test.content(&engine.digests(&Given::Picture(test.picture()?))?)
        };
        for (_, entry) in entries.iter_mut().filter(|(slot, _)| slot.role == Role::SelfTest) {
            entry.content.clone_from(&content);
        }
        let words = emitted(dims, entries)?;
        let model = Model::parse(words.clone().leak())?;
        let repeated = Engine::new(model)?.self_test(&SelfTest::of(&model));
        repeated.map_err(|cause| wrong(cause.into()))?;
        Ok(words)
    }
}

fn emitted(dims: &Dims, entries: &[(Slot, Entry)]) -> Result<Vec<u32>, Problem> {
    let contents: Vec<Content> = entries.iter().map(|(_, entry)| entry.content.clone()).collect();
    emit::emit(dims, &contents).map_err(Problem::Unfit)
}

fn report(
    dims: &Dims,
    twin: &twin::Model,
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
    let (flash, float) = (words.len() * 4, 4 * twin.parameters());
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
        table::grouped(twin.parameters()),
        dims.max_target_len,
    ))
}
