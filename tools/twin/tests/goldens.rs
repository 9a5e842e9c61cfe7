//! The twin against Keras: encoder output, logits and alignments within 1e-4, tokens equal.
//!
//! Each folder holds `weights.safetensors`, `model.json` and `golden.safetensors` with, per
//! sentence k: `{k}.source` `[S]`, `{k}.target` `[T]` (greedy, with end token), `{k}.encoder`
//! `[S, d_model]`, `{k}.logits` `[T, V_t]`, `{k}.alignment` `[T, S]`.

use safetensors::SafeTensors;
use std::path::{Path, PathBuf};
use twin::{Description, Transformer, Weights};

/// Largest absolute difference from Keras that counts as agreement.
const MAX_ERROR: f32 = 1e-4;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn numbers<N: Copy>(file: &SafeTensors, name: &str, read: fn([u8; 4]) -> N) -> Vec<N> {
    let tensor = file.tensor(name).unwrap_or_else(|cause| panic!("{name}: {cause}"));
    tensor.data().as_chunks().0.iter().map(|bytes| read(*bytes)).collect()
}

fn largest_error(ours: impl IntoIterator<Item = f32>, theirs: &[f32]) -> f32 {
    let ours: Vec<f32> = ours.into_iter().collect();
    assert_eq!(ours.len(), theirs.len());
    ours.iter().zip(theirs).fold(0.0, |worst: f32, (a, b)| worst.max((a - b).abs()))
}

/// Compares all sentences of a folder; gives their number.
fn compare(folder: &Path) -> usize {
    let description = Description::read(&folder.join("model.json")).unwrap();
    let weights = Weights::read(&folder.join("weights.safetensors")).unwrap();
    let model = Transformer::new(description, weights).unwrap();
    let bytes = std::fs::read(folder.join("golden.safetensors")).unwrap();
    let golden = SafeTensors::deserialize(&bytes).unwrap();
    let count = golden.names().iter().filter(|name| name.ends_with(".source")).count();
    let mut worst = [0f32; 3];
    for k in 0..count {
        let ids = |side: &str| numbers(&golden, &format!("{k}.{side}"), u32::from_le_bytes);
        let reals = |what: &str| numbers(&golden, &format!("{k}.{what}"), f32::from_le_bytes);
        let (source, target) = (ids("source"), ids("target"));
        let memory = model.encode(&source, &mut ()).unwrap();
        let steps = model.greedy(&source, &mut ()).unwrap();
        let said: Vec<u32> = steps.iter().map(|step| step.token).collect();
        assert_eq!(said, target, "{}: sentence {k}", folder.display());
        let errors = [
            largest_error(memory.states.iter().copied(), &reals("encoder")),
            largest_error(steps.iter().flat_map(|step| step.logits.clone()), &reals("logits")),
            largest_error(
                steps.iter().flat_map(|step| step.alignment.clone()),
                &reals("alignment"),
            ),
        ];
        for ((worst, error), what) in
            worst.iter_mut().zip(errors).zip(["encoder", "logits", "alignment"])
        {
            assert!(error <= MAX_ERROR, "{}: sentence {k}: {what} {error:e}", folder.display());
            *worst = worst.max(error);
        }
    }
    println!(
        "{}: {count} sentences, largest error of encoder, logits, alignment {worst:?}",
        folder.display()
    );
    count
}

macro_rules! agrees {
    ($($name:ident: $folder:literal, $sentences:literal;)*) => {$(
        #[test]
        fn $name() {
            assert!(compare(&root().join($folder)) >= $sentences, "too few in {}", $folder);
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
    eng_fra_tiny_agrees: "models/eng-fra-tiny", 8;
}
