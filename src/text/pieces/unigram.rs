//! Unigram (Kudo, arXiv 1804.10959): of all ways to cut a word into pieces the one whose scores, the
//! logarithms of probabilities, have the largest sum. Viterbi's algorithm, from front to back:
//!
//! ```text
//! best(0) = 0      best(j) = max over pieces i…j of best(i) + score(piece)
//! ```
//! A letter that is no piece costs more than any piece; of ways that are equally good the one whose last
//! piece is longest is kept. Sums of scores are kept for as many places as the longest piece reaches.

use super::word::{Pieces, Say, letter};
use crate::Error;
use crate::format::subwords::{NEVER, flag};

/// A length with it is that of an unknown letter.
const UNKNOWN: u8 = 1 << 7;
/// No way leads there yet.
const NONE: i64 = i64::MIN;

/// `room`: lengths, a byte for each place between letters; two words for each of 2^`window` sums.
pub(super) fn split(
    word: &[u8],
    pieces: &Pieces<'_>,
    (room, window): (&mut [u32], u32),
    say: &mut Say<'_, '_>,
) -> Result<(), Error> {
    let sums = 2usize.wrapping_shl(window);
    let Some((lengths, sums)) = room.split_at_mut_checked(room.len().saturating_sub(sums)) else {
        return Ok(());
    };
    let lengths: &mut [u8] = bytemuck::cast_slice_mut(lengths);
    forward(word, pieces, lengths, sums.as_chunks_mut().0);
    turn(word.len(), lengths);
    let mut rest = word;
    for _ in 0..word.len() {
        let at = word.len().wrapping_sub(rest.len());
        let length = lengths.get(at).map_or(0, |&length| length);
        let Some((piece, behind)) = rest.split_at_checked(usize::from(length & !UNKNOWN)) else {
            break;
        };
        rest = behind;
        match pieces.find(piece) {
            _ if piece.is_empty() => break,
            Some(token) if length & UNKNOWN == 0 => say.known(token)?,
            _ if pieces.table.has(flag::BYTES) => {
                for &byte in piece {
                    match pieces.find_byte(byte) {
                        Some(token) => say.known(token)?,
                        None => say.unknown_letter()?,
                    }
                }
            }
            _ => say.unknown_letter()?,
        }
    }
    Ok(())
}

/// Fills `lengths`: at each place the length of the piece that ends there on the best way.
fn forward(word: &[u8], pieces: &Pieces<'_>, lengths: &mut [u8], sums: &mut [[u32; 2]]) {
    let mask = sums.len().wrapping_sub(1);
    sums.fill(halves(NONE));
    reach(sums, lengths, (0, 0), 0);
    let mut rest = word;
    while !rest.is_empty() {
        let at = word.len().wrapping_sub(rest.len());
        let here = sums
            .get_mut(at & mask)
            .map_or(NONE, |sum| whole(core::mem::replace(sum, halves(NONE))));
        let first = letter(rest).len();
        if here != NONE {
            let mut is_piece = false;
            let mut prefixes = pieces.prefixes();
            for (length, &byte) in (1..=mask).zip(rest) {
                let Some((entry, ends)) = prefixes.step(byte) else { break };
                let token = pieces.sorted(entry);
                let score = pieces.table.model.get(usize::from(token)).map_or(NEVER, |&s| s as i32);
                if ends && score != NEVER && pieces.is_said(token) {
                    let to = at.wrapping_add(length);
                    reach(sums, lengths, (to, length as u8), here.wrapping_add(score.into()));
                    is_piece |= length == first;
                }
            }
            if !is_piece {
                let sum = here.wrapping_add(pieces.table.penalty.into());
                reach(sums, lengths, (at.wrapping_add(first), first as u8 | UNKNOWN), sum);
            }
        }
        rest = rest.get(first..).unwrap_or(&[]);
    }
}

/// A way to a place, with a piece of this length at its end.
fn reach(sums: &mut [[u32; 2]], lengths: &mut [u8], (to, length): (usize, u8), sum: i64) {
    let mask = sums.len().wrapping_sub(1);
    if let (Some(best), Some(kept)) = (sums.get_mut(to & mask), lengths.get_mut(to))
        && sum > whole(*best)
    {
        (*best, *kept) = (halves(sum), length);
    }
}

/// From lengths of pieces at their ends to lengths at their starts.
fn turn(len: usize, lengths: &mut [u8]) {
    let (mut at, mut behind) = (len, 0);
    for _ in 0..=len {
        let Some(length) = lengths.get_mut(at) else { break };
        behind = core::mem::replace(length, behind);
        if at == 0 || behind == 0 {
            break;
        }
        at = at.saturating_sub(usize::from(behind & !UNKNOWN));
    }
}

/// Words are where the arena has them: at multiples of 4, not of 8.
fn halves(sum: i64) -> [u32; 2] {
    [sum as u32, (sum >> 32) as u32]
}

fn whole([low, high]: [u32; 2]) -> i64 {
    i64::from(low) | i64::from(high) << 32
}
