//! What a sentence's instructions are spent on, function by function, on the M4: the emulator says which were
//! executed, one by one. Start-up and the demo around the engine are left out.

use crate::board;
use crate::build::Firmware;
use crate::elf;
use crate::emulator::emulator;
use crate::m7::executed;
use anyhow::{Context, Result, ensure};
use object::{Object as _, ObjectSymbol as _};
use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::Stdio;

/// What is said to the firmware: the sentence of `bench_models`.
const CONVERSATION: &str = "does your brother drink cold milk ?\n:quit\n";

/// The products of matrices, of those of `regard::kernel::dsp`.
const MATRICES: [&str; 6] =
    ["matvec", "run", "pair::matvec_pair", "pair::run", "bare::dots", "bare::run"];

/// Functions that are printed one by one.
const SHOWN: usize = 24;

/// A function of the engine, or one that the compiler calls for it.
struct Function {
    start: u64,
    end: u64,
    name: String,
    count: u64,
}

/// Prints a table.
pub(crate) fn print() -> Result<()> {
    let board = board::find("an386")?;
    let images = Firmware::release(&["translate"], &[]).build(board)?;
    let image = images.first().context("nothing was built")?;
    let mut functions = functions(image)?;
    let mut command = emulator(board, image)?;
    command.args(["-serial", "stdio", "-singlestep", "-d", "exec,nochain"]);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().with_context(|| format!("cannot start {command:?}"))?;
    let trace = BufReader::new(child.stderr.take().context("no standard error")?);
    child.stdin.take().context("no standard input")?.write_all(CONVERSATION.as_bytes())?;
    for line in trace.lines() {
        if let Some(address) = executed(&line?) {
            count(&mut functions, address.into());
        }
    }
    ensure!(child.wait()?.success(), "the firmware failed");
    print_table(functions)
}

/// By their addresses.
fn functions(image: &Path) -> Result<Vec<Function>> {
    let bytes = elf::read(image)?;
    let elf = object::File::parse(&*bytes)?;
    let function = |symbol: object::Symbol<'_, '_>| {
        let name = format!("{:#}", rustc_demangle::demangle(symbol.name().ok()?));
        // The lowest bit says Thumb.
        let start = symbol.address() & !1;
        let ours = name.contains("regard::") || name.contains("mem");
        let (end, is_code) = (start + symbol.size(), symbol.kind() == object::SymbolKind::Text);
        (ours && is_code && end > start).then_some(Function { start, end, name, count: 0 })
    };
    let mut functions: Vec<Function> = elf.symbols().filter_map(function).collect();
    functions.sort_by_key(|function| function.start);
    Ok(functions)
}

fn count(functions: &mut [Function], address: u64) {
    let behind = functions.partition_point(|function| function.start <= address);
    if let Some(function) = functions[..behind].last_mut()
        && address < function.end
    {
        function.count += 1;
    }
}

fn print_table(mut functions: Vec<Function>) -> Result<()> {
    let all: u64 = functions.iter().map(|function| function.count).sum();
    ensure!(all > 0, "nothing of the engine was executed");
    let percent = |count: u64| 100.0 * count as f64 / all as f64;
    let is_product = |function: &&Function| {
        let name = function.name.strip_prefix("regard::kernel::dsp::");
        name.is_some_and(|name| MATRICES.contains(&name))
    };
    let products: u64 = functions.iter().filter(is_product).map(|function| function.count).sum();
    functions.sort_by_key(|function| std::cmp::Reverse(function.count));
    println!("Executed instructions of a sentence of eng-fra on the M4, emulated.\n");
    println!("| function | instructions | |\n|---|---:|---:|");
    for Function { name, count, .. } in functions.iter().take(SHOWN) {
        println!("| `{name}` | {count} | {:.1} % |", percent(*count));
    }
    println!("| all of the engine | {all} | |");
    println!("| products of matrices | {products} | {:.1} % |", percent(products));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instruction_counts_for_the_function_it_lies_in_and_for_none_between_them() {
        let function = |start, end| Function { start, end, name: String::new(), count: 0 };
        let mut functions = [function(8, 12), function(12, 20), function(32, 40)];
        for address in [0, 7, 8, 11, 12, 19, 20, 31, 32, 39, 40] {
            count(&mut functions, address);
        }
        assert_eq!(functions.map(|function| function.count), [2, 2, 2]);
    }
}
