//! `nn.Transformer` under names that people give to what stands around it.

mod bed;

use bed::{Folder, golden, refused};
use import::Request;
use safetensors::Dtype;
use safetensors::tensor::TensorView;
use serde_json::json;
use std::fs;
use std::path::PathBuf;

const D: usize = 4;
const WORDS: usize = 6;

/// A model of one layer a side, all of whose numbers are 0.25; `around`: what stands around it.
fn model(folder: &Folder, around: &[(&str, &[usize])]) -> (PathBuf, Request) {
    let mut shapes: Vec<(String, Vec<usize>)> = Vec::new();
    for (side, attentions, norms) in
        [("encoder", &["self_attn"][..], 2), ("decoder", &["self_attn", "multihead_attn"], 3)]
    {
        let layer = format!("net.{side}.layers.0");
        let mut add =
            |name: &str, shape: &[usize]| shapes.push((format!("{layer}.{name}"), shape.to_vec()));
        for attention in attentions {
            add(&format!("{attention}.in_proj_weight"), &[3 * D, D]);
            add(&format!("{attention}.in_proj_bias"), &[3 * D]);
            add(&format!("{attention}.out_proj.weight"), &[D, D]);
            add(&format!("{attention}.out_proj.bias"), &[D]);
        }
        add("linear1.weight", &[8, D]);
        add("linear2.weight", &[D, 8]);
        for norm in 1..=norms {
            add(&format!("norm{norm}.weight"), &[D]);
            add(&format!("norm{norm}.bias"), &[D]);
        }
    }
    shapes.extend(around.iter().map(|(name, shape)| ((*name).to_owned(), shape.to_vec())));
    let data: Vec<Vec<u8>> = shapes
        .iter()
        .map(|(_, shape)| 0.25f32.to_le_bytes().repeat(shape.iter().product()))
        .collect();
    let views = shapes.iter().zip(&data).map(|((name, shape), data)| {
        (name.clone(), TensorView::new(Dtype::F32, shape.clone(), data).unwrap())
    });
    let path = folder.file("model.safetensors", &safetensors::serialize(views, None).unwrap());
    let words = json!(["<pad>", "<bos>", "<eos>", "a", "b", "c"]);
    let table = json!({"words": words, "pad": 0, "bos": 1, "eos": 2});
    let config = json!({
        "encoder": "transformer", "decoder": "transformer", "d_model": D, "n_heads": 2, "d_head": 2,
        "d_ff": 8, "encoder_layers": 1, "decoder_layers": 1, "alignment_layer": 0, "norm": "pre",
        "norm_epsilon": 1e-5, "activation": "relu", "positions": "sinusoidal", "embedding_scale": 1.0,
        "tied_output": false, "max_source_len": 5, "max_target_len": 5, "lowercase": false,
        "source": table, "target": table, "selftest": "a b",
    });
    let config = folder.file("model.json", config.to_string().as_bytes());
    (path, Request { config: Some(config), ..Request::default() })
}

const EMBEDDING: &[usize] = &[WORDS, D];

#[test]
fn modules_are_found_by_words_in_their_names() {
    for (source, target, output) in [
        ("src_embed.weight", "tgt_embed.weight", "generator.proj.weight"),
        ("encoder_embedding.weight", "decoder_embedding.weight", "fc_out.weight"),
        ("input_emb.weight", "output_emb.weight", "linear.weight"),
    ] {
        let folder = Folder::new();
        let around = [(source, EMBEDDING), (target, EMBEDDING), (output, EMBEDDING)];
        let (path, request) = model(&folder, &around);
        let (description, weights) = import::open(&path, &request).unwrap().weights().unwrap();
        // Norms before, but none behind the last layer: the file has none.
        let config = description.encoder.transformer().unwrap();
        assert!(!config.last_norm);
        twin::Model::new(description, weights).unwrap();
    }
}

#[test]
fn modules_that_cannot_be_told_apart_are_named() {
    let folder = Folder::new();
    let around = [("one.weight", EMBEDDING), ("two.weight", EMBEDDING), ("fc.weight", EMBEDDING)];
    let (path, request) = model(&folder, &around);
    let message = refused(&path, &request);
    let expected = "of `one.weight`, `two.weight` it cannot be told which is `decoder.embedding.weight`, \
                    [6, 4]; rename it so, or give it a name with tgt, trg, target, dec, output in it";
    assert!(message.ends_with(expected), "{message}");
    let (path, request) = model(&folder, &[("src.weight", EMBEDDING), ("tgt.weight", EMBEDDING)]);
    let message = refused(&path, &request);
    assert!(
        message.ends_with("no tensor of shape [6, 4] is there for `output.weight`"),
        "{message}"
    );
}

#[test]
fn what_the_engine_has_not_is_refused() {
    let folder = Folder::new();
    let around = [
        ("src.weight", EMBEDDING),
        ("tgt.weight", EMBEDDING),
        ("fc.weight", EMBEDDING),
        ("net.encoder.layers.0.self_attn.bias_k", &[1, 1, D][..]),
    ];
    let (path, request) = model(&folder, &around);
    let message = refused(&path, &request);
    assert!(message.contains("self_attn.bias_k` (`add_bias_kv`) is one more place"), "{message}");
    let mut around = around;
    around[3] = ("positions.pe", &[1, 9, D]);
    let (path, request) = model(&folder, &around);
    let message = refused(&path, &request);
    assert!(message.contains("`positions.pe` is not what `positions` \"sinusoidal\""), "{message}");
    around[3] = ("other.scale", &[1]);
    let (path, request) = model(&folder, &around);
    assert!(refused(&path, &request).contains("no use for tensor `other.scale`"));
}

#[test]
fn a_cell_may_be_called_after_its_module() {
    let folder = Folder::new();
    let root = golden("recurrent/torch-gru-additive");
    let bytes = fs::read(root.join("weights.safetensors")).unwrap();
    let file = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    let renamed = file.iter().map(|(name, view)| (name.replace(".rnn.", ".gru."), view));
    let path = folder.file("w.safetensors", &safetensors::serialize(renamed, None).unwrap());
    let request = Request { config: Some(root.join("model.json")), ..Request::default() };
    let (description, weights) = import::open(&path, &request).unwrap().weights().unwrap();
    twin::Model::new(description, weights).unwrap();
}

#[test]
fn a_graph_may_have_no_biases() {
    let folder = Folder::new();
    let around = [
        ("src_embed.weight", EMBEDDING),
        ("tgt_embed.weight", EMBEDDING),
        ("generator.weight", EMBEDDING),
    ];
    let (path, request) = model(&folder, &around);
    let bytes = fs::read(&path).unwrap();
    let file = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    // As the nodes of `nn.Transformer(bias=False)` name the packed matrix of an attention.
    let kept = file.iter().filter(|(name, _)| !name.ends_with("bias"));
    let views = kept.map(|(name, view)| (name.replace("in_proj_weight", "weight"), view));
    let path = folder.file("bare.safetensors", &safetensors::serialize(views, None).unwrap());
    let (description, weights) = import::open(&path, &request).unwrap().weights().unwrap();
    twin::Model::new(description, weights).unwrap();
}
