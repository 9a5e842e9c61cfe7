//! What stands in front of assembly that writes four rows at a time: whole blocks go where they belong, a
//! part of one goes through four places beside.

use super::rows::BLOCK_ROWS;

/// Places of the rows of blocks.
pub(super) type Places = [[i32; BLOCK_ROWS]];

/// Calls `run` with words that start with as many blocks of `stride` words as it gets places for, at
/// least one: first all whole blocks of `out`, then the part that is left. `words` have a block for
/// every four of `out`.
#[inline(always)]
pub(super) fn in_blocks(
    words: &[u32],
    stride: usize,
    out: &mut [i32],
    mut run: impl FnMut(&[u32], &mut Places),
) {
    let (whole, part) = out.as_chunks_mut();
    let behind = words.get(whole.len().wrapping_mul(stride)..).unwrap_or(&[]);
    if !whole.is_empty() {
        run(words, whole);
    }
    if !part.is_empty() {
        let mut four = [[0; BLOCK_ROWS]];
        run(behind, &mut four);
        copy(part, &four);
    }
}

/// The same for two outputs of one length.
#[inline(always)]
pub(super) fn in_blocks_of_two(
    words: &[u32],
    stride: usize,
    [a, b]: [&mut [i32]; 2],
    mut run: impl FnMut(&[u32], [&mut Places; 2]),
) {
    let ((whole_a, part_a), (whole_b, part_b)) = (a.as_chunks_mut(), b.as_chunks_mut());
    let behind = words.get(whole_a.len().wrapping_mul(stride)..).unwrap_or(&[]);
    if !whole_a.is_empty() {
        run(words, [whole_a, whole_b]);
    }
    if !part_a.is_empty() {
        let (mut four_a, mut four_b) = ([[0; BLOCK_ROWS]], [[0; BLOCK_ROWS]]);
        run(behind, [&mut four_a, &mut four_b]);
        copy(part_a, &four_a);
        copy(part_b, &four_b);
    }
}

#[inline(always)]
fn copy(part: &mut [i32], four: &Places) {
    for (to, from) in part.iter_mut().zip(four.as_flattened()) {
        *to = *from;
    }
}
