//! Scores of texts are those of sacreBLEU 2.6.0: `corpus_bleu(…, tokenize="none", force=True).score`
//! and `corpus_chrf(…).score`.

use super::bleu::Bleu;
use super::chrf::ChrF;

/// Answers and what they may be.
type Items = &'static [(&'static str, &'static [&'static str])];

/// Items, their BLEU and their chrF2.
const CASES: [(Items, f64, f64); 6] = [
    (&[("je bois du lait", &["je bois du lait"])], 100.0, 100.0),
    (
        &[
            ("je bois de l' eau", &["je bois du lait"]),
            ("tu manges une pomme rouge", &["tu manges une pomme verte"]),
        ],
        39.763_536_438_352_52,
        66.329_695_028_408_14,
    ),
    (
        &[
            ("a b c d e f", &["a b c d x f", "a b d e f g h"]),
            ("le chat dort", &["le chien dort", "un chat dort bien ici"]),
        ],
        64.345_888_416_076_16,
        42.584_259_423_753_196,
    ),
    (&[("b a d c", &["a b c d"])], 22.590_050_090_246_13, 25.0),
    (&[("x y z w", &["a b c d"])], 0.0, 0.0),
    (&[("un deux", &["un deux trois"])], 0.0, 44.025_825_377_134_12),
];

#[test]
fn scores_are_those_of_sacrebleu() {
    for (items, expected_bleu, expected_chrf) in CASES {
        let (mut bleu, mut chrf) = (Bleu::default(), ChrF::default());
        for (answer, references) in items {
            let words = |text: &'static str| text.split(' ').collect::<Vec<_>>();
            let split: Vec<Vec<&str>> = references.iter().map(|known| words(known)).collect();
            let split: Vec<&[&str]> = split.iter().map(Vec::as_slice).collect();
            bleu.add(&words(answer), &split);
            let references: Vec<String> = references.iter().map(|&known| known.into()).collect();
            chrf.add(answer, &references);
        }
        assert!((bleu.score() - expected_bleu).abs() < 1e-9, "{items:?}: {}", bleu.score());
        assert!((chrf.score() - expected_chrf).abs() < 1e-9, "{items:?}: {}", chrf.score());
    }
}
