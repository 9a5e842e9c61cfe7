//! Energies of 32 queries over 32 keys in 4 heads, and what is done to each number between matrices,
//! each with one hash on every core: for tests and benches.

mod vectors;

pub use vectors::{Case, LONGEST, NUMBERS, TestVector};

use super::Caches;
use super::weights::energies;
use crate::arena::Carver;
use crate::format::{CachePlan, Checksum};
use crate::layer::block;

/// Heads.
const HEADS: usize = 4;
/// Numbers of a head.
const HEAD: usize = 32;
/// Keys, and as many queries.
const POSITIONS: usize = 32;
/// Numbers of a key, or a query.
const WIDTH: usize = HEADS * HEAD;
/// Products of all queries with all keys.
pub const PRODUCTS: usize = POSITIONS * POSITIONS * WIDTH;

const PLAN: CachePlan = CachePlan::of_heads([HEADS, HEAD], 1, POSITIONS);
/// Bytes of RAM that a [`TestKeys`] takes.
pub const BYTES: usize = PLAN.bytes() as usize;

/// [`TestKeys::hash`] on every core.
pub const EXPECTED: u32 = 2_136_555_210;

/// Arbitrary numbers, as large as layers make them, of which each key starts at the one behind that of
/// the key before; their 14 digits are more than a key keeps.
static KEYS: [i32; WIDTH + POSITIONS] = {
    let (mut keys, mut at) = ([0; WIDTH + POSITIONS], 0);
    while at < keys.len() {
        keys[at] = arbitrary(at) << 10;
        at += 1;
    }
    keys
};

/// Arbitrary mantissas, of which each query starts at the fourth behind that of the query before.
static QUERIES: [i16; WIDTH + 4 * POSITIONS] = {
    let (mut queries, mut at) = ([0; WIDTH + 4 * POSITIONS], 0);
    while at < queries.len() {
        queries[at] = (arbitrary(at * 3 + 5) >> 4) as i16;
        at += 1;
    }
    queries
};

/// −8192 … 8191.
const fn arbitrary(at: usize) -> i32 {
    let at = at as u32;
    let square = at.wrapping_mul(at).wrapping_mul(7919);
    (square.wrapping_add(at.wrapping_mul(104_729)) % 16_384) as i32 - 8192
}

/// A cache, as the first layer of a Transformer has it.
pub struct TestKeys<'a>(Caches<'a>);

impl<'a> TestKeys<'a> {
    /// `arena`: [`BYTES`]. None if it is too small.
    pub fn new(arena: &'a mut [u8]) -> Option<Self> {
        let mut arena = Carver::new(arena.get_mut(..BYTES)?).ok()?;
        arena.clear();
        Some(Self(Caches::of_heads(&mut arena, &PLAN, [HEADS, HEAD], POSITIONS)))
    }

    /// Packs all keys, then computes the energies of all queries, each given to `see`.
    #[inline(never)]
    pub fn run(&mut self, mut see: impl FnMut(&[[i32; 2]])) {
        for (position, wide) in KEYS.windows(WIDTH).take(POSITIONS).enumerate() {
            self.0.put_key(0, position, wide, position as i32 % 3 - 30);
        }
        let cache = self.0.layer(0, POSITIONS);
        let mut room = [0; POSITIONS];
        for query in QUERIES.as_chunks::<4>().0.windows(WIDTH / 4).take(POSITIONS) {
            for ([keys, _], query) in cache.heads().zip(query.chunks(HEAD / 4)) {
                let query = (block(query.as_flattened(), -8), HEAD);
                see(energies(&keys, POSITIONS, query, &mut room).1);
            }
        }
    }

    /// The checksum of all energies.
    pub fn hash(&mut self) -> u32 {
        let mut sum = Checksum::new();
        self.run(|energies| {
            sum = energies.as_flattened().iter().fold(sum, |sum, &two| sum.word(two as u32));
        });
        sum.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::ENERGY_FRACTION;

    #[test]
    fn energies_are_products_of_what_keys_keep_and_come_to_the_hash_of_every_core() {
        let mut arena = [0u32; BYTES / 4];
        let arena = bytemuck::cast_slice_mut(&mut arena);
        let mut test = TestKeys::new(arena).unwrap();
        assert_eq!(test.hash(), EXPECTED);
        let mut seen = 0;
        test.run(|energies| {
            let (query, head) = (seen / HEADS, seen % HEADS);
            let q = &QUERIES[4 * query + HEAD * head..][..HEAD];
            let energies = bytemuck::cast_slice::<_, i16>(energies);
            for (position, &energy) in energies.iter().enumerate() {
                let key = &KEYS[position + HEAD * head..][..HEAD];
                let down = crate::number::bytes_for(key);
                let kept = |value: i32| (((value >> (down - 1)) + 1) >> 1).clamp(-127, 127);
                let sum: i32 = q.iter().zip(key).map(|(&q, &k)| i32::from(q) * kept(k)).sum();
                let exponent = position as i32 % 3 - 30 + down as i32 - 8 + ENERGY_FRACTION;
                assert_eq!(i32::from(energy), sum >> -exponent);
            }
            seen += 1;
        });
        assert_eq!(seen, POSITIONS * HEADS);
    }
}
