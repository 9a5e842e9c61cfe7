//! Folders of Hugging Face that are not as they should be.

mod bed;

use bed::{Folder, index, refused};
use import::Request;
use serde_json::{Value, json};
use std::fs;

/// A folder whose config.json has one field set, and what it is refused with.
fn with(name: &str, field: &str, value: Value) -> String {
    let folder = Folder::copy_of(&format!("hf/{name}"));
    // It would go before.
    fs::remove_file(folder.path("generation_config.json")).unwrap();
    let path = folder.path("config.json");
    let mut config: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    config[field] = value;
    fs::write(path, config.to_string()).unwrap();
    refused(folder.root(), &Request::default())
}

/// A folder whose weights were changed, and what it is refused with.
fn changed(name: &str, change: impl Fn(&mut Vec<u8>)) -> String {
    let folder = Folder::copy_of(&format!("hf/{name}"));
    let path = folder.path("model.safetensors");
    let mut bytes = fs::read(&path).unwrap();
    change(&mut bytes);
    fs::write(path, bytes).unwrap();
    refused(folder.root(), &Request::default())
}

#[test]
fn fields_that_are_not_known_are_refused_by_name() {
    for (name, field, value, expected) in [
        ("marian", "rotary", json!(true), "`rotary` is true, which is not known"),
        ("marian", "model_type", json!("gpt2"), "`model_type` is \"gpt2\"; marian, bart, mbart"),
        ("marian", "model_type", json!(null), "`model_type` is missing"),
        ("marian", "is_encoder_decoder", json!(false), "`is_encoder_decoder` is false"),
        ("marian", "normalize_before", json!(true), "`normalize_before` is true; models of this"),
        ("marian", "activation_function", json!("mish"), "`activation_function` is \"mish\"; relu"),
        ("bart", "static_position_embeddings", json!(true), "`static_position_embeddings` is true"),
        (
            "bart",
            "decoder_ffn_dim",
            json!(48),
            "`encoder_ffn_dim` is 40, but `decoder_ffn_dim` is 48",
        ),
        (
            "marian",
            "bad_words_ids",
            json!([[42], [3, 4]]),
            "`bad_words_ids` has a sequence of tokens",
        ),
        ("marian", "suppress_tokens", json!([4]), "`suppress_tokens` changes what is said"),
        ("t5", "scale_decoder_outputs", json!(false), "`scale_decoder_outputs` goes only with"),
        (
            "t5",
            "is_gated_act",
            json!(true),
            "`is_gated_act` is not what `feed_forward_proj` \"relu\"",
        ),
        (
            "bart",
            "model_type",
            json!("encoder-decoder"),
            "`model_type` is \"encoder-decoder\": two models such as BERT, whose output has a layer",
        ),
        ("t5", "pruned_heads", json!({"0": [1]}), "`pruned_heads` changes what is computed"),
    ] {
        let message = with(name, field, value);
        assert!(message.contains("config.json") && message.contains(expected), "{message}");
    }
}

#[test]
fn absurd_sizes_are_refused_before_anything_is_made_of_them() {
    for (name, field, value, expected) in [
        (
            "marian",
            "vocab_size",
            json!(1_000_000_000_000u64),
            "`vocab_size` is 1000000000000; the engine takes 1 to 65532 words",
        ),
        ("marian", "vocab_size", json!(-4), "`vocab_size` is -4; it must be a whole number"),
        ("marian", "vocab_size", json!("43"), "`vocab_size` is \"43\"; it must be a whole number"),
        (
            "marian",
            "encoder_layers",
            json!(1_000_000_000),
            "`encoder_layers` is 1000000000; it must",
        ),
        ("marian", "max_position_embeddings", json!(3), "`max_position_embeddings`"),
        ("marian", "encoder_attention_heads", json!(0), "`encoder_attention_heads` is 0, but"),
        ("marian", "pad_token_id", json!(4_300_000_000u64), "`pad_token_id` is no id of a word"),
        ("marian", "d_model", json!(25), "`d_model` is 25, no multiple of 3 heads"),
        ("t5", "d_model", json!(1u64 << 63), "`d_model` is 9223372036854775808; it must be 1 to"),
        ("t5", "relative_attention_num_buckets", json!(0), "`relative_buckets` is 0"),
        (
            "t5",
            "decoder_start_token_id",
            json!(43),
            "`decoder_start_token_id` is 43, but there are",
        ),
    ] {
        let folder = "max_position_embeddings" == field;
        let message = if folder { longer() } else { with(name, field, value) };
        assert!(message.contains(expected), "{message}");
    }
}

