//! Models that their own frameworks made and saved, beside the numbers that these had for them.

use import::Request;
use ndarray::{Array2, Axis};
use safetensors::SafeTensors;
use std::path::{Path, PathBuf};
use twin::Model;

/// Largest absolute difference that counts as agreement.
const MOST: f32 = 1e-4;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden")
}

fn numbers<N: Copy>(file: &SafeTensors<'_>, name: &str, read: fn([u8; 4]) -> N) -> Vec<N> {
    let tensor = file.tensor(name).unwrap_or_else(|cause| panic!("{name}: {cause}"));
    tensor.data().as_chunks().0.iter().map(|bytes| read(*bytes)).collect()
}

fn near(ours: impl IntoIterator<Item = f32>, theirs: &[f32], what: &str) {
    let ours: Vec<f32> = ours.into_iter().collect();
    assert_eq!(ours.len(), theirs.len(), "{what}");
    let worst = ours.iter().zip(theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    assert!(worst <= MOST, "{what}: {worst:e}");
}

/// The rows of a memory; where theirs are half as wide, the sum of both directions.
fn rows(memory: &Array2<f32>, theirs: usize) -> Vec<f32> {
    if memory.len() != 2 * theirs {
        return memory.iter().copied().collect();
    }
    let (forward, backward) = memory.view().split_at(Axis(1), memory.ncols() / 2);
    (&forward + &backward).into_iter().collect()
}

/// Compares all sentences of a golden file; gives their number.
fn compare(model: &Model, golden: &Path) -> usize {
    let bytes = std::fs::read(golden).unwrap();
    let golden = SafeTensors::deserialize(&bytes).unwrap();
    let count = golden.names().iter().filter(|name| name.ends_with(".source")).count();
    for k in 0..count {
        let ids = |what: &str| numbers(&golden, &format!("{k}.{what}"), u32::from_le_bytes);
        let reals = |what: &str| numbers(&golden, &format!("{k}.{what}"), f32::from_le_bytes);
        let source = ids("source");
        let memory = model.encode(&source, &mut ()).unwrap();
        near(rows(&memory.states, reals("encoder").len()), &reals("encoder"), "encoder");
        let steps = model.greedy(&source, &mut ()).unwrap();
        let said: Vec<u32> = steps.iter().map(|step| step.token).collect();
        assert_eq!(said, ids("target"), "{k}");
        near(steps.iter().flat_map(|step| step.logits.clone()), &reals("logits"), "logits");
        near(
            steps.iter().flat_map(|step| step.alignment.clone()),
            &reals("alignment"),
            "alignment",
        );
    }
    count
}

fn model(path: &Path, request: &Request) -> Model {
    let import = import::open(path, request).unwrap_or_else(|cause| panic!("{cause}"));
    let (description, weights) = import.weights().unwrap_or_else(|cause| panic!("{cause}"));
    Model::new(description, weights).unwrap_or_else(|cause| panic!("{cause}"))
}

#[test]
fn folders_of_hugging_face_compute_what_transformers_does() {
    let request = Request { max_target: Some(10), ..Request::default() };
    for name in ["marian", "bart", "mbart", "t5", "t5-v1_1"] {
        let folder = root().join("hf").join(name);
        println!("{name}");
        // T5 has places without end: the description is as long as the longest golden sentence.
        let lengths = Request { max_source: Some(14), ..request.clone() };
        assert_eq!(compare(&model(&folder, &lengths), &folder.join("golden.safetensors")), 4);
    }
}

#[test]
fn trained_folders_of_hugging_face_compute_what_transformers_does() {
    let request = Request { max_source: Some(7), max_target: Some(14), ..Request::default() };
    for name in ["marian", "bart", "t5", "t5-v1_1"] {
        let folder = root().join("hf-trained").join(name);
        println!("{name}");
        assert_eq!(compare(&model(&folder, &request), &folder.join("golden.safetensors")), 4);
    }
}

#[test]
fn models_of_the_tutorial_need_no_description() {
    for name in ["tutorial-attention", "tutorial-plain", "tutorial-trained"] {
        let folder = root().join("torch").join(name);
        let max_target = name.ends_with("trained").then_some(14);
        let request = Request { max_target, ..Request::default() };
        let model = model(&folder.join("model.pt"), &request);
        assert_eq!(compare(&model, &folder.join("golden.safetensors")), 4);
    }
}

#[test]
fn the_chatbot_tutorial_needs_no_description() {
    let methods = ["dot", "dot-1-layer", "general", "concat", "trained"];
    for name in methods.map(|method| format!("chatbot-{method}")) {
        let folder = root().join("torch").join(name);
        let model = model(&folder.join("model.pt"), &Request::default());
        assert_eq!(compare(&model, &folder.join("golden.safetensors")), 4);
    }
}

#[test]
fn a_captioner_of_two_state_dicts_is_the_one_of_all_tensors() {
    let folder = root().join("pictures/torch-show-attend-tell");
    let request = Request { config: Some(folder.join("model.json")), ..Request::default() };
    let read = |file| {
        let import = import::open(&folder.join(file), &request).and_then(import::Import::weights);
        import.unwrap_or_else(|cause| panic!("{cause}"))
    };
    let (theirs, ours) = (read("model.pt"), read("weights.safetensors"));
    assert!(theirs == ours);
    Model::new(theirs.0, theirs.1).unwrap();
}

#[test]
fn captioners_of_keras_keep_their_filters_and_norms() {
    for name in ["keras-same", "keras-mobile"] {
        let folder = root().join("pictures").join(name);
        let request = Request { config: Some(folder.join("model.json")), ..Request::default() };
        let read = |file| {
            let import =
                import::open(&folder.join(file), &request).and_then(import::Import::weights);
            import.unwrap_or_else(|cause| panic!("{name}: {cause}"))
        };
        assert!(read("model.weights.h5") == read("weights.safetensors"), "{name}");
    }
}

#[test]
fn models_of_pytorch_need_the_description_alone() {
    let random = ["transformer-post", "transformer-pre-learned-gelu-tied"];
    for name in random.into_iter().chain(["transformer-trained", "lstm-trained"]) {
        let folder = root().join("torch").join(name);
        let request = Request { config: Some(folder.join("model.json")), ..Request::default() };
        let model = model(&folder.join("model.pt"), &request);
        assert_eq!(compare(&model, &folder.join("golden.safetensors")), 4);
    }
}

#[test]
fn functional_models_of_keras_need_no_description() {
    for name in ["gru-luong", "lstm-letters", "gru-additive-trained", "transformer-trained"] {
        let folder = root().join("keras").join(name);
        println!("{name}");
        let words = |side: &str| Some(folder.join(side)).filter(|path| path.is_file());
        let request = Request {
            source_words: words("source.txt"),
            target_words: words("target.txt"),
            max_target: Some(if name.ends_with("trained") { 10 } else { 9 }),
            ..Request::default()
        };
        let model = model(&folder.join("model.keras"), &request);
        assert_eq!(compare(&model, &folder.join("golden.safetensors")), 4);
    }
}

#[test]
fn classes_of_keras_of_ones_own_need_the_description_alone() {
    let folder = root().join("keras/lstm-bahdanau");
    let request = Request { config: Some(folder.join("model.json")), ..Request::default() };
    let model = model(&folder.join("model.weights.h5"), &request);
    assert_eq!(compare(&model, &folder.join("golden.safetensors")), 4);
}

#[test]
fn a_transformer_of_keras_with_a_description_is_the_one_without() {
    let folder = root().join("keras/transformer-trained");
    let words: Vec<String> = (0..14).map(|id| format!("w{id}")).collect();
    let config = serde_json::json!({
        "encoder": "transformer", "decoder": "transformer", "d_model": 16, "n_heads": 2, "d_head": 16,
        "d_ff": 24, "encoder_layers": 1, "decoder_layers": 2, "alignment_layer": 1, "norm": "post",
        "norm_epsilon": 1e-3, "activation": "relu", "positions": "learned", "embedding_scale": 1.0,
        "tied_output": false, "max_source_len": 10, "max_target_len": 10, "lowercase": false,
        "source": {"words": words, "pad": 0, "eos": 3},
        "target": {"words": words, "pad": 0, "bos": 2, "eos": 3}, "selftest": "w4 w5",
    });
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), config.to_string()).unwrap();
    let request = Request { config: Some(file.path().into()), ..Request::default() };
    let model = model(&folder.join("model.keras"), &request);
    assert_eq!(compare(&model, &folder.join("golden.safetensors")), 4);
}
