//! Cycles of the kernels on a Cortex-M7, modelled: the emulator says which instructions were executed, in
//! which order, and `pipeline.rs` how they are issued. Nothing here was measured on an M7.
//!
//! ```text
//! firmware `bench` ── QEMU, an instruction at a time ── address of each in the kernels ─┬─ cycles, loose rules
//!                                                       its text, once (`decode.rs`)    └─ cycles, strict rules
//! ```

mod decode;
mod pipeline;

use crate::board::{self, Board};
use crate::build::Firmware;
use crate::{elf, emulator};
use anyhow::{Context, Result, ensure};
use decode::Instruction;
use object::{Object as _, ObjectSymbol as _};
use pipeline::{LOOSE, Pipeline, STRICT};
use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

/// The calls that `bench` makes first, in that order, and their products.
const CASES: [(&str, u64); 6] = [
    ("1x64x64", 64 * 64),
    ("1x128x128", 128 * 128),
    ("1x67x33", 67 * 33),
    ("1x128x128/odd", 128 * 128),
    ("2x128x128", 2 * 128 * 128),
    ("1x512x128", 512 * 128),
];

/// The kernels in the order of an M7, and those of an M4 for comparison.
const KERNELS: [(&str, &str); 2] = [("an500", "m7"), ("an386", "dsp")];

/// Prints a table.
pub(crate) fn print() -> Result<()> {
    println!("Cycles a product on a Cortex-M7, modelled; the rules stand in m7/pipeline.rs.\n");
    println!(
        "| kernel | case | instructions | cycles, loose rules | a product | strict | a product |"
    );
    println!("|---|---|---:|---:|---:|---:|---:|");
    for (name, kernel) in KERNELS {
        let counts = counts(board::find(name)?, kernel)?;
        for ((case, products), [instructions, loose, strict]) in CASES.into_iter().zip(counts) {
            let each = |cycles: u64| cycles as f64 / products as f64;
            let (per_loose, per_strict) = (each(loose), each(strict));
            println!(
                "| {kernel} | {case} | {instructions} | {loose} | {per_loose:.3} | {strict} | {per_strict:.3} |"
            );
        }
    }
    Ok(())
}

/// Instructions, and cycles by both rules, of each of [`CASES`].
fn counts(board: &Board, kernel: &str) -> Result<Vec<[u64; 3]>> {
    let images = Firmware::release(&["bench"], &["bench"]).build(board)?;
    let image = images.first().context("nothing was built")?;
    let functions = functions(image, kernel)?;
    let mut child = traced(board, image, &functions)?;
    let trace = BufReader::new(child.stderr.take().context("no standard error")?);
    let counts = read(trace.lines(), &functions);
    // It would run for another minute.
    child.kill()?;
    child.wait()?;
    counts
}

/// A function of the kernels: its address, its size, and whether a case begins with it.
struct Function {
    address: u32,
    size: u32,
    begins: bool,
}

fn functions(image: &Path, kernel: &str) -> Result<Vec<Function>> {
    let bytes = elf::read(image)?;
    let elf = object::File::parse(&*bytes)?;
    let prefix = format!("regard::kernel::{kernel}::");
    let function = |symbol: object::Symbol<'_, '_>| {
        let name = format!("{:#}", rustc_demangle::demangle(symbol.name().ok()?));
        let name = name.strip_prefix(&prefix)?;
        let begins = ["matvec", "pair::matvec_pair"].contains(&name);
        let runs = ["run", "pair::run"].contains(&name);
        // The lowest bit says Thumb.
        let address = symbol.address() as u32 & !1;
        (begins || runs).then_some(Function { address, size: symbol.size() as u32, begins })
    };
    let functions: Vec<Function> = elf.symbols().filter_map(function).collect();
    ensure!(functions.len() == 4, "{} has not the kernels {kernel}", image.display());
    Ok(functions)
}

/// The emulator at work: what it executes of these functions goes to its standard error.
fn traced(board: &Board, image: &Path, functions: &[Function]) -> Result<Child> {
    let range = |f: &Function| format!("{:#x}+{:#x}", f.address, f.size);
    let ranges: Vec<String> = functions.iter().map(range).collect();
    let mut command = emulator::emulator(board, image)?;
    command.args(["-serial", "null", "-icount", "shift=8"]);
    command.args(["-singlestep", "-d", "exec,in_asm,nochain", "-dfilter", &ranges.join(",")]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command.spawn().with_context(|| format!("cannot start {command:?}"))
}

/// Reads the emulator's log until the cases are over.
fn read(
    lines: impl Iterator<Item = std::io::Result<String>>,
    functions: &[Function],
) -> Result<Vec<[u64; 3]>> {
    let mut known: HashMap<u32, Instruction> = HashMap::new();
    let mut counts = Vec::new();
    let mut now: Option<(u64, [Pipeline; 2])> = None;
    for line in lines {
        let line = line?;
        if let Some((address, text)) = disassembled(&line) {
            let instruction = Instruction::of(text).with_context(|| line.clone())?;
            known.insert(address, instruction);
        }
        let Some(address) = executed(&line) else { continue };
        if functions.iter().any(|f| f.begins && f.address == address) {
            counts.extend(now.take().map(|(n, [a, b])| [n, a.cycles(), b.cycles()]));
            if counts.len() == CASES.len() {
                return Ok(counts);
            }
            now = Some((0, [Pipeline::new(LOOSE), Pipeline::new(STRICT)]));
        }
        let instruction = known.get(&address).context("executed, but not disassembled")?;
        if let Some((count, pipelines)) = &mut now {
            *count += 1;
            pipelines.iter_mut().for_each(|pipeline| pipeline.issue(instruction));
        }
    }
    anyhow::bail!("the firmware ended after {} of {} cases", counts.len(), CASES.len())
}

/// `0x00003614:  e92d 0f00  push.w   {r8, sb}`: address and text.
fn disassembled(line: &str) -> Option<(u32, &str)> {
    let (address, rest) = line.strip_prefix("0x")?.split_once(':')?;
    // Two columns of codes and spaces stand before the text.
    let text = rest.trim_start().trim_start_matches(|c: char| c.is_ascii_hexdigit());
    let text = match text.strip_prefix(' ') {
        Some(second) if second.as_bytes().first().is_some_and(u8::is_ascii_hexdigit) => {
            second.get(4..)?
        }
        _ => text,
    };
    Some((u32::from_str_radix(address, 16).ok()?, text.trim()))
}

/// `Trace 0: 0x7f36940c3600 [00800408/00004658/00000010/ff020201] …`: the address.
pub(crate) fn executed(line: &str) -> Option<u32> {
    let address = line.strip_prefix("Trace ")?.split('/').nth(1)?;
    u32::from_str_radix(address, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_emulator_are_understood() {
        let narrow = "0x00003612:  af03       add      r7, sp, #0xc";
        assert_eq!(disassembled(narrow), Some((0x3612, "add      r7, sp, #0xc")));
        let wide = "0x00003614:  e92d 0f00  push.w   {r8, sb, sl, fp}";
        assert_eq!(disassembled(wide), Some((0x3614, "push.w   {r8, sb, sl, fp}")));
        let line = "Trace 0: 0x7f36940c3600 [00800408/00004658/00000010/ff020201] name";
        assert_eq!(executed(line), Some(0x4658));
        assert_eq!(executed(narrow), None);
    }
}
