//! What the loops of `loops.rs` compute with every block.

use super::endings::plain;
use crate::kernel::rows::{BLOCK_ROWS, GROUP};

/// Blocks that share each load of x.
const BLOCKS: usize = 4;

/// One product; the assembly knows the order.
#[repr(C)]
pub(super) struct Job {
    /// Whole groups of x, up to `end`.
    x: *const i16,
    end: *const i16,
    /// Behind the group that is read last, which may lie elsewhere.
    last: *const i16,
    /// Bytes from the last group that is read to the groups of the next block.
    skip: usize,
    /// Bytes of a block.
    stride: usize,
    /// Where the next four results go.
    out: *mut [i32; BLOCK_ROWS],
    /// How often four blocks are left.
    fours: usize,
    /// How many blocks are left then.
    ones: usize,
    /// Half of 2^shift.
    half: i32,
    /// Of biases.
    shift: u32,
    /// A routine of `endings.rs`.
    ending: Ending,
    /// Where sums start that start at other than zero.
    #[cfg(feature = "int4")]
    pub(super) starts: [i32; 2],
}

/// How a block ends; called by the loops only.
type Ending = unsafe extern "C" fn();
/// Loops over the blocks of a job, the groups of the first at the pointer.
pub(super) type Loops = unsafe extern "C" fn(*const u32, &mut Job);

impl Job {
    /// Blocks of `stride` words, `group` bytes for four columns. `tail`: a group behind all others.
    pub(super) fn new(
        groups: &[[i16; GROUP]],
        tail: Option<&[i16; GROUP]>,
        stride: usize,
        group: usize,
    ) -> Self {
        let tail = tail.map(core::slice::from_ref).unwrap_or_default();
        // The tail is known by its end, which that of no groups at all may be too.
        let (groups, tail) = if groups.is_empty() { (tail, groups) } else { (groups, tail) };
        let (range, stride) = (groups.as_ptr_range(), stride.wrapping_mul(4));
        let last = if tail.is_empty() { range.end } else { tail.as_ptr_range().end };
        let read = groups.len().wrapping_add(tail.len());
        Self {
            x: range.start.cast(),
            end: range.end.cast(),
            last: last.cast(),
            skip: stride.wrapping_sub(read.wrapping_mul(group)),
            stride,
            out: core::ptr::null_mut(),
            fours: 0,
            ones: 0,
            half: 0,
            shift: 0,
            ending: plain,
            #[cfg(feature = "int4")]
            starts: [0; 2],
        }
    }

    /// With multipliers, and biases in front.
    pub(super) fn scaled(self, bias_shift: u32, ending: Ending) -> Self {
        let shift = bias_shift & 31;
        Self { half: ((1u32 << shift) >> 1) as i32, shift, ending, ..self }
    }

    /// Results of as many rows as `out` has, the groups of the first block at `words`.
    ///
    /// # Safety
    ///
    /// From `words` on, and from each `stride` behind, there are as many groups of this kind of
    /// loops as x has, for a block of every four of `out`; where results are scaled, four biases in
    /// front of them and four multipliers at the end of `stride`. What x was made of is still
    /// there.
    pub(super) unsafe fn run(&mut self, loops: Loops, words: *const u32, out: &mut [i32]) {
        let (whole, part) = out.as_chunks_mut::<BLOCK_ROWS>();
        let last = words.wrapping_byte_add(whole.len().wrapping_mul(self.stride));
        (self.fours, self.ones) = (whole.len() / BLOCKS, whole.len() % BLOCKS);
        self.out = whole.as_mut_ptr();
        // SAFETY: as above.
        unsafe { loops(words, self) }
        if !part.is_empty() {
            let mut four = [0; BLOCK_ROWS];
            (self.ones, self.out) = (1, &raw mut four);
            // SAFETY: there is a block for the part, too; none of `fours` is left.
            unsafe { loops(last, self) }
            for (to, from) in part.iter_mut().zip(four) {
                *to = from;
            }
        }
    }
}
