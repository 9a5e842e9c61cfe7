//! Counted instructions as rows: what the firmware prints, docs/bench.json and docs/BENCH.md.

use crate::extras::Extras;
use crate::peers::{self, PEER};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// One count.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    core: String,
    kernel: String,
    case: String,
    /// Products with weights; 0 where they are not counted.
    macs: u64,
    instructions: u64,
}

impl Row {
    /// Of a line `core kernel case [macs] instructions […]`; nothing of other lines.
    pub(crate) fn of_line(line: &str) -> Option<Self> {
        let words: Vec<&str> = line.split(' ').collect();
        let (core, kernel, case, counts) = match words.as_slice() {
            [core, kernel, case, counts @ ..] => (core, kernel, case, counts),
            _ => return None,
        };
        let number = |at: usize| counts.get(at)?.parse().ok();
        let (macs, instructions) = match counts.len() {
            1 => (0, number(0)?),
            3 => (number(0)?, number(1)?),
            _ => return None,
        };
        let [core, kernel, case] = [core, kernel, case].map(|word| (*word).to_owned());
        Some(Self { core, kernel, case, macs, instructions })
    }

    pub(crate) fn of_json(row: &Value) -> Option<Self> {
        let text = |key: &str| Some(row[key].as_str()?.to_owned());
        Some(Self {
            core: text("core")?,
            kernel: text("kernel")?,
            case: text("case")?,
            macs: row["macs"].as_u64().unwrap_or(0),
            instructions: row["instructions"].as_u64()?,
        })
    }

    /// Executed instructions per product.
    pub(crate) fn per_mac(&self) -> Option<f64> {
        let per_mac = self.instructions as f64 / self.macs as f64;
        (self.macs > 0).then_some((per_mac * 1000.0).round() / 1000.0)
    }

    fn peer_per_mac(&self) -> Option<f64> {
        peers::figure(&self.core, &self.case)
    }

    pub(crate) fn as_json(&self) -> Value {
        let peer = self.peer_per_mac();
        json!({
            "core": self.core, "kernel": self.kernel, "case": self.case,
            "macs": (self.macs > 0).then_some(self.macs), "instructions": self.instructions,
            "per_mac": self.per_mac(), "peer": peer.map(|_| PEER), "peer_per_mac": peer,
        })
    }

    pub(crate) fn instructions(&self) -> u64 {
        self.instructions
    }

    pub(crate) fn is_case(&self, core: &str, case: &str) -> bool {
        self.core == core && self.case == case
    }

    /// The same case on the same core, whatever computed it.
    pub(crate) fn is_same_case(&self, other: &Self) -> bool {
        self.is_case(&other.core, &other.case)
    }

    /// Core, kernel, case, products, instructions, as cells of a table.
    pub(crate) fn cells(&self) -> String {
        let Self { core, kernel, case, macs, instructions } = self;
        let macs = if *macs > 0 { macs.to_string() } else { String::new() };
        format!("{core} | {kernel} | {case} | {macs} | {instructions} |")
    }

    fn is_of(&self, other: &Self) -> bool {
        (&self.core, &self.kernel, &self.case) == (&other.core, &other.kernel, &other.case)
    }
}

/// docs/bench.json
pub(crate) fn as_json(rows: &[Row], extras: &Extras, compiler: &str) -> String {
    let rows: Vec<String> = rows.iter().map(|row| format!("  {}", row.as_json())).collect();
    let unit = json!("executed instructions, emulated (QEMU, -icount)");
    let (compiler, extras) = (json!(compiler), extras.as_json());
    format!(
        "{{\n \"unit\": {unit},\n \"compiler\": {compiler},\n \"rows\": [\n{}\n ]{extras}\n}}\n",
        rows.join(",\n")
    )
}

/// Compiler, rows and all the rest of docs/bench.json.
pub(crate) fn of_json(text: &str) -> Result<(String, Vec<Row>, Extras)> {
    let all: Value = serde_json::from_str(text)?;
    let compiler = all["compiler"].as_str().context("`compiler` is missing")?.to_owned();
    let rows = all["rows"].as_array().context("`rows` are missing")?;
    let rows: Option<Vec<Row>> = rows.iter().map(Row::of_json).collect();
    Ok((compiler, rows.context("a row lacks a field")?, Extras::of_json(&all)))
}

