//! `regard inspect`: what a model file holds, the RAM it needs, and the boards that it fits.

use crate::boards::{self, Fit, Needs, Status, Table};
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
        writeln!(out, "{}", as_json(&model, &boards::table()))?;
    } else {
        writeln!(out, "{}\n", dims(model.dims()))?;
        if let EncoderKind::Convolutional(encoder) = &model.dims().encoder {
            writeln!(out, "{}\n", maps::table(encoder))?;
        }
        writeln!(out, "{}\n\n{}\n", sections(&model), arena(&model))?;
        writeln!(out, "{}", fits(&model, &boards::table()))?;
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
    let mut rows = table::new(&["section", "shape", "weights", "bytes", "mantissa bits"]);
    for (slot, section) in model.sections() {
        let matrix = slot.kind() == Kind::Matrix;
        rows.add_row([
            names::of(&slot, model.dims()),
            if matrix {
                format!("{} × {}", slot.rows, slot.columns)
            } else {
                slot.rows.to_string()
            },
            if matrix { names::of_layout(section.layout).into() } else { String::new() },
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

/// A row for each board: what is left, or missing.
fn fits(model: &Model<'_>, table: &Table) -> String {
    let needs = Needs::of(model, table);
    let mut rows = table::new(&["board", "core", "here it is", "flash left", "RAM left"]);
    for fit in table.boards.iter().map(|board| needs.on(board)) {
        let status = match fit.board.status {
            Status::Runs => "emulated",
            Status::Builds => "built",
        };
        rows.add_row([
            fit.board.name.clone(),
            fit.board.core.clone(),
            status.into(),
            fit.flash_text(),
            fit.ram_text(),
        ]);
    }
    let [firmware, statics] = [table.firmware_bytes, table.statics_bytes].map(table::grouped);
    let features = match needs.features() {
        [] => String::new(),
        some => format!("\nfirmware needs the engine's feature {}", some.join(" and ")),
    };
    format!(
        "{}\n\nbeside a firmware of {firmware} bytes, the board's stack and {statics} bytes of \
         statics{features}",
        table::text(&rows)
    )
}

fn fit_as_json(fit: &Fit<'_>) -> Value {
    json!({
        "name": fit.board.name, "core": fit.board.core, "runs": fit.board.status == Status::Runs,
        "fits": fit.fits(), "flash_left": fit.flash_left, "ram_left": fit.ram_left,
        "flash_base": fit.board.flash.base, "ram_base": fit.board.ram.base,
        "stack_bytes": fit.board.stack_bytes, "more_features": fit.features,
    })
}

/// The same for programs.
pub(crate) fn as_json(model: &Model<'_>, table: &Table) -> Value {
    let needs = Needs::of(model, table);
    let section = |(slot, section): (regard::format::Slot, regard::format::Section<'_>)| {
        json!({
            "name": names::of(&slot, model.dims()), "rows": slot.rows, "columns": slot.columns,
            "bytes": section.words.len() * 4, "mantissa_bits": section.bits,
            "weights": (slot.kind() == Kind::Matrix).then(|| names::of_layout(section.layout)),
        })
    };
    let dims = kind::fields(model.dims()).into_iter().map(|(name, value)| (name.to_owned(), value));
    json!({
        "dims": dims.collect::<serde_json::Map<_, _>>(),
        "sections": model.sections().map(section).collect::<Vec<_>>(),
        "self_test_steps": SelfTest::of(model).len(),
        "flash_bytes": model.file_bytes(),
        "arena_bytes": model.arena_bytes(),
        "firmware_bytes": table.firmware_bytes,
        "statics_bytes": table.statics_bytes,
        "boards": table.boards.iter().map(|board| fit_as_json(&needs.on(board))).collect::<Vec<_>>(),
    })
}
