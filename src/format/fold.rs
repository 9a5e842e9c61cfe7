//! The checksum of a whole file, made short for the compiler, which interprets every step.
//!
//! ```text
//! blocks of 16 bytes   0 1 2 …  i  …  i+65  …  i+155  …  i+170  …  i+195  …  i+209  …  n
//!                               └──────┴─────────┴─────────┴─────────┴─────────┘
//!                               added to five later blocks, i counts no more; at the end the
//!                               last 209 blocks have the checksum of the whole file
//! ```
//! The polynomial P of CRC-32C divides x²⁰⁹ + x¹⁴⁴ + x⁵⁴ + x³⁹ + x¹⁴ + 1 (found by search: the least
//! of six terms, none has fewer below degree 5,275), and so the same of y = x¹²⁸, which is its
//! 128th power: what stands 209 blocks before the end of a message has the same remainder 144, 54,
//! 39, 14 and 0 blocks before it. For the engine itself the table of nibbles is smaller, and it needs
//! no copy of the file.

use super::checksum::Checksum;

/// A block is added again so many blocks later.
const LATER: (usize, usize, usize, usize) = (209 - 144, 209 - 54, 209 - 39, 209 - 14);
const DEGREE: usize = 209;

/// What the register of a checksum starts with.
const START: u128 = u32::MAX as u128;

/// The checksum of `words` from `from` on; `blocks` are their whole blocks, to compute in.
pub(super) const fn checksum(words: &[u32], blocks: &mut [u128], from: usize) -> Checksum {
    let (first, end) = (from / 4, blocks.len());
    if end < first + DEGREE {
        return Checksum::new().range(words, from, words.len());
    }
    // Words before `from` do not count; the first that does meets the start of the register.
    let before = from % 4 * 32;
    blocks[first] = (blocks[first] >> before ^ START) << before;
    let mut i = first;
    while i < end - DEGREE {
        let block = blocks[i];
        blocks[i + LATER.0] ^= block;
        blocks[i + LATER.1] ^= block;
        blocks[i + LATER.2] ^= block;
        blocks[i + LATER.3] ^= block;
        blocks[i + DEGREE] ^= block;
        i += 1;
    }
    let mut sum = Checksum::folded();
    while i < end {
        let mut block = blocks[i];
        let mut word = 0;
        while word < 4 {
            sum = sum.word(block as u32);
            block >>= 32;
            word += 1;
        }
        i += 1;
    }
    sum.range(words, end * 4, words.len())
}

#[cfg(test)]
mod tests {
    use super::Checksum;

    const WORDS: usize = 4096;

    /// Numbers without a pattern (Marsaglia's xorshift).
    fn words() -> Vec<u32> {
        let mut state = 1_u32;
        let next = |_| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state
        };
        (0..WORDS).map(next).collect()
    }

    /// The first `len`, folded.
    fn folded(words: &[u32], first: usize) -> Checksum {
        let mut blocks = vec![0_u128; words.len() / 4];
        let whole = bytemuck::cast_slice_mut::<_, u32>(&mut blocks);
        whole.copy_from_slice(&words[..whole.len()]);
        super::checksum(words, &mut blocks, first)
    }

    #[test]
    fn a_folded_file_has_the_checksum_of_the_file() {
        let words = words();
        for first in [0, 1, 2, 3, 4, 71, 72, 106] {
            for len in [0, 1, 107, 835, 836, 837, 838, 839, 840, 841, 844, 1260, 1700, 4095, 4096] {
                let words = &words[..len];
                let plain = Checksum::new().range(words, first, len);
                assert_eq!(folded(words, first), plain, "{first}..{len}");
            }
        }
    }

    #[test]
    fn every_word_of_a_folded_file_counts() {
        let mut words = words();
        let before = folded(&words, 71);
        for at in (0..WORDS).step_by(7) {
            words[at] ^= 1 << (at % 32);
            assert_eq!(folded(&words, 71) == before, at < 71, "word {at}");
            words[at] ^= 1 << (at % 32);
        }
    }
}
