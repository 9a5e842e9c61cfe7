//! What a file looks like that is no container.

/// By its first bytes; nothing to say of most.
pub(super) fn what(start: &[u8]) -> &'static str {
    match start {
        [] => "; it is empty",
        [b'v', b'e', b'r', b's', b'i', b'o', b'n', b' ', ..] => {
            "; it is a pointer of Git LFS: `git lfs pull` brings the file itself"
        }
        [0x80, ..] => "; it is a pickle without tensors behind it",
        [b'{' | b'[', ..] => "; it is JSON",
        _ => "",
    }
}