/// A source longer than there are places.
fn longer() -> String {
    let folder = Folder::copy_of("hf/marian");
    refused(folder.root(), &Request { max_source: Some(15), ..Request::default() })
}

#[test]
fn tensors_that_are_renamed_misshaped_or_not_numbers_are_named() {
    let message = changed("t5", |bytes| {
        let name = b"decoder.final_layer_norm";
        let end = index(bytes, name) + name.len();
        bytes[end - 1] = b'n';
    });
    let expected = "model.safetensors: tensor `decoder.final_layer_norm.weight`, of shape [20], is missing; \
                    the nearest name in the file is `decoder.final_layer_norn.weight`";
    assert!(message.ends_with(expected), "{message}");
    let message = with("t5", "d_ff", json!(35));
    let expected = "tensor `encoder.block.0.layer.1.DenseReluDense.wi.weight` has shape [34, 20], but the \
                    model needs [35, 20]";
    assert!(message.ends_with(expected), "{message}");
    let message = changed("bart", |bytes| {
        let end = bytes.len();
        bytes[end - 4..].copy_from_slice(&f32::NAN.to_le_bytes());
    });
    assert!(message.contains("holds NaN at index ["), "{message}");
    let message = with("marian", "encoder_layers", json!(2));
    assert!(
        message.contains("`model.encoder.layers.1.self_attn.q_proj.weight`, of shape"),
        "{message}"
    );
    let message = with("t5", "num_layers", json!(1));
    assert!(message.contains("the model has no use for tensor `encoder.block.1."), "{message}");
}

#[test]
fn positions_that_are_not_the_computed_ones_are_refused() {
    let folder = Folder::copy_of("hf/marian");
    let path = folder.path("model.safetensors");
    let bytes = fs::read(&path).unwrap();
    let file = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    let rows = vec![0u8; 14 * 24 * 4];
    let view = safetensors::tensor::TensorView::new(safetensors::Dtype::F32, vec![14, 24], &rows);
    let mut tensors: Vec<_> = file.iter().map(|(name, view)| (name.to_owned(), view)).collect();
    tensors.push(("model.encoder.embed_positions.weight".into(), view.unwrap()));
    fs::write(&path, safetensors::serialize(tensors, None).unwrap()).unwrap();
    let message = refused(folder.root(), &Request::default());
    assert!(
        message.contains("embed_positions.weight` is not what its sinusoidal positions"),
        "{message}"
    );
}

