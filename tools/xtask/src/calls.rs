//! Who calls whom in a Thumb image, read from its instructions.
//!
//! ```text
//! BL, B.W   11110 S imm10 │ 1 L J1 x J2 imm11      target = pc + 4 + S:I1:I2:imm10:imm11:0
//! B         11100 imm11                            a tail call, if it leaves its function
//! words     in literal pools, equal to a function's address with bit 0 set
//! ```
//! Calls through pointers that are computed otherwise are not seen; the engine has none.

use anyhow::{Context, Result};
use object::{Object as _, ObjectSection as _, ObjectSymbol as _};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// A function and the functions it calls.
#[derive(Debug)]
pub(crate) struct Function {
    /// Its name, as a person writes it.
    pub(crate) name: String,
    start: u64,
    end: u64,
    calls: BTreeSet<u64>,
}

impl Function {
    /// Its size.
    pub(crate) fn bytes(&self) -> u64 {
        self.end - self.start
    }
}

/// All functions, by address.
#[derive(Debug)]
pub(crate) struct Calls(BTreeMap<u64, Function>);

impl Calls {
    /// Reads the functions of an image.
    pub(crate) fn of(elf: &object::File<'_>) -> Result<Self> {
        let text = elf.section_by_name(".text").context("no .text")?;
        let (code, base) = (text.data()?, text.address());
        let mut functions = BTreeMap::new();
        let mut marks = BTreeMap::new();
        for symbol in elf.symbols() {
            let name = symbol.name().unwrap_or_default();
            let address = symbol.address() & !1;
            if name.starts_with("$d") || name.starts_with("$t") {
                marks.insert(address, name.starts_with("$t"));
            } else if symbol.kind() == object::SymbolKind::Text && symbol.size() > 0 {
                let name = format!("{:#}", rustc_demangle::demangle(name));
                let end = address + symbol.size();
                let calls = BTreeSet::new();
                functions.insert(address, Function { name, start: address, end, calls });
            }
        }
        let mut calls = Self(functions);
        for (from, to) in edges(code, base, &marks) {
            let own = calls.at(from);
            let other = calls.at(to);
            if let (Some(own), Some(other)) = (own, other.filter(|other| Some(*other) != own)) {
                calls.0.entry(own).and_modify(|function| _ = function.calls.insert(other));
            }
        }
        Ok(calls)
    }

    /// The start of the function that an address lies in.
    fn at(&self, address: u64) -> Option<u64> {
        let (&start, function) = self.0.range(..=address).next_back()?;
        (address < function.end).then_some(start)
    }

    /// All functions.
    pub(crate) fn functions(&self) -> impl Iterator<Item = &Function> {
        self.0.values()
    }

    /// A way from a function that is `root` to each call of a function that is `goal`.
    pub(crate) fn ways(
        &self,
        root: impl Fn(&str) -> bool,
        goal: impl Fn(&str) -> bool,
    ) -> Vec<Vec<&str>> {
        let roots = self.0.iter().filter(|(_, f)| root(&f.name)).map(|(&address, _)| address);
        let mut queue: VecDeque<u64> = roots.collect();
        let mut before: BTreeMap<u64, Option<u64>> = queue.iter().map(|&at| (at, None)).collect();
        let mut ways = Vec::new();
        while let Some(address) = queue.pop_front() {
            for &callee in self.0.get(&address).iter().flat_map(|f| &f.calls) {
                if goal(self.name(callee)) {
                    ways.push(self.way(&before, address, callee));
                } else if let Entry::Vacant(entry) = before.entry(callee) {
                    entry.insert(Some(address));
                    queue.push_back(callee);
                }
            }
        }
        ways
    }

    fn name(&self, address: u64) -> &str {
        self.0.get(&address).map_or("", |f| f.name.as_str())
    }

    /// From the root that led to `caller` down to `callee`.
    fn way(&self, before: &BTreeMap<u64, Option<u64>>, caller: u64, callee: u64) -> Vec<&str> {
        let up = |at: &u64| before.get(at).copied().flatten();
        let mut way = vec![self.name(callee)];
        way.extend(std::iter::successors(Some(caller), up).map(|at| self.name(at)));
        way.reverse();
        way
    }
}

/// Every (place, target) of a branch or of a word that may be a pointer.
fn edges(code: &[u8], base: u64, marks: &BTreeMap<u64, bool>) -> Vec<(u64, u64)> {
    let half = |at: usize| Some(u16::from_le_bytes([*code.get(at)?, *code.get(at + 1)?]));
    let mut edges = Vec::new();
    let mut at = 0;
    while let Some(first) = half(at) {
        let here = base + at as u64;
        let is_code = marks.range(..=here).next_back().is_none_or(|(_, &is_code)| is_code);
        let second = half(at + 2).unwrap_or(0);
        let wide = is_code && first >> 11 >= 0b11101;
        let target = match (is_code, wide) {
            (false, _) if at % 4 == 0 && first & 1 == 1 => {
                Some(u64::from(first & !1) | u64::from(second) << 16)
            }
            (false, _) => None,
            (true, true) => wide_branch(first, second).map(|by| here.wrapping_add_signed(by + 4)),
            (true, false) => short_branch(first).map(|by| here.wrapping_add_signed(by + 4)),
        };
        edges.extend(target.map(|target| (here, target)));
        at += if wide { 4 } else { 2 };
    }
    edges
}

/// How far BL and B.W go; `None` for other instructions.
fn wide_branch(first: u16, second: u16) -> Option<i64> {
    let is_branch = first >> 11 == 0b11110 && matches!(second >> 12 & 0b1101, 0b1001 | 0b1101);
    let bit = |half: u16, n: u32| i64::from(half >> n & 1);
    let s = bit(first, 10);
    let (i1, i2) = (1 ^ bit(second, 13) ^ s, 1 ^ bit(second, 11) ^ s);
    let offset = i64::from(first & 0x3FF) << 12 | i64::from(second & 0x7FF) << 1;
    is_branch.then_some(-(s << 24) | i1 << 23 | i2 << 22 | offset)
}

/// How far B goes; `None` for other instructions.
fn short_branch(half: u16) -> Option<i64> {
    let offset = i64::from(half & 0x7FF) << 1;
    (half >> 11 == 0b11100).then_some(if offset > 2047 { offset - 4096 } else { offset })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn branches_go_where_the_manual_says() {
        assert_eq!(wide_branch(0xF000, 0xF800), Some(0)); // bl .+4
        assert_eq!(wide_branch(0xF7FF, 0xFFFE), Some(-4)); // bl .
        assert_eq!(wide_branch(0xF000, 0xB801), Some(2)); // b.w .+6
        assert_eq!(wide_branch(0xF3AF, 0x8000), None); // nop.w
        assert_eq!(short_branch(0xE7FE), Some(-4)); // b .
        assert_eq!(short_branch(0xE000), Some(0));
        assert_eq!(short_branch(0xBF00), None); // nop
    }

    #[test]
    fn words_in_literal_pools_are_pointers() {
        let code = [0x00, 0xBF, 0x00, 0xBF, 0x11, 0x02, 0x00, 0x00];
        let marks = BTreeMap::from([(0x100, true), (0x104, false)]);
        assert_eq!(edges(&code, 0x100, &marks), [(0x104, 0x210)]);
    }
}
