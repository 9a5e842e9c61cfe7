//! The bytes of a slice of words, in a constant expression too.

/// `words` as their bytes, in the order of a model file (little-endian).
#[expect(unsafe_code, reason = "no safe cast works in a constant expression")]
pub const fn bytes_of(words: &[u32]) -> &[u8] {
    const { assert!(cfg!(target_endian = "little"), "model files are read in place") };
    // SAFETY: the same memory for the same lifetime; `u8` has no alignment and no invalid value,
    // and a slice of words is at most isize::MAX bytes long.
    unsafe { core::slice::from_raw_parts(words.as_ptr().cast(), words.len() * 4) }
}
