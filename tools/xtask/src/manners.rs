//! How the demo behaves at the keyboard: whatever is typed, it answers, and goes on.

use crate::board::{Board, Demo, Reads};
use crate::emulator::Session;
use anyhow::{Result, ensure};
use std::path::Path;

/// What is typed, and what must be among the lines that come back.
type Talk = &'static [(&'static [u8], &'static str)];

const SENTENCES: Talk = &[
    (b"I drnik milk\n", "a word is not in the vocabulary: drnik"),
    (b"I dri\x03I drink mlik\n", "a word is not in the vocabulary: mlik"),
    (b"i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i i\n", "the sentence is too long: at most "),
    (b":trace nonsense\n", "a word is not in the vocabulary: nonsense"),
];

const ORDERS: Talk = &[
    (b"turn the red lihgt on\n", "a word is not in the vocabulary: lihgt"),
    (b"turn the red light on\n", "red is on"),
    (b"blink all lights but green twice\n", "lamp blinked 2 times and is off"),
    (b"don't turn the blue light on\n", "nothing to do"),
    (b"turn the radio on\n", "that is no order to these lights: nothing changed"),
    (b":lights\n", "green is off"),
    (
        b"on on on on on on on on on on on on on on on on on on on on on on on on\n",
        "the sentence is too long: at most ",
    ),
];

const WORDS: Talk = &[
    (b"m1lk\n", "a word is not in the vocabulary: 1"),
    (b"mi\x03mil\xc3\xa9\n", "a word is not in the vocabulary: \u{e9}"),
    (b"abcdefghijklmnopqrstuvwxyz\n", "the sentence is too long: at most "),
    (b":trace x-ray\n", "a word is not in the vocabulary: -"),
];

const PICTURES: Talk = &[
    (b"0\n", "no picture was sent"),
    (b"99\n", "there is no picture of this number"),
    (b":picture 0 5\n", "0 \u{d7} 5: at least 1 and at most 4096 pixels"),
    (b":picture 1 1\n\x03\n\xff:trace 0\n", "end"),
    (b":trace nonsense\n", "there is no picture of this number"),
];

const ALWAYS: Talk = &[
    (b"\n", "> "),
    (b"caf\xc3\xa9\x7f\x08\x08\x08:stakc\x08\x08ck\n", "arena: "),
    (b"\xff\xfe\n", "the line is not UTF-8 from byte 0 on"),
    (b":frobnicate\r\n", ":frobnicate is not a command; :help lists them"),
    (b":help\r\n", ":selftest "),
    (&[b'a'; 3000], ""),
    (b"\n:selftest\n", "the line is too long: at most "),
];

/// Types all of it.
pub(crate) fn check(board: &Board, demo: &Demo, firmware: &Path) -> Result<()> {
    let own = match demo.reads {
        Reads::Sentences if demo.bin == "act" => ORDERS,
        Reads::Sentences => SENTENCES,
        Reads::Words => WORDS,
        Reads::Pictures => PICTURES,
    };
    let talk = [own, ALWAYS].concat();
    let mut input: Vec<u8> = talk.iter().flat_map(|(typed, _)| *typed).copied().collect();
    input.extend_from_slice(b":quit\n");
    let outcome = Session { input: &input, ..Session::silent(board, firmware) }.run()?;
    outcome.check()?;
    let text = outcome.text();
    for (typed, expected) in talk {
        ensure!(
            text.lines().any(|line| line.starts_with(expected)),
            "typed {:?}, did not hear {expected:?} in:\n{text}",
            String::from_utf8_lossy(typed)
        );
    }
    ensure!(text.contains(" steps as stated"), "the self-test after it all failed:\n{text}");
    Ok(())
}
