//! Keys and values: the sums of `sums.rs`, as they are.

use super::job::Job;
use super::sums::{GROUP_BYTES, sums};
use crate::kernel::bare::{holds, stride};
use crate::kernel::rows::GROUP;

/// See [`crate::kernel::portable::dots`].
pub fn dots(words: &[u32], columns: usize, x: &[[i16; GROUP]], out: &mut [i32]) {
    let stride = stride(columns);
    if !holds(words.len(), columns, out.len(), x.len()) {
        return;
    }
    let mut job = Job::new(x, None, stride, GROUP_BYTES);
    // SAFETY: `words` hold a block for every four of `out`, and x is no longer than a block.
    unsafe { job.run(sums, words.as_ptr(), out) }
}
