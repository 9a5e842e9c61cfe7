//! Translates line after line of its standard input, each several times, for a script that counts the
//! time of the process. The side of the engine in `beside/`.
//!
//! ```text
//! sentence [model.rgd [rounds]] < sentences.txt
//! ```

use regard::{Model, Seq2Seq};
use std::error::Error;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::{env, fs};

const MODEL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/eng-fra/eng-fra.rgd");
const ROUNDS: usize = 1;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let bytes = fs::read(arguments.next().unwrap_or_else(|| MODEL.to_owned()))?;
    let rounds = arguments.next().map_or(Ok(ROUNDS), |rounds| rounds.parse())?;
    // A model lies at a multiple of four, as in flash.
    let mut words = vec![0u32; bytes.len().div_ceil(4)];
    for (word, bytes) in words.iter_mut().zip(bytes.chunks(4)) {
        *word = bytes.iter().rev().fold(0, |word, &byte| word << 8 | u32::from(byte));
    }
    let model = Model::parse(&words)?;
    let mut arena = vec![0; model.arena_bytes()];
    let mut engine: Seq2Seq<'_> = Seq2Seq::new(&model, &mut arena)?;
    for line in io::stdin().lines() {
        let line = line?;
        let mut answer = String::new();
        for _ in 0..rounds.max(1) {
            answer.clear();
            for word in engine.translate(&line)? {
                write!(answer, " {}", word.text)?;
            }
        }
        println!("{}", answer.trim_start());
        io::stdout().flush()?;
    }
    Ok(())
}