/// What [`as_page`] says below its table, of cases that it may lack.
const VECTORS: &str = "\n`energies`: 32 queries by 32 keys in 4 heads of 32 numbers, the packing of the keys and the scaling of\n\
    the products included. `softmax`, `add` (the residual, stored again), `norm` (LayerNorm) and `narrow`\n\
    (what a matrix made becomes what the next one reads) count numbers of a vector in place of products.\n";

/// docs/BENCH.md
pub(crate) fn as_page(rows: &[Row], extras: &Extras, compiler: &str) -> String {
    let mut page = format!(
        "# Executed instructions, emulated\n\n\
         Written by `cargo xtask bench`, built with {compiler} as the boards are. QEMU gives every\n\
         instruction the same time (`-icount`), so counts are exact; they are not cycles. A count is\n\
         taken only after the output was proved equal to that of every core. {PEER},\n\
         was counted the same way by a harness outside this project: its inputs have 8 bits, ours 16.\n\n\
         `rows × columns` is a matrix by one vector or, with 2 in front, by two at once; cells are a step of\n\
         one; models: a sentence of 7 tokens, a word of 15 letters, a picture of 64 × 64.\n\n\
         | core | kernel | case | products | instructions | per product | CMSIS-NN | fewer |\n\
         |---|---|---|---:|---:|---:|---:|---:|\n"
    );
    for row in rows {
        let per_mac = row.per_mac().map_or(String::new(), |figure| format!("{figure:.3}"));
        let peer = row.peer_per_mac();
        let fewer =
            peer.zip(row.per_mac()).map_or(String::new(), |(p, o)| format!("{:.2}×", p / o));
        let peer = peer.map_or(String::new(), |figure| format!("{figure:.2}"));
        // Writing to a string cannot fail.
        _ = writeln!(page, "| {} {per_mac} | {peer} | {fewer} |", row.cells());
    }
    if rows.iter().any(|row| row.case.starts_with("softmax")) {
        page += VECTORS;
    }
    page + &extras.as_page(rows)
}

/// Whether the M4 takes at most so many instructions a product for a case. Returns what to say.
pub(crate) fn gate(rows: &[Row], case: &str, most: f64) -> Result<String> {
    let is_it = |row: &&Row| {
        (row.core.as_str(), row.kernel.as_str(), row.case.as_str()) == ("m4", "dsp", case)
    };
    let row = rows.iter().find(is_it).with_context(|| format!("the M4 did not count {case}"))?;
    let per_mac = row.per_mac().with_context(|| format!("{case} has no products"))?;
    ensure!(per_mac <= most, "{case} on the M4: {per_mac} instructions a product, at most {most}");
    Ok(format!("{case} on the M4: {per_mac} instructions a product, at most {most}"))
}