#[test]
fn words_are_read_from_what_is_there() {
    let folder = Folder::copy_of("hf/marian");
    let open = || import::open(folder.root(), &Request::default()).unwrap();
    let words = |import: import::Import| import.description.source.unwrap().words;
    assert_eq!(words(open())[7], "<7>");
    assert!(open().remarks.iter().any(|remark| remark.contains("no words of the source")));
    let map: serde_json::Map<String, Value> =
        (0..43).map(|id| (format!("▁w{id}"), json!(id))).collect();
    folder.file("tokenizer.json", json!({"model": {"vocab": map}}).to_string().as_bytes());
    assert_eq!(words(open())[7], "▁w7");
    let scores: Vec<Value> = (0..40).map(|id| json!([format!("p{id}"), -1.5])).collect();
    let added = json!([{"id": 41, "content": "<extra>"}]);
    let unigram = json!({"model": {"vocab": scores}, "added_tokens": added});
    folder.file("tokenizer.json", unigram.to_string().as_bytes());
    let found = words(open());
    assert_eq!([&found[7], &found[40], &found[41]], ["p7", "<40>", "<extra>"]);
    // vocab.json goes first; spaces and doubles cannot be words.
    folder.file("vocab.json", br#"{"a b": 7, "": 8, "c": 9, "<7>": 10}"#);
    let import = open();
    assert!(
        import.remarks.iter().any(|remark| remark.contains("2 words of the source")),
        "{:?}",
        import.remarks
    );
    let found = words(import);
    assert_eq!([&found[7], &found[8], &found[9], &found[10]], ["<7>", "<8>", "c", "<<7>>"]);
    folder.file("vocab.json", br#"{"a": 43}"#);
    assert!(
        refused(folder.root(), &Request::default()).contains("vocab.json: has 1 words whose ids")
    );
}

/// What a folder's model says to a sentence.
fn said(folder: &Folder) -> Vec<u32> {
    let request = Request { max_target: Some(10), ..Request::default() };
    let (description, weights) = import::open(folder.root(), &request).unwrap().weights().unwrap();
    let model = twin::Model::new(description, weights).unwrap();
    let steps = model.greedy(&[7, 9, 8, 1], &mut ()).unwrap();
    steps.iter().map(|step| step.token).collect()
}

#[test]
fn split_weights_are_read_as_whole_ones() {
    let folder = Folder::copy_of("hf/t5");
    let whole = said(&folder);
    let bytes = fs::read(folder.path("model.safetensors")).unwrap();
    fs::remove_file(folder.path("model.safetensors")).unwrap();
    let file = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    let (mut map, all) = (serde_json::Map::new(), file.iter().collect::<Vec<_>>());
    for (k, half) in all.chunks(all.len().div_ceil(2)).enumerate() {
        let name = format!("model-{k}.safetensors");
        let half = || half.iter().map(|(name, view)| (*name, view));
        map.extend(half().map(|(tensor, _)| (tensor.to_owned(), json!(name))));
        fs::write(folder.path(&name), safetensors::serialize(half(), None).unwrap()).unwrap();
    }
    let index = json!({"metadata": {"total_size": 1}, "weight_map": map});
    let path = folder.file("model.safetensors.index.json", index.to_string().as_bytes());
    assert_eq!(said(&folder), whole);
    let inputs =
        [path.clone(), folder.path("model-0.safetensors"), folder.path("model-1.safetensors")];
    assert_eq!(import::files(&path), inputs);
    fs::remove_file(folder.path("model-1.safetensors")).unwrap();
    let message = refused(folder.root(), &Request::default());
    assert!(
        message.contains("cannot read") && message.contains("model-1.safetensors"),
        "{message}"
    );
}

#[test]
fn a_folder_of_our_own_needs_no_argument() {
    let folder = Folder::copy_of("transformer/odd");
    let import = import::open(folder.root(), &Request::default()).unwrap();
    let (description, weights) = import.weights().unwrap();
    twin::Model::new(description, weights).unwrap();
    fs::remove_file(folder.path("model.json")).unwrap();
    let message = refused(folder.root(), &Request::default());
    assert!(message.contains("is a folder without config.json"), "{message}");
}

#[test]
fn a_description_may_be_shorter_than_trained_places() {
    let folder = Folder::copy_of("transformer/pre-learned-gelu-separate");
    let shorter = Request { max_source: Some(5), max_target: Some(4), ..Request::default() };
    let (description, weights) = import::open(folder.root(), &shorter).unwrap().weights().unwrap();
    let model = twin::Model::new(description, weights).unwrap();
    assert_eq!(
        model.greedy(&[3; 6], &mut ()).unwrap_err().to_string(),
        "the source has 6 tokens; the model takes 1 to 5"
    );
}

#[test]
fn a_folder_without_weights_says_which_are_read() {
    let folder = Folder::copy_of("hf/t5");
    fs::remove_file(folder.path("model.safetensors")).unwrap();
    let message = refused(folder.root(), &Request::default());
    assert!(
        message.contains("none of the files of weights that are read: model.safetensors"),
        "{message}"
    );
}
