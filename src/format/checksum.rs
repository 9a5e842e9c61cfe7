//! CRC-32C (Castagnoli; RFC 3720, appendix B.4), a nibble at a time: a table of 64 bytes. The
//! compiler, which checks whole models and interprets every step, folds them first (fold.rs).

const POLYNOMIAL: u32 = 0x82F6_3B78;

const TABLE: [u32; 16] = {
    let mut table = [0; 16];
    let mut i = 0;
    while i < 16 {
        let mut crc = i as u32;
        let mut bit = 0;
        while bit < 4 {
            crc = if crc & 1 == 1 { crc >> 1 ^ POLYNOMIAL } else { crc >> 1 };
            bit += 1;
        }
        table[i] = crc;
        i += 1;
    }
    table
};

/// A checksum in the making.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checksum(u32);

impl Checksum {
    /// Of nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(!0)
    }

    /// Of a file that [`super::fold`] has put the start of [`Self::new`] into.
    pub(super) const fn folded() -> Self {
        Self(0)
    }

    /// With one more word, as its four little-endian bytes.
    #[must_use]
    pub const fn word(self, word: u32) -> Self {
        let mut crc = self.0 ^ word;
        let mut nibble = 0;
        while nibble < 8 {
            crc = crc >> 4 ^ TABLE[(crc & 15) as usize];
            nibble += 1;
        }
        Self(crc)
    }

    /// With more bytes.
    #[must_use]
    pub fn bytes(self, bytes: &[u8]) -> Self {
        let Self(mut crc) = self;
        for &byte in bytes {
            crc ^= byte as u32;
            crc = crc >> 4 ^ TABLE[(crc & 15) as usize];
            crc = crc >> 4 ^ TABLE[(crc & 15) as usize];
        }
        Self(crc)
    }

    /// With more words: those of `words` from `from` up to, but without, `to`.
    #[must_use]
    pub const fn range(mut self, words: &[u32], from: usize, to: usize) -> Self {
        let mut i = from;
        while i < to && i < words.len() {
            self = self.word(words[i]);
            i = i.wrapping_add(1);
        }
        self
    }

    /// The checksum.
    #[must_use]
    pub const fn finish(self) -> u32 {
        !self.0
    }

    /// The checksum of `words`.
    #[must_use]
    pub const fn of(words: &[u32]) -> u32 {
        Self::new().range(words, 0, words.len()).finish()
    }
}

impl Default for Checksum {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::Checksum;

    /// RFC 3720, appendix B.4.
    #[test]
    fn checksums_are_those_of_the_standard() {
        assert_eq!(Checksum::of(&[0; 8]), 0x8A91_36AA);
        assert_eq!(Checksum::of(&[!0; 8]), 0x62A8_AB43);
        let rising: [u32; 8] =
            core::array::from_fn(|i| u32::from_le_bytes([0, 1, 2, 3].map(|b| 4 * i as u8 + b)));
        assert_eq!(Checksum::of(&rising), 0x46DD_794E);
        let bytes: [u8; 32] = core::array::from_fn(|i| i as u8);
        let (some, others) = bytes.split_at(5);
        assert_eq!(Checksum::new().bytes(some).bytes(others).finish(), 0x46DD_794E);
    }
}
