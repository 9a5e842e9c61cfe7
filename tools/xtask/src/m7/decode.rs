//! What an instruction does to registers, and which unit does it, from its disassembly.

use anyhow::{Context, Result};

/// Registers as bits; bit 16 is the flags.
pub(super) type Registers = u32;
const FLAGS: Registers = 1 << 16;
const PC: Registers = 1 << 15;

/// What an M7 has one of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// Any of two adders.
    Arithmetic,
    /// Shifts, extensions, fields of bits, shifted operands.
    Shifter,
    /// SXTB16: a shifter's work, but of the DSP extension.
    DspShifter,
    /// Multiplications.
    Multiplier,
    /// A load or store of one word or less.
    Memory,
    /// Of two words.
    Memory2,
    /// Of as many as the instruction lists, so many of its registers.
    Memories(u32),
    /// Anything that may change the program counter.
    Branch,
}

/// An instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Instruction {
    pub(super) unit: Unit,
    /// What it reads, and what of that only to add a product to it.
    pub(super) reads: Registers,
    pub(super) adds_to: Registers,
    /// What it loads, and what else it writes.
    pub(super) loads: Registers,
    pub(super) writes: Registers,
}

/// Multiplications whose result is a pair of registers that they also read; others are `MLA`-like when
/// they have four operands.
const LONG_SUMS: [&str; 3] = ["smlal", "umlal", "smlald"];
const LONG: [&str; 2] = ["smull", "umull"];
const SHIFTS: [&str; 15] = [
    "lsl", "lsr", "asr", "ror", "sxtb", "sxth", "uxtb", "uxth", "sbfx", "ubfx", "bfi", "bfc",
    "lsls", "lsrs", "asrs",
];

impl Instruction {
    /// Of a line such as `smlad r8, r4, r7, r8`.
    pub(super) fn of(text: &str) -> Result<Self> {
        let (name, operands) = text.split_once([' ', '\t']).unwrap_or((text, ""));
        let name = name.trim_end_matches(".w").trim_end_matches(".n");
        let list: Vec<Registers> = operands.split(',').map(registers).collect();
        let all = registers(operands);
        let first = list.first().copied().unwrap_or(0);
        let after = |n: usize| list.iter().skip(n).fold(0, |all, one| all | one);
        let (unit, reads, writes) = match name {
            _ if name.starts_with("ld") || name.starts_with("pop") => {
                return Self::load(name, operands, all, first, &list);
            }
            _ if name.starts_with("st") || name.starts_with("push") => {
                return Ok(Self::store(name, operands, all));
            }
            _ if name.starts_with("cb") => (Unit::Branch, first, PC),
            "b" | "bl" | "bx" | "blx" => (Unit::Branch, all, PC),
            _ if name.starts_with('b') && !["bic", "bics", "bfi", "bfc"].contains(&name) => {
                (Unit::Branch, FLAGS, PC)
            }
            "cmp" | "cmn" | "tst" => (Unit::Arithmetic, all, FLAGS),
            _ if name.starts_with("it") => (Unit::Arithmetic, FLAGS, FLAGS),
            _ if LONG_SUMS.contains(&name) => {
                let sums = first | list.get(1).context("one operand")?;
                let new = Self { adds_to: sums, ..Self::new(Unit::Multiplier, all, sums) };
                return Ok(new);
            }
            _ if LONG.contains(&name) => {
                (Unit::Multiplier, after(2), first | list.get(1).context("one operand")?)
            }
            _ if ["mul", "mla", "mls", "sm"].iter().any(|m| name.starts_with(m)) => {
                let adds_to = list.get(3).copied().unwrap_or(0);
                let read = if list.len() == 2 { all } else { after(1) };
                return Ok(Self { adds_to, ..Self::new(Unit::Multiplier, read, first) });
            }
            "sxtb16" => (Unit::DspShifter, after(1), first),
            _ if SHIFTS.contains(&name)
                || operands.contains("sl #")
                || operands.contains("sr #") =>
            {
                (Unit::Shifter, if list.len() < 3 { all } else { after(1) }, first)
            }
            // `add r0, r1` reads both; `mov r0, r1` and three operands do not read the first.
            _ if name.starts_with("mov") || name.starts_with("mvn") || list.len() > 2 => {
                (Unit::Arithmetic, after(1), first)
            }
            _ => (Unit::Arithmetic, all, first),
        };
        let sets_flags = name.ends_with('s') && name != "mls";
        Ok(Self::new(unit, reads, writes | if sets_flags { FLAGS } else { 0 }))
    }