/// Whether the same was counted and no count is more than 1 % above the row of the same name. Returns what to say.
pub(crate) fn compare(found: &[Row], known: &[Row]) -> Result<String> {
    for row in known {
        ensure!(
            found.iter().any(|found| found.is_of(row)),
            "docs/bench.json has {row:?}, not counted"
        );
    }
    let mut less = 0;
    for row in found {
        let before = known.iter().find(|known| known.is_of(row));
        let before = before.with_context(|| format!("docs/bench.json has no row for {row:?}"))?;
        let (now, then) = (row.instructions, before.instructions);
        ensure!(
            now * 100 <= then * 101,
            "{} {} {}: {now} instructions, more than 1 % above the {then} of docs/bench.json",
            row.core,
            row.kernel,
            row.case
        );
        less += usize::from(now * 101 < then * 100);
    }
    Ok(format!("{} counts within 1 % of docs/bench.json, {less} better", found.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<Row> {
        let lines = [
            "calibration: 100 turns 1280 ticks, again 1280",
            "m4 dsp 1x64x64 4096 4221 1.031",
            "m4 dsp g2p/encoder 2000",
            "m4 dsp g2p/4-steps 10000",
            "m4 dsp g2p/whole 12000",
            "model m4 dsp g2p 1000 300 milk",
        ];
        lines.iter().filter_map(|line| Row::of_line(line)).collect()
    }

    fn extras() -> Extras {
        let mut extras = Extras::default();
        extras.models.push(json!({
            "core": "m4", "model": "g2p", "input": "milk", "arena": 1000, "stack": 300,
            "source": 5, "steps": 4, "encoder_bytes": 100, "decoder_bytes": 200,
        }));
        extras.add_kernels("m4", &[("dsp::run".into(), 694), ("put_row".into(), 6)]);
        let row = Row::of_line("m4 slow-0.1 1x64x64 4096 40960 10.000").unwrap();
        extras.crates.push(row.as_json());
        extras
    }

    #[test]
    fn lines_and_json_say_the_same() {
        let json = as_json(&rows(), &extras(), "rustc 1");
        let (compiler, known, others) = of_json(&json).unwrap();
        assert_eq!((compiler.as_str(), known, others), ("rustc 1", rows(), extras()));
        let before = as_json(&rows(), &Extras::default(), "rustc 1");
        assert_eq!(of_json(&before).unwrap().2, Extras::default());
        assert_eq!(rows().len(), 4);
        let page = as_page(&rows(), &extras(), "");
        for line in [
            "| m4 | dsp | 1x64x64 | 4096 | 4221 | 1.031 | 2.60 | 2.52× |",
            "| m4 | g2p | 5 | 4 | 400 | 2500 | 12000 | 20 | 50 | 1000 | 300 |",
            "| m4 | `dsp::run` | 694 |",
            "| m4 | all | 700 |",
            "| m4 | slow-0.1 | 1x64x64 | 4096 | 40960 | 10.000 | 1.031 | 9.7× |",
        ] {
            assert!(page.lines().any(|found| found == line), "{line}\n{page}");
        }
    }

    #[test]
    fn one_per_cent_more_is_refused_and_so_is_an_unknown_case() {
        let mut known = rows();
        assert!(compare(&rows(), &known).unwrap().starts_with("4 counts within 1 %"));
        known[0].instructions = 4180; // 4221 is 0.98 % more.
        compare(&rows(), &known).unwrap();
        known[0].instructions = 4179;
        assert!(compare(&rows(), &known).unwrap_err().to_string().contains("the 4179 of"));
        assert!(compare(&rows()[1..], &known).is_err(), "not counted any more");
        known.remove(0);
        assert!(compare(&rows(), &known).is_err(), "not known");
    }

    #[test]
    fn a_case_is_gated_by_its_instructions_a_product() {
        gate(&rows(), "1x64x64", 1.031).unwrap();
        assert!(gate(&rows(), "1x64x64", 1.030).is_err());
        assert!(gate(&rows(), "g2p/whole", 9.0).is_err());
        assert!(gate(&rows(), "1x1x1", 9.0).is_err());
    }

    #[test]
    fn the_page_and_the_readme_say_what_the_baseline_says() {
        let read = |file: &str| std::fs::read_to_string(crate::cargo::root().join(file)).unwrap();
        let (compiler, rows, extras) = of_json(&read("docs/bench.json")).unwrap();
        assert_eq!(read("docs/BENCH.md"), as_page(&rows, &extras, &compiler));
        let readme = read("README.md");
        let of_m4 = |(case, name)| ("m4", "dsp", case, name);
        let on_m4 = [
            ("1x64x64", "64 × 64"),
            ("1x128x128", "128 × 128"),
            ("1x512x128", "128 × 512"),
            ("2x128x128", "128 × 128, two vectors at once"),
            ("conv3x3/16x16,16-32", "convolution 3 × 3, 16 → 32 channels, 16 × 16 places"),
            ("gru/128,h128", "GRU step, 128 inputs, 128 units"),
            ("lstm/64,h128", "LSTM step, 64 inputs, 128 units"),
        ];
        let others = [
            ("m0", "armv6m", "1x128x128", "M0"),
            ("m3", "armv7m", "1x128x128", "M3"),
            ("m55", "mve", "bytes/1x128x128", "M55, inputs of 8 bits"),
            ("m55", "mve", "1x128x128", "M55, inputs of 16 bits"),
            ("rv32", "rv32im", "1x128x128", "RV32IMAC"),
        ];
        for (core, kernel, case, name) in on_m4.map(of_m4).into_iter().chain(others) {
            let is_it = |row: &&Row| {
                (row.core.as_str(), row.kernel.as_str(), row.case.as_str()) == (core, kernel, case)
            };
            let row = rows.iter().find(is_it).unwrap_or_else(|| panic!("{core} {kernel} {case}"));
            let peer = row.peer_per_mac().map_or("–".to_owned(), |figure| format!("{figure:.2}"));
            let line = format!("| {name} | {:.2} | {peer} |", row.per_mac().unwrap());
            assert!(readme.contains(&line), "{line}");
        }
    }
}
