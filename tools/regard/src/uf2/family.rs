//! Which boot loaders a UF2 file is for.
//!
//! Source: microsoft/uf2, `utils/uf2families.json`; RP2350 datasheet, 5.5.3 "UF2 targeting rules".
//! Limits: of families that are given as a number nothing else is known, so nothing else is checked.

use std::ops::Range;

/// Flash as the RP2040 and the RP2350 address it: 16 MB each of two chips.
const RP2040: Range<u32> = 0x1000_0000..0x1100_0000;
const RP2350: Range<u32> = 0x1000_0000..0x1200_0000;

/// What code is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Machine {
    /// 32-bit Arm.
    Arm,
    /// 32-bit RISC-V.
    Riscv,
}

/// Whom a UF2 file is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Family {
    /// As blocks state it.
    pub(crate) id: u32,
    /// What can be written, if that is known.
    pub(crate) flash: Option<Range<u32>>,
    /// What code has to be for, if that is known.
    pub(crate) machine: Option<Machine>,
    /// Do boot loaders of it have erratum RP2350-E10 (blocks.rs)?
    pub(crate) e10: bool,
}

/// The names that people may write.
const NAMED: [(&str, Family); 6] = [
    ("rp2040", code(0xE48B_FF56, RP2040, Machine::Arm)),
    ("rp2350-arm-s", code(0xE48B_FF59, RP2350, Machine::Arm)),
    ("rp2350-arm-ns", code(0xE48B_FF5B, RP2350, Machine::Arm)),
    ("rp2350-riscv", code(0xE48B_FF5A, RP2350, Machine::Riscv)),
    ("absolute", Family { machine: None, e10: false, ..code(ABSOLUTE, RP2350, Machine::Arm) }),
    ("data", Family { machine: None, ..code(0xE48B_FF58, RP2350, Machine::Arm) }),
];

/// Blocks that an RP2350 writes where they say, whatever a table of partitions says.
pub(crate) const ABSOLUTE: u32 = 0xE48B_FF57;

const fn code(id: u32, flash: Range<u32>, machine: Machine) -> Family {
    let e10 = id != 0xE48B_FF56;
    Family { id, flash: Some(flash), machine: Some(machine), e10 }
}

/// The family of this name, or of this number in hexadecimal digits.
pub(crate) fn parse(text: &str) -> Result<Family, String> {
    if let Some((_, family)) = NAMED.iter().find(|(name, _)| *name == text) {
        return Ok(family.clone());
    }
    let digits = text.strip_prefix("0x").map(|digits| u32::from_str_radix(digits, 16));
    match digits {
        Some(Ok(id)) => Ok(Family { id, flash: None, machine: None, e10: false }),
        _ => {
            let names = NAMED.map(|(name, _)| name).join(", ");
            Err(format!("there are {names}; write any other as a number, such as 0xada52840"))
        }
    }
}

impl std::fmt::Display for Family {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match NAMED.iter().find(|(_, family)| family.id == self.id) {
            Some((name, _)) => f.write_str(name),
            None => write!(f, "{:#010x}", self.id),
        }
    }
}
