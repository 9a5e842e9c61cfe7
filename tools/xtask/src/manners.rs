//! How the demo behaves at the keyboard: whatever is typed, it answers, and goes on.

use crate::board::Board;
use crate::emulator::Session;
use anyhow::{Result, ensure};
use std::path::Path;

/// What is typed, and what must be among the lines that come back.
const TALK: [(&[u8], &str); 11] = [
    (b"I drnik milk\n", "a word is not in the vocabulary: drnik"),
    (b"\n", "> "),
    (b"caf\xc3\xa9\x7f\x08\x08\x08:stakc\x08\x08ck\n", "arena: "),
    (b"\xff\xfe\n", "the line is not UTF-8 from byte 0 on"),
    (b":frobnicate\r\n", ":frobnicate is not a command; :help lists them"),
    (b":help\r\n", ":selftest "),
    (b"I dri\x03I drink mlik\n", "a word is not in the vocabulary: mlik"),
    (b"i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i\n", "the sentence is too long: at most "),
    (b":trace nonsense\n", "a word is not in the vocabulary: nonsense"),
    (&[b'a'; 3000], ""),
    (b"\n:selftest\n", "the line is too long: at most "),
];

/// Types all of it.
pub(crate) fn check(board: &Board, firmware: &Path) -> Result<()> {
    let mut input = TALK.map(|(typed, _)| typed).concat();
    input.extend_from_slice(b":quit\n");
    let outcome = Session { input: &input, ..Session::silent(board, firmware) }.run()?;
    outcome.check()?;
    let text = outcome.text();
    for (typed, expected) in TALK {
        ensure!(
            text.lines().any(|line| line.starts_with(expected)),
            "typed {:?}, did not hear {expected:?} in:\n{text}",
            String::from_utf8_lossy(typed)
        );
    }
    ensure!(text.contains(" steps as stated"), "the self-test after it all failed:\n{text}");
    Ok(())
}
