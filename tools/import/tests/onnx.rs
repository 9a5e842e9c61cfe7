//! Graphs of ONNX become the very weights that the module has which was exported.

mod bed;

use bed::onnx::{Message, model};
use bed::{Folder, golden, refused};
use import::{Import, Request};
use std::fs;
use std::path::Path;
use twin::{Description, Weights};

fn read(path: &Path, request: &Request) -> (Description, Weights) {
    let import = import::open(path, request).and_then(Import::weights);
    import.unwrap_or_else(|cause| panic!("{cause}"))
}

#[test]
fn folders_of_optimum_are_those_of_safetensors() {
    let lengths = Request { max_source: Some(14), ..Request::default() };
    for name in ["marian", "bart", "t5", "t5-v1_1"] {
        let folder = Folder::copy_of(&format!("hf/{name}"));
        let theirs = read(folder.root(), &lengths);
        fs::remove_file(folder.path("model.safetensors")).unwrap();
        assert!(refused(folder.root(), &lengths).contains("encoder_model.onnx"));
        for (place, decoder) in [("", "decoder_model"), ("onnx/", "decoder_model_merged")] {
            fs::create_dir_all(folder.path("onnx")).unwrap();
            for (from, to) in [("encoder_model", "encoder_model"), ("decoder_model", decoder)] {
                let from = golden(&format!("onnx/{name}/{from}.onnx"));
                fs::copy(from, folder.path(&format!("{place}{to}.onnx"))).unwrap();
            }
            assert!(read(folder.root(), &lengths) == theirs, "{name}");
            fs::remove_file(folder.path(&format!("{place}encoder_model.onnx"))).unwrap();
        }
    }
}

/// Graphs of recurrent models, in a folder of them, have the weights that these have under our names.
#[track_caller]
fn are_the_modules(folder: &str, names: &[&str]) {
    for name in names {
        let ours = golden(&format!("recurrent/{name}"));
        let request = Request { config: Some(ours.join("model.json")), ..Request::default() };
        let graph = read(&golden(&format!("{folder}/{name}.onnx")), &request);
        assert!(graph == read(&ours.join("weights.safetensors"), &request), "{name}");
    }
}

#[test]
fn modules_of_pytorch_keep_their_names() {
    are_the_modules("onnx", &["torch-gru-additive", "torch-lstm-cells", "torch-rnn-additive"]);
}

#[test]
fn the_exporter_of_today_says_modules_beside_nodes() {
    are_the_modules("onnx/new", &["torch-gru-additive", "torch-lstm-cells"]);
}

#[test]
fn the_exporter_of_before_is_read_in_the_opset_of_today() {
    are_the_modules("onnx/new", &["torch-rnn-additive"]);
}

/// Of T5 tensors that two graphs share; of Marian, whose biases are all zeros, one tensor for most of them.
#[test]
fn merged_decoders_of_optimum_are_the_folders_they_were() {
    for (ours, theirs) in [("hf/t5", "onnx/new/t5"), ("onnx/new/marian", "onnx/new/marian")] {
        let folder = Folder::copy_of(ours);
        let whole = read(folder.root(), &Request::default());
        fs::remove_file(folder.path("model.safetensors")).unwrap();
        for file in ["encoder_model.onnx", "decoder_model_merged.onnx"] {
            fs::copy(golden(&format!("{theirs}/{file}")), folder.path(file)).unwrap();
        }
        assert!(read(folder.root(), &Request::default()) == whole, "{ours}");
    }
}

#[test]
fn a_transformer_of_pytorch_is_put_together_again() {
    let config = Some(golden("torch/transformer-post/model.json"));
    let request = Request { config, ..Request::default() };
    let theirs = read(&golden("torch/transformer-post/model.pt"), &request);
    for graph in ["onnx/transformer-post.onnx", "onnx/new/transformer-post.onnx"] {
        assert!(read(&golden(graph), &request) == theirs, "{graph}");
    }
}

#[test]
fn numbers_may_lie_in_a_file_beside() {
    let root = golden("recurrent/torch-gru-additive");
    let request = Request { config: Some(root.join("model.json")), ..Request::default() };
    let bytes = fs::read(root.join("weights.safetensors")).unwrap();
    let file = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    let folder = Folder::new();
    let (mut data, mut tensors) = (vec![7; 4], Vec::new());
    for (name, view) in file.iter() {
        let entry = |key: &str, value: &str| Message::default().text(1, key).text(2, value);
        let tensor = Message::default().text(8, name).number(2, 1).number(14, 1);
        let tensor = view.shape().iter().fold(tensor, |tensor, &n| tensor.number(1, n as u64));
        let tensor = tensor.with(13, entry("location", "m.onnx_data"));
        tensors.push(tensor.with(13, entry("offset", &data.len().to_string())));
        data.extend(view.data());
    }
    folder.file("m.onnx_data", &data);
    let path = folder.file("m.onnx", &model(&[], &tensors));
    assert!(read(&path, &request) == read(&root.join("weights.safetensors"), &request));
    assert_eq!(import::files(&path), [path.clone(), folder.path("m.onnx_data")]);
    folder.file("m.onnx_data", &data[..data.len() - 4]);
    assert!(refused(&path, &request).contains("bytes, not 4 for each number"));
    fs::remove_file(folder.path("m.onnx_data")).unwrap();
    assert!(refused(&path, &request).contains("cannot read"));
}
