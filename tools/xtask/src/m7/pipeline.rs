//! How a Cortex-M7 issues instructions, as far as it is known. Arm publishes no timings of this core.
//!
//! * In order, at most two a cycle; the second never without the first, and never with what the first
//!   has yet to write.
//! * One multiplication, one shifter, one access to memory a cycle; a branch, taken as predicted, is the
//!   last of its cycle.
//! * A sum is ready for the next instruction, a product and a loaded word for the second next; a product
//!   that only adds to a product is ready at once, and what is shifted has to be there a cycle earlier.
//! * Memory never waits: code and data come from tightly coupled memory or from a cache that holds them.
//!
//! Sources: the model of SLOTHY (`slothy/targets/arm_v7m/cortex_m7.py`, which calls itself approximate; it
//! allows two loads a cycle); T. Lorenser, “The DSP capabilities of Arm Cortex-M4 and Cortex-M7
//! processors”, 2016; and, for what is shifted and for DSP instructions, observations published under
//! #CortexM7. They do not say all, and do not agree in all, so that there are two sets of rules; the truth
//! should lie between them. M. Owen has measured many pairs on an STM32H730
//! (quinapalus.com/cm7cycles.html); these rules have yet to be compared with his table.

use super::decode::{Instruction, Registers, Unit};

/// What is not known for certain.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    /// Instructions of the DSP extension can only be the first of two: dual multiplications, SXTB16.
    dsp_first: bool,
    /// Cycles until a loaded word can be used.
    load: u64,
    /// An access to two words can share a cycle.
    pairs_of_words: bool,
    /// Words a cycle when many are loaded or stored.
    words: u64,
}

/// All that may be issued at once, is.
pub(super) const LOOSE: Rules = Rules { dsp_first: false, load: 2, pairs_of_words: true, words: 2 };
/// The least that is said of it.
pub(super) const STRICT: Rules =
    Rules { dsp_first: true, load: 3, pairs_of_words: false, words: 1 };

/// A core in the middle of a program.
pub(super) struct Pipeline {
    rules: Rules,
    /// The cycle, and what was issued in it.
    now: u64,
    first: Option<Unit>,
    full: bool,
    /// When each register can be read; and when something can be added to it.
    ready: [u64; 17],
    ready_to_add: [u64; 17],
}

impl Pipeline {
    pub(super) fn new(rules: Rules) -> Self {
        Self { rules, now: 0, first: None, full: false, ready: [0; 17], ready_to_add: [0; 17] }
    }

    /// Cycles so far.
    pub(super) fn cycles(&self) -> u64 {
        self.now + u64::from(self.first.is_some())
    }

    /// The next instruction.
    pub(super) fn issue(&mut self, instruction: &Instruction) {
        let &Instruction { unit, reads, adds_to, loads, writes } = instruction;
        let early = matches!(unit, Unit::Shifter | Unit::DspShifter);
        let start = latest(reads & !adds_to, &self.ready);
        // What was there from the beginning is early enough.
        let start = if start > 0 { start + u64::from(early) } else { 0 };
        let start = start.max(latest(adds_to, &self.ready_to_add));
        if start > self.now || self.full || self.first.is_some_and(|first| !self.pairs(first, unit))
        {
            self.now = start.max(self.now + u64::from(self.first.is_some()));
            (self.first, self.full) = (None, false);
        }
        self.full = self.first.is_some() || unit == Unit::Branch;
        self.first = Some(unit);
        if let Unit::Memories(count) = unit {
            self.now += u64::from(count).div_ceil(self.rules.words).max(1) - 1;
            self.full = true;
        }
        let (written, added) = if unit == Unit::Multiplier { (2, 1) } else { (1, 1) };
        for (registers, written, added) in
            [(writes, written, added), (loads, self.rules.load, self.rules.load)]
        {
            for register in (0..17).filter(|register| registers >> register & 1 == 1) {
                self.ready[register] = self.now + written;
                self.ready_to_add[register] = self.now + added;
            }
        }
    }

    /// Whether the second can be issued with the first, if nothing has to wait.
    fn pairs(&self, first: Unit, second: Unit) -> bool {
        let is_shift = |unit| matches!(unit, Unit::Shifter | Unit::DspShifter);
        let is_memory = |unit| matches!(unit, Unit::Memory | Unit::Memory2);
        let is_alone = |unit| match unit {
            Unit::Memories(_) => true,
            Unit::Memory2 => !self.rules.pairs_of_words,
            _ => false,
        };
        let is_dsp = matches!(second, Unit::Multiplier | Unit::DspShifter);
        let same = is_shift(first) && is_shift(second)
            || is_memory(first) && is_memory(second)
            || first == Unit::Multiplier && second == Unit::Multiplier;
        !(same || is_alone(first) || is_alone(second) || self.rules.dsp_first && is_dsp)
    }
}

/// When the last of these registers can be read.
fn latest(registers: Registers, ready: &[u64; 17]) -> u64 {
    let each = ready.iter().enumerate().filter(|(register, _)| registers >> register & 1 == 1);
    each.map(|(_, &when)| when).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cycles(rules: Rules, program: &[&str]) -> u64 {
        let mut pipeline = Pipeline::new(rules);
        program.iter().for_each(|line| pipeline.issue(&Instruction::of(line).unwrap()));
        pipeline.cycles()
    }

    #[test]
    fn two_instructions_share_a_cycle_if_they_can() {
        for (both, loose, strict) in [
            (["mov r0, #1", "mov r1, #1"], 1, 1),
            (["mov r0, #1", "add r1, r0, #1"], 2, 2),
            (["smlad r8, r2, r3, r8", "ldr r4, [r0]"], 1, 1),
            (["smlad r8, r2, r3, r8", "sxtb16 r2, r2"], 1, 2),
            (["smlad r8, r2, r3, r8", "smlad r9, r2, r3, r9"], 2, 2),
            (["smlad r8, r2, r3, r8", "smlad r8, r4, r5, r8"], 2, 2),
            (["smlad r8, r2, r3, r8", "add r8, r8, #1"], 3, 3),
            (["ldr r2, [r0]", "smlad r8, r2, r3, r8"], 3, 4),
            (["ldr r2, [r0]", "sxtb16 r2, r2"], 4, 5),
            (["ldr r2, [r0]", "ldr r3, [r1]"], 2, 2),
            (["ldm r0!, {r2, r3, r4, r5}", "mov r6, #1"], 3, 5),
            (["bne #0", "mov r0, #1"], 2, 2),
        ] {
            assert_eq!(cycles(LOOSE, &both), loose, "{both:?}");
            assert_eq!(cycles(STRICT, &both), strict, "{both:?}");
        }
    }
}
