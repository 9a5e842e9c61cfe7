//! The part of the suite on layouts beside row pairs: the same shapes, a report of each.

use super::{BLOCK_ROWS, Layout, Random, Report, Values};

/// See the module above.
pub const LAYOUTS: &[(&str, Layout, Report)] = &[
    #[cfg(feature = "int4")]
    ("int4", Layout::Fours, Report { cases: 10_224, failures: 0, hash: 0xDB42_8550 }),
    #[cfg(feature = "bytes")]
    ("bytes", Layout::Bytes, Report { cases: 10_224, failures: 0, hash: 0xEB93_A112 }),
];

/// The words of whole blocks; filling columns are poison.
pub(super) fn fill(
    layout: Layout,
    words: &mut [u32],
    columns: usize,
    values: Values,
    random: &mut Random,
) {
    let block_words = layout.words_needed(1, columns);
    let mut odd = false;
    for block in words.chunks_exact_mut(block_words) {
        odd = !odd;
        for (at, word) in block.iter_mut().enumerate() {
            *word = if at < BLOCK_ROWS {
                (random.next() >> 1) as u32
            } else if at < block_words - BLOCK_ROWS {
                weights(layout, at - BLOCK_ROWS, odd, values, random)
            } else {
                [0, 1, 32767, random.next() as u32 >> 17][(at + columns) % 4] << 16
            };
        }
    }
}

/// A word of weights: of all sizes, or the largest of both signs, in turn from row to row.
#[cfg_attr(
    not(feature = "bytes"),
    expect(unused_variables, reason = "a word of fours has all rows")
)]
fn weights(layout: Layout, at: usize, odd: bool, values: Values, random: &mut Random) -> u32 {
    let any = random.next() as u32;
    match layout {
        #[cfg(feature = "int4")]
        Layout::Fours => match values {
            Values::Small => any,
            // 7, −8, 7, −8 in both columns, or −8, 7, −8, 7.
            Values::Limit if odd => 0x70F0_70F0,
            Values::Limit => 0x8F0F_8F0F,
            Values::Alternating => 0x8F0F_70F0,
        },
        #[cfg(feature = "bytes")]
        Layout::Bytes => {
            let even_row = at / 4 % 2 == usize::from(odd);
            let any = u32::from_le_bytes(any.to_le_bytes().map(|byte| byte.max(1) ^ 0x80));
            match values {
                Values::Small => any,
                Values::Limit => [0x7F7F_7F7F, 0x8181_8181][usize::from(even_row)],
                Values::Alternating => [0x7F81_7F81, 0x817F_817F][usize::from(even_row)],
            }
        }
        Layout::Pairs => any,
    }
}
