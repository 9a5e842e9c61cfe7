//! The twin against Keras, JAX, PyTorch and Hugging Face: encoder output, logits and alignments within 1e-4, tokens equal.

mod agreement;

use agreement::{compare, folders, root};

macro_rules! agrees {
    ($($name:ident: $folder:literal, $sentences:literal;)*) => {$(
        #[test]
        fn $name() {
            assert_eq!(compare(&root().join($folder)), $sentences, "sources of {}", $folder);
        }
    )*};
}

agrees! {
    pre_norm_sinusoidal_relu_tied_agrees: "tests/golden/transformer/pre-sinusoidal-relu-tied", 4;
    post_norm_sinusoidal_relu_tied_agrees: "tests/golden/transformer/post-sinusoidal-relu-tied", 4;
    pre_norm_learned_gelu_agrees: "tests/golden/transformer/pre-learned-gelu-separate", 4;
    post_norm_learned_gelu_agrees: "tests/golden/transformer/post-learned-gelu-separate", 4;
    odd_sizes_agree: "tests/golden/transformer/odd", 4;
    eng_fra_agrees: "models/eng-fra", 32;
    eng_fra_tiny_agrees: "models/eng-fra-tiny", 16;
    eng_fra_additive_agrees: "models/eng-fra-additive", 8;
    eng_fra_plain_agrees: "models/eng-fra-plain", 8;
    g2p_agrees: "models/g2p", 32;
    scenes_agrees: "models/scenes", 24;
}

#[test]
fn every_recurrent_golden_agrees() {
    let folders = folders("tests/golden/recurrent");
    for folder in &folders {
        assert_eq!(compare(folder), 4, "sources of {}", folder.display());
    }
    assert_eq!(folders.len(), 31);
}

/// Marian, BART, mBART and two T5s as Hugging Face computes them, under our names.
#[test]
fn every_hugging_face_golden_agrees() {
    let folders = folders("tests/golden/hf");
    for folder in &folders {
        assert_eq!(compare(folder), 4, "sources of {}", folder.display());
    }
    assert_eq!(folders.len(), 5);
}
