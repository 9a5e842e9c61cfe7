//! What docs/bench.json and docs/BENCH.md say beside the counts: RAM and bytes read by whole models,
//! flash of kernels, and other Rust crates.

use crate::counts::Row;
use crate::streams::Streamed;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Three lists of rows, as they stand in the file; those that it lacks are empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Extras {
    /// Whole models.
    pub(crate) models: Vec<Value>,
    /// Functions of the kernels.
    pub(crate) kernels: Vec<Value>,
    /// Layers of other crates.
    pub(crate) crates: Vec<Value>,
}

impl Extras {
    /// Of docs/bench.json.
    pub(crate) fn of_json(all: &Value) -> Self {
        let list = |key: &str| all[key].as_array().cloned().unwrap_or_default();
        Self { models: list("models"), kernels: list("kernels"), crates: list("crates") }
    }

    /// Those that are not empty, as they stand there, with a comma in front of each.
    pub(crate) fn as_json(&self) -> String {
        let lists =
            [("models", &self.models), ("kernels", &self.kernels), ("crates", &self.crates)];
        let mut text = String::new();
        for (name, list) in lists.iter().filter(|(_, list)| !list.is_empty()) {
            let rows: Vec<String> = list.iter().map(|row| format!("  {row}")).collect();
            // Writing to a string cannot fail.
            _ = write!(text, ",\n \"{name}\": [\n{}\n ]", rows.join(",\n"));
        }
        text
    }

    /// Adds what a line `model core kernel name arena stack input` says, and what the host counts.
    pub(crate) fn add_model(&mut self, line: &str) -> Result<()> {
        let mut words = line.splitn(7, ' ');
        if words.next() != Some("model") {
            return Ok(());
        }
        let rest: Vec<&str> = words.collect();
        let [core, _, name, arena, stack, input] = rest.as_slice() else {
            return Ok(());
        };
        let Streamed { source, steps, encoder, decoder } = Streamed::of(name, input)?;
        let number = |text: &str| text.parse::<u64>().with_context(|| line.to_owned());
        self.models.push(json!({
            "core": core, "model": name, "input": input, "arena": number(arena)?,
            "stack": number(stack)?, "source": source, "steps": steps,
            "encoder_bytes": encoder, "decoder_bytes": decoder,
        }));
        Ok(())
    }

    /// Adds the functions of a kernel set, as it is linked for a Transformer.
    pub(crate) fn add_kernels(&mut self, core: &str, sizes: &[(String, u64)]) {
        let rows = sizes.iter();
        self.kernels.extend(rows.map(
            |(function, bytes)| json!({ "core": core, "function": function, "bytes": bytes }),
        ));
    }

    /// The tables of docs/BENCH.md behind that of the counts.
    pub(crate) fn as_page(&self, rows: &[Row]) -> String {
        let mut page = String::new();
        if !self.models.is_empty() {
            page += &self.models_page(rows);
        }
        if !self.kernels.is_empty() {
            page += &self.kernels_page();
        }
        if !self.crates.is_empty() {
            page += &self.crates_page(rows);
        }
        page
    }

    fn models_page(&self, rows: &[Row]) -> String {
        let mut page = String::from(
            "\n# Whole models\n\n\
             Instructions per source token (or place of the picture's last map) and per word, the end\n\
             mark among them; bytes of weights read for each, keys and values of the memory with the\n\
             source ([SLOW_FLASH.md](SLOW_FLASH.md)); arena, and the deepest the stack was, painted before.\n\n\
             | core | model | source | words | instructions/source token | /word | whole | bytes read/source token | /word | arena | stack |\n\
             |---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n",
        );
        for row in &self.models {
            let number = |key: &str| row[key].as_u64().unwrap_or(0);
            let (core, name) = (text(row, "core"), text(row, "model"));
            let (source, steps) = (number("source").max(1), number("steps").max(1));
            let counted = |part: &str| {
                let case = format!("{name}/{part}");
                let row = rows.iter().find(|row| row.is_case(core, &case));
                row.map_or(0, Row::instructions)
            };
            let (encoder, decoder) = (counted("encoder"), counted(&format!("{steps}-steps")));
            _ = writeln!(
                page,
                "| {core} | {name} | {source} | {steps} | {} | {} | {} | {} | {} | {} | {} |",
                encoder / source,
                decoder / steps,
                encoder + decoder,
                number("encoder_bytes") / source,
                number("decoder_bytes") / steps,
                number("arena"),
                number("stack"),
            );
        }
        page
    }

    fn kernels_page(&self) -> String {
        let mut page = String::from(
            "\n# Flash of the kernels\n\n\
             Bytes of each function of `regard::kernel` in a firmware with the Transformer alone (`proof`);\n\
             what the compiler has put into its callers is not in them.\n\n\
             | core | function | bytes |\n|---|---|---:|\n",
        );
        let mut sum = 0;
        for (at, row) in self.kernels.iter().enumerate() {
            let (core, bytes) = (text(row, "core"), row["bytes"].as_u64().unwrap_or(0));
            _ = writeln!(page, "| {core} | `{}` | {bytes} |", text(row, "function"));
            sum += bytes;
            if self.kernels.get(at + 1).is_none_or(|next| text(next, "core") != core) {
                _ = writeln!(page, "| {core} | all | {sum} |");
                sum = 0;
            }
        }
        page
    }

    fn crates_page(&self, rows: &[Row]) -> String {
        let mut page = String::from(
            "\n# Other Rust crates\n\n\
             Their fully connected layers of int8 numbers, executed instructions a product, counted by\n\
             `boards/peers` as above; ours in the same shape.\n\n\
             | core | crate | case | products | instructions | per product | ours | fewer |\n\
             |---|---|---|---:|---:|---:|---:|---:|\n",
        );
        for row in self.crates.iter().filter_map(Row::of_json) {
            let ours = rows.iter().rfind(|ours| ours.is_same_case(&row)).and_then(Row::per_mac);
            let theirs = row.per_mac().unwrap_or(0.0);
            let fewer = ours.map_or(String::new(), |ours| format!("{:.1}×", theirs / ours));
            let ours = ours.map_or(String::new(), |ours| format!("{ours:.3}"));
            _ = writeln!(page, "| {} {theirs:.3} | {ours} | {fewer} |", row.cells());
        }
        page
    }
}

fn text<'r>(row: &'r Value, key: &str) -> &'r str {
    row[key].as_str().unwrap_or_default()
}
