//! BPE (Sennrich et al., arXiv 1508.07909): a word is its letters; of all neighbours that the model knows
//! to merge, those of the lowest rank are, the first of equals, until none is left.
//!
//! Each merge looks at all pairs that are left, and no list of them is kept: a word of n letters takes
//! n²/2 looks of a few instructions at most, and n is bounded by the model file.

use super::word::{Pieces, Say, letter};
use crate::format::subwords::{SubwordTable, flag};
use crate::{Error, Token};

/// No such merge.
const NONE: u16 = u16::MAX;

/// `room`: a token and a rank for each byte, halves.
pub(super) fn split(
    (word, in_bytes): (&[u8], bool),
    pieces: &Pieces<'_>,
    room: &mut [u32],
    say: &mut Say<'_, '_>,
) -> Result<(), Error> {
    let (tokens, ranks) = room.split_at_mut_checked(room.len() / 2).unwrap_or_default();
    let tokens: &mut [Token] = bytemuck::cast_slice_mut(tokens);
    let ranks: &mut [u16] = bytemuck::cast_slice_mut(ranks);
    let len = letters((word, in_bytes), pieces, tokens, say)?;
    let tokens = merge(&pieces.table, tokens, ranks, len);
    tokens.iter().try_for_each(|&token| say.known(token))
}

/// The tokens of the letters. Returns how many.
fn letters(
    (word, in_bytes): (&[u8], bool),
    pieces: &Pieces<'_>,
    tokens: &mut [Token],
    say: &Say<'_, '_>,
) -> Result<usize, Error> {
    let (mut rest, mut unknown, limit) = (word, false, tokens.len());
    let mut free = tokens.iter_mut();
    while !rest.is_empty() {
        let (one, behind) = rest.split_at_checked(1).unwrap_or_default();
        let one = if in_bytes { one } else { letter(rest) };
        rest = if in_bytes { behind } else { rest.get(one.len()..).unwrap_or(&[]) };
        let known = pieces.find_letter(one, in_bytes);
        if known.is_none() && pieces.table.has(flag::BYTES) {
            for (&byte, token) in one.iter().zip(&mut free) {
                *token = pieces.find_byte(byte).map_or_else(|| say.token(), Ok)?;
            }
            continue;
        }
        let again = core::mem::replace(&mut unknown, known.is_none()) && known.is_none();
        if again && pieces.table.has(flag::FUSE) {
            continue;
        }
        let Some(token) = free.next() else { break };
        *token = known.map_or_else(|| say.token(), Ok)?;
    }
    Ok(limit.wrapping_sub(free.len()))
}

/// Merges until nothing can be merged. Returns what is left.
fn merge<'t>(
    table: &SubwordTable<'_>,
    tokens: &'t mut [Token],
    ranks: &mut [u16],
    mut len: usize,
) -> &'t [Token] {
    for at in 0..len {
        set_rank(table, tokens, ranks, at, len);
    }
    loop {
        let pairs = ranks.iter().zip(0..len.saturating_sub(1));
        // The first of equals.
        let best = pairs.min_by_key(|&(&rank, at)| (rank, at));
        let Some((&rank, at)) = best else { break };
        let next = at.wrapping_add(1);
        let pair = (tokens.get(at), tokens.get(next));
        let (Some(&left), Some(&right), true) = (pair.0, pair.1, rank != NONE) else { break };
        let Some((_, merged)) = find(table, left, right) else { break };
        if let Some(token) = tokens.get_mut(at) {
            *token = merged;
        }
        close(tokens, next, len);
        close(ranks, next, len);
        len = len.wrapping_sub(1);
        set_rank(table, tokens, ranks, at, len);
        set_rank(table, tokens, ranks, at.wrapping_sub(1), len);
    }
    crate::layer::first(tokens, len)
}

/// Takes out what is at `at`.
fn close(values: &mut [u16], at: usize, len: usize) {
    let Some(values) = values.get_mut(at..len) else { return };
    let cells = core::cell::Cell::from_mut(values).as_slice_of_cells();
    let behind = cells.get(1..).unwrap_or(&[]);
    cells.iter().zip(behind).for_each(|(to, from)| to.set(from.get()));
}

/// The rank of the pair that starts at `at`.
fn set_rank(table: &SubwordTable<'_>, tokens: &[Token], ranks: &mut [u16], at: usize, len: usize) {
    let next = at.wrapping_add(1);
    if let (Some(rank), Some(&left), Some(&right)) =
        (ranks.get_mut(at), tokens.get(at), tokens.get(next))
    {
        *rank = find(table, left, right).filter(|_| next < len).map_or(NONE, |(rank, _)| rank);
    }
}

/// Rank and token of a merge.
fn find(table: &SubwordTable<'_>, left: Token, right: Token) -> Option<(u16, Token)> {
    let (pairs, merged) = table.model.split_at_checked(table.model.len() / 2)?;
    let at = pairs.binary_search(&(u32::from(left) << 16 | u32::from(right))).ok()?;
    merged.get(at).map(|&word| ((word >> 16) as u16, word as Token))
}
