//! Whole sentences: encoding and all steps of the decoder.

use criterion::{Criterion, criterion_group, criterion_main};
use regard::kernel::NAME;
use regard::{Arena, Model, Seq2Seq, include_model};
use std::hint::black_box;

static TRANSLATOR: Model =
    include_model!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/eng-fra/eng-fra.rgd"));
static SPELLER: Model =
    include_model!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/g2p/g2p.rgd"));

static TRANSLATOR_ARENA: Arena<{ TRANSLATOR.arena_bytes() }> = Arena::new();
static SPELLER_ARENA: Arena<{ SPELLER.arena_bytes() }> = Arena::new();

fn sentences(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group(NAME);
    let arena = TRANSLATOR_ARENA.take().expect("taken once");
    let mut engine: Seq2Seq<'_> = Seq2Seq::new(&TRANSLATOR, arena).expect("a model of the project");
    for sentence in ["I drink milk", "we don't come from a school"] {
        group.bench_function(format!("eng-fra/{sentence}"), |bench| {
            bench.iter(|| words(&mut engine, black_box(sentence)));
        });
    }
    let arena = SPELLER_ARENA.take().expect("taken once");
    let mut engine: Seq2Seq<'_> = Seq2Seq::new(&SPELLER, arena).expect("a model of the project");
    for word in ["cat", "attention"] {
        group.bench_function(format!("g2p/{word}"), |bench| {
            bench.iter(|| words(&mut engine, black_box(word)));
        });
    }
}

/// How many words an answer has.
fn words(engine: &mut Seq2Seq<'_>, text: &str) -> usize {
    engine.translate(text).expect("words that the model knows").count()
}

criterion_group!(benches, sentences);
criterion_main!(benches);
