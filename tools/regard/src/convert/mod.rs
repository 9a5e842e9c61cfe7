//! `regard convert`: trained weights in, model file out.
//!
//! Each section of the file is made from the twin's tensors, in the order that the dims prescribe.
//! Then the engine itself runs the self-test sentence or picture, and its answer is written into the
//! file, so that a board can compare itself with the host.

mod convolutional;
mod dims;
mod limits;
mod recurrent;
mod section;

use crate::cli::ConvertArgs;
use crate::engine::Engine;
use crate::given::Given;
use crate::problem::Problem;
use crate::{file, maps, names, progress, table};
use convolutional::TestPicture;
use regard::format::emit::{self, Content};
use regard::format::{Dims, EncoderKind, Role, Slot};
use regard::{Model, SelfTest, Token};
use section::Entry;
use std::io::{self, Write as _};
use twin::{Description, Weights};

/// Converts, writes the file whole or not at all, and prints what it holds.
pub(crate) fn run(args: &ConvertArgs) -> Result<(), Problem> {
    file::refuse_overwrite(&args.output, &[&args.weights, &args.config])?;
    let description = Description::read(&args.config)?;
    limits::check(&description)?;
    let twin = twin::Model::new(description, Weights::read(&args.weights)?)?;
    let dims = dims::of(&twin.description)?;
    let mut entries = sections(&dims, &twin);
    let words = with_self_test(&dims, &twin, &mut entries)?;
    file::write(&args.output, bytemuck::cast_slice(&words))?;
    let report = report(&dims, &twin, &entries, &words)?;
    let mut out = io::stdout().lock();
    writeln!(out, "{report}\nwrote {}", args.output.display())?;
    Ok(())
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

/// The words of the file, with the engine's own answer to the self-test.
fn with_self_test(
    dims: &Dims,
    twin: &twin::Model,
    entries: &mut [(Slot, Entry)],
) -> Result<Vec<u32>, Problem> {
    let words = emitted(dims, entries)?.leak();
    let mut engine = Engine::new(Model::parse(words)?)?;
    let text = &twin.description.selftest;
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
    let mut rows = table::new(&["tensor", "shape", "bytes", "mantissa bits", "largest error"]);
    for (slot, entry) in entries {
        let shape = match slot.columns {
            1 => slot.rows.to_string(),
            columns => format!("{} × {columns}", slot.rows),
        };
        rows.add_row([
            names::of(slot, dims),
            shape,
            table::grouped(entry.content.bytes()),
            entry.bits.map_or(String::new(), |bits| bits.to_string()),
            entry.largest_error.map_or(String::new(), |error| format!("{error:.6}")),
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
