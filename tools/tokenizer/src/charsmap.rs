//! SentencePiece's `precompiled_charsmap`: a double-array trie (as Darts-clone writes it) from sequences of
//! letters to where in a list of texts, each ended by a zero byte, lies what they become.
//!
//! ```text
//! bytes of the trie, a word │ the trie, words │ texts
//! ```

use crate::error::{Error, wrong};

/// Deepest key that is followed, in bytes; SentencePiece's have 12 at most.
const DEEPEST: usize = 32;
/// Most keys that are read.
const MOST: usize = 1 << 20;

/// All keys and what they become, sorted. `wanted`: does a key whose first bytes are these matter?
pub(crate) fn read(
    bytes: &[u8],
    wanted: &dyn Fn(&[u8]) -> bool,
) -> Result<Vec<(String, String)>, Error> {
    let Some((&size, rest)) = bytes.split_first_chunk() else { return wrong(NAME, "is too short") };
    let size = u32::from_le_bytes(size) as usize;
    let Some((trie, texts)) = rest.split_at_checked(size).filter(|_| size.is_multiple_of(4)) else {
        return wrong(NAME, format!("says that its trie has {size} bytes of {}", rest.len()));
    };
    let units = trie.as_chunks().0.iter().map(|&unit| u32::from_le_bytes(unit)).collect();
    let mut keys = Keys { units, texts, wanted, found: Vec::new() };
    let root = keys.units.first().map_or(0, |&unit| offset(unit));
    keys.walk(root)?;
    keys.found.sort();
    Ok(keys.found)
}

const NAME: &str = "precompiled_charsmap";

struct Keys<'k> {
    units: Vec<u32>,
    texts: &'k [u8],
    wanted: &'k dyn Fn(&[u8]) -> bool,
    found: Vec<(String, String)>,
}

impl Keys<'_> {
    /// All keys, from the root on.
    fn walk(&mut self, root: usize) -> Result<(), Error> {
        let mut left = vec![(root, Vec::new())];
        while let Some((node, key)) = left.pop() {
            for byte in 1..=u8::MAX {
                let Some(&unit) = self.units.get(node ^ usize::from(byte)) else { continue };
                let longer = [&key[..], &[byte]].concat();
                if unit & (1 << 31 | 0xFF) != u32::from(byte) || !(self.wanted)(&longer) {
                    continue;
                }
                let child = node ^ usize::from(byte) ^ offset(unit);
                if unit >> 8 & 1 == 1 {
                    self.take(child, &longer)?;
                }
                if longer.len() < DEEPEST {
                    left.push((child, longer));
                }
            }
        }
        Ok(())
    }

    fn take(&mut self, leaf: usize, key: &[u8]) -> Result<(), Error> {
        let at = self.units.get(leaf).map_or(usize::MAX, |unit| (unit & !(1 << 31)) as usize);
        let text = self.texts.get(at..).and_then(|text| text.split(|&byte| byte == 0).next());
        let text = text.and_then(|text| str::from_utf8(text).ok());
        let (Some(text), Ok(key)) = (text, str::from_utf8(key)) else {
            return wrong(NAME, format!("has a key {key:02x?} whose text, at {at}, is none"));
        };
        if self.found.len() == MOST {
            return wrong(NAME, format!("has more than {MOST} keys"));
        }
        self.found.push((key.to_owned(), text.to_owned()));
        Ok(())
    }
}

/// What a unit adds to find its children.
fn offset(unit: u32) -> usize {
    ((unit >> 10) << ((unit & 1 << 9) >> 6)) as usize
}
