//! Keys and values: the sums of `sums.rs`, as they are.

use super::sums::Job;
use crate::kernel::bare::stride;
use crate::kernel::rows::{BLOCK_ROWS, GROUP};

/// See [`crate::kernel::portable::dots`].
pub fn dots(words: &[u32], columns: usize, x: &[[i16; GROUP]], out: &mut [i32]) {
    let stride = stride(columns);
    let blocks = out.len().div_ceil(BLOCK_ROWS);
    if blocks.wrapping_mul(stride) > words.len() || x.len() > stride / GROUP {
        return;
    }
    let mut job = Job::new(x, None, stride);
    let (whole, part) = out.as_chunks_mut::<BLOCK_ROWS>();
    let last = words.as_ptr().wrapping_add(whole.len().wrapping_mul(stride));
    // SAFETY: `words` hold a block for every four of `out`, and x is no longer than a block.
    unsafe { job.run(words.as_ptr(), whole) };
    if !part.is_empty() {
        let mut four = [[0; BLOCK_ROWS]];
        // SAFETY: and one for the part.
        unsafe { job.run(last, &mut four) };
        for (to, from) in part.iter_mut().zip(four.as_flattened()) {
            *to = *from;
        }
    }
}