    const fn new(unit: Unit, reads: Registers, writes: Registers) -> Self {
        Self { unit, reads, adds_to: 0, loads: 0, writes }
    }

    fn load(
        name: &str,
        operands: &str,
        all: Registers,
        first: Registers,
        list: &[Registers],
    ) -> Result<Self> {
        let in_braces = operands.split_once('{').map(|(base, listed)| (base, registers(listed)));
        if let Some((base, loads)) = in_braces {
            let base = if name.starts_with("pop") { registers("sp") } else { registers(base) };
            let unit =
                if loads & PC > 0 { Unit::Branch } else { Unit::Memories(loads.count_ones()) };
            return Ok(Self { loads, ..Self::new(unit, base, base) });
        }
        let second = if name == "ldrd" { *list.get(1).context("one operand")? } else { 0 };
        let loads = first | second;
        let unit = match loads {
            _ if loads & PC > 0 => Unit::Branch,
            _ if second > 0 => Unit::Memory2,
            _ => Unit::Memory,
        };
        let address = operands.split_once('[').map_or(all & !loads, |(_, a)| registers(a));
        Ok(Self { loads, ..Self::new(unit, address, written_back(operands)) })
    }

    fn store(name: &str, operands: &str, all: Registers) -> Self {
        if let Some((_, listed)) = operands.split_once('{') {
            let base = if name.starts_with("push") { registers("sp") } else { 0 };
            let count = registers(listed).count_ones();
            return Self::new(Unit::Memories(count), all | base, base);
        }
        let unit = if name == "strd" { Unit::Memory2 } else { Unit::Memory };
        Self::new(unit, all, written_back(operands))
    }
}

/// The base register if `[r0, #4]!` or `[r0], #4` changes it.
fn written_back(operands: &str) -> Registers {
    let Some((inside, behind)) = operands.split_once('[').and_then(|(_, a)| a.split_once(']'))
    else {
        return 0;
    };
    if behind.is_empty() { 0 } else { registers(inside) }
}

/// The registers that a text names.
fn registers(text: &str) -> Registers {
    const NAMES: [&str; 16] = [
        "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "sb", "sl", "fp", "ip", "sp", "lr",
        "pc",
    ];
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let number = |word: &str| NAMES.iter().position(|name| *name == word);
    words.filter_map(number).fold(0, |all, number| all | 1 << number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bits(text: &str) -> Registers {
        registers(text)
    }

    #[test]
    fn instructions_read_and_write_what_they_say() {
        let of = |text| Instruction::of(text).unwrap();
        let smlad = of("smlad    r8, r4, r7, r8");
        assert_eq!(smlad.unit, Unit::Multiplier);
        assert_eq!((smlad.reads, smlad.writes), (bits("r4 r7 r8"), bits("r8")));
        assert_eq!(smlad.adds_to, bits("r8"));
        let ldr = of("ldr      r2, [r0], #0x10");
        assert_eq!((ldr.unit, ldr.reads), (Unit::Memory, bits("r0")));
        assert_eq!((ldr.loads, ldr.writes), (bits("r2"), bits("r0")));
        let ldrd = of("ldrd     r4, r5, [r1], #8");
        assert_eq!((ldrd.unit, ldrd.loads), (Unit::Memory2, bits("r4 r5")));
        assert_eq!(of("ldm      r0!, {r2, r3, r4, r5}").unit, Unit::Memories(4));
        assert_eq!(of("ldr.w    pc, [sp, #0x2c]").unit, Unit::Branch);
        assert_eq!(of("sub      r8, sb, sl, lsl #8").unit, Unit::Shifter);
        assert_eq!(of("adds     r2, r2, r6").writes, bits("r2") | FLAGS);
        assert_eq!(of("bne      #0x4b0").reads, FLAGS);
        assert_eq!(of("str      r7, [sp, #0x14]").reads, bits("r7 sp"));
        assert_eq!(of("movs     r6, #0").reads, 0);
    }
}
