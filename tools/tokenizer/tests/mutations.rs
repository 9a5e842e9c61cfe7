//! Files of tokenizers with errors in them: no panic, no hang, bounded memory, one sentence.
//!
//! `REGARD_MUTATIONS` says how many there are (200 if not given); the n-th is always the same.

mod common;

use common::{Noise, golden};
use std::time::{Duration, Instant};
use tokenizer::{Found, Host};

const FILES: [&str; 8] = [
    "bpe.json",
    "bpe-lower.json",
    "unigram-words.json",
    "wordpiece.json",
    "words.json",
    "vocab.txt",
    "bpe.model",
    "bpe-bytes.json",
];
/// A reader may take so long, and the process grow by so many KiB over all of them.
const MOST_TIME: Duration = Duration::from_secs(5);
const MOST_GROWTH: u64 = 64 << 10;
/// Of so many that are read one is asked too, which takes far longer than reading.
const ASKED: usize = 20;
/// What means something to one reader or another.
const TELLING: [&[u8]; 12] = [
    b"4294967296",
    b"-1",
    b"1e400",
    b"null",
    b"[[[[[[[[",
    b"\"\"",
    b"{}",
    b"\\ud800",
    b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
    b"\x0a\x80\x80\x80\x80\x08",
    b"\n\n",
    b"\xe2\x96",
];

/// The same file with one to four errors.
fn mutated(bytes: &[u8], noise: &mut Noise) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=noise.below(4) {
        // Half of them where settings stand, at the start.
        let end = if noise.below(2) == 0 { bytes.len().min(600) } else { bytes.len() };
        let at = noise.below(end.max(1));
        match noise.below(5) {
            0 if noise.below(4) == 0 => bytes.truncate(at),
            1 => {
                let until = (at + noise.below(12)).min(bytes.len());
                bytes.splice(at..until, TELLING[noise.below(TELLING.len())].iter().copied());
            }
            2 => {
                let from = noise.below(bytes.len().max(1));
                let piece = bytes[from..(from + noise.below(300)).min(bytes.len())].to_vec();
                bytes.splice(at..at, piece);
            }
            3 => drop(bytes.drain(at..(at + noise.below(200)).min(bytes.len()))),
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << noise.below(8);
                }
            }
        }
    }
    bytes
}

fn host(found: &Found) -> Result<Host, tokenizer::Error> {
    Host::new(&found.tokenizer, &found.words, found.marks)
}

/// Most memory that this process ever had, in KiB, where the system says so.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[test]
fn no_error_in_a_tokenizer_is_more_than_an_error() {
    let count = std::env::var("REGARD_MUTATIONS").map_or(200, |count| count.parse().unwrap());
    let files = FILES.map(|name| std::fs::read(golden(name)).unwrap());
    let whole = files.iter().filter(|bytes| Found::of(bytes).is_ok()).count();
    assert_eq!(whole, FILES.len(), "all are read as they are");
    let (mut taken, mut before, mut longest) = (0, None, Duration::ZERO);
    for n in 0..count {
        let mut noise = Noise::new(n as u64);
        let bytes = mutated(&files[n % FILES.len()], &mut noise);
        let start = Instant::now();
        let message = match Found::of(&bytes) {
            Ok(found) => match (n % ASKED == 0).then(|| host(&found)).transpose() {
                Ok(None) => {
                    taken += 1;
                    String::new()
                }
                Ok(Some(host)) => {
                    taken += 1;
                    // An answer or an error, of tokens that there are.
                    let tokens = host.encode(&noise.text(), 1000).unwrap_or_default();
                    assert!(tokens.iter().all(|&id| (id as usize) < found.words.len()), "{n}");
                    String::new()
                }
                Err(cause) => cause.to_string(),
            },
            Err(cause) => cause.to_string(),
        };
        assert!(!message.contains('\n'), "{n}: {message:?} is one sentence");
        let time = start.elapsed();
        assert!(time < MOST_TIME, "{n}: {time:?}");
        longest = longest.max(time);
        before = before.or_else(peak);
    }
    println!(
        "{taken} of {count} are taken; longest {longest:?}; memory from {before:?} to {:?} KiB",
        peak()
    );
    assert!(taken > 0 && taken < count, "{taken}");
    if let (Some(before), Some(after)) = (before, peak()) {
        assert!(after.saturating_sub(before) < MOST_GROWTH, "{before} to {after} KiB");
    }
}
