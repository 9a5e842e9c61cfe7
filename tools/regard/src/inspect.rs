//! `regard inspect`: what a model file holds, and the RAM it needs.

use crate::cli::InspectArgs;
use crate::kind::{self, Field};
use crate::problem::Problem;
use crate::{engine, maps, names, table};
use regard::format::{Dims, EncoderKind, Kind};
use regard::{Model, SelfTest};
use serde_json::{Value, json};
use std::io::{self, Write as _};

/// Prints dims, sections and the plan of the arena.
pub(crate) fn run(args: &InspectArgs) -> Result<(), Problem> {
    let model = engine::open(&args.model)?;
    let mut out = io::stdout().lock();
    if args.json {
        writeln!(out, "{}", as_json(&model))?;
    } else {
        writeln!(out, "{}\n", dims(model.dims()))?;
        if let EncoderKind::Convolutional(encoder) = &model.dims().encoder {
            writeln!(out, "{}\n", maps::table(encoder))?;
        }
        writeln!(out, "{}\n\n{}", sections(&model), arena(&model))?;
    }
    out.flush()?;
    Ok(())
}

fn dims(d: &Dims) -> String {
    let line = |(name, value): Field| match value {
        Value::String(text) => format!("{name:18} {text}"),
        value => format!("{name:18} {value}"),
    };
    kind::fields(d).into_iter().map(line).collect::<Vec<_>>().join("\n")
}

fn sections(model: &Model<'_>) -> String {
    let mut rows = table::new(&["section", "shape", "bytes", "mantissa bits"]);
    for (slot, section) in model.sections() {
        let matrix = slot.kind() == Kind::Matrix;
        rows.add_row([
            names::of(&slot, model.dims()),
            if matrix {
                format!("{} × {}", slot.rows, slot.columns)
            } else {
                slot.rows.to_string()
            },
            table::grouped(section.words.len() * 4),
            if matrix { section.bits.to_string() } else { String::new() },
        ]);
    }
    let test = SelfTest::of(model).len();
    let flash = table::grouped(model.file_bytes());
    format!("{}\n\nflash {flash} bytes, with a self-test of {test} steps", table::text(&rows))
}

fn arena(model: &Model<'_>) -> String {
    let mut rows = table::new(&["RAM", "bytes"]);
    for (phase, parts) in
        ["always", "while encoding", "while decoding"].iter().zip(model.arena_parts())
    {
        for (part, bytes) in parts.into_iter().filter(|(_, bytes)| *bytes > 0) {
            rows.add_row([format!("{phase}: {part}"), table::grouped(bytes as usize)]);
        }
    }
    let total = table::grouped(model.arena_bytes());
    format!(
        "{}\n\nRAM {total} bytes: what is always there, and the larger phase",
        table::text(&rows)
    )
}

fn as_json(model: &Model<'_>) -> Value {
    let section = |(slot, section): (regard::format::Slot, regard::format::Section<'_>)| {
        json!({
            "name": names::of(&slot, model.dims()), "rows": slot.rows, "columns": slot.columns,
            "bytes": section.words.len() * 4, "mantissa_bits": section.bits,
        })
    };
    let dims = kind::fields(model.dims()).into_iter().map(|(name, value)| (name.to_owned(), value));
    json!({
        "dims": dims.collect::<serde_json::Map<_, _>>(),
        "sections": model.sections().map(section).collect::<Vec<_>>(),
        "self_test_steps": SelfTest::of(model).len(),
        "flash_bytes": model.file_bytes(),
        "arena_bytes": model.arena_bytes(),
    })
}
