//! `regard inspect`: what a model file holds, and the RAM it needs.

use crate::cli::InspectArgs;
use crate::problem::Problem;
use crate::{engine, maps, names, table};
use regard::format::{Dims, EncoderKind, Layout};
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

/// The dims by their names, for both forms of the report.
fn fields(d: &Dims) -> Vec<(&'static str, Value)> {
    let mut fields = vec![
        ("norm", json!(format!("{:?}", d.norm).to_lowercase())),
        ("activation", json!(format!("{:?}", d.activation).to_lowercase())),
        ("d_model", json!(d.d_model)),
        ("n_heads", json!(d.n_heads)),
        ("d_head", json!(d.d_head)),
        ("d_ff", json!(d.d_ff)),
        ("encoder_layers", json!(d.encoder_layers)),
        ("decoder_layers", json!(d.decoder_layers)),
        ("source_vocabulary", json!(d.source_vocabulary)),
        ("target_vocabulary", json!(d.target_vocabulary)),
        ("max_source_len", json!(d.max_source_len)),
        ("max_target_len", json!(d.max_target_len)),
        ("alignment_layer", json!(d.alignment_layer)),
        ("tied_output", json!(d.tied_output)),
        ("lowercase", json!(d.lowercase)),
    ];
    if let EncoderKind::Convolutional(encoder) = &d.encoder {
        let (width, height, channels) = (encoder.width, encoder.height, encoder.channels);
        fields.push(("picture", json!(format!("{width} × {height} × {channels}"))));
    }
    fields
}

fn dims(d: &Dims) -> String {
    let line = |(name, value): (&str, Value)| match value {
        Value::String(text) => format!("{name:18} {text}"),
        value => format!("{name:18} {value}"),
    };
    fields(d).into_iter().map(line).collect::<Vec<_>>().join("\n")
}

fn sections(model: &Model<'_>) -> String {
    let mut rows = table::new(&["section", "shape", "bytes", "mantissa bits"]);
    for (slot, section) in model.sections() {
        let matrix = slot.layout() == Layout::Rows;
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
    let dims = fields(model.dims()).into_iter().map(|(name, value)| (name.to_owned(), value));
    json!({
        "dims": dims.collect::<serde_json::Map<_, _>>(),
        "sections": model.sections().map(section).collect::<Vec<_>>(),
        "self_test_steps": SelfTest::of(model).len(),
        "flash_bytes": model.file_bytes(),
        "arena_bytes": model.arena_bytes(),
    })
}
