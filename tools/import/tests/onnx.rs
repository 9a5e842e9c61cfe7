//! Graphs of ONNX become the very weights that the module has which was exported.

mod bed;

use bed::onnx::{Message, matrix, model, node};
use bed::{Folder, golden, refused};
use import::{Import, Request};
use std::fs;
use std::path::Path;
use std::slice::from_ref;
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

#[test]
fn modules_of_pytorch_keep_their_names() {
    for name in ["torch-gru-additive", "torch-lstm-cells", "torch-rnn-additive"] {
        let folder = golden(&format!("recurrent/{name}"));
        let config = Some(folder.join("model.json"));
        let request = Request { config, ..Request::default() };
        let theirs = read(&folder.join("weights.safetensors"), &request);
        let ours = read(&golden(&format!("onnx/{name}.onnx")), &request);
        assert!(ours == theirs, "{name}");
    }
}

#[test]
fn the_exporter_of_today_says_modules_beside_nodes() {
    for name in ["torch-gru-additive", "torch-lstm-cells"] {
        let folder = golden(&format!("recurrent/{name}"));
        let config = Some(folder.join("model.json"));
        let request = Request { config, ..Request::default() };
        let theirs = read(&folder.join("weights.safetensors"), &request);
        let ours = read(&golden(&format!("onnx/new/{name}.onnx")), &request);
        assert!(ours == theirs, "{name}");
    }
}

#[test]
fn a_merged_decoder_has_its_weights_once() {
    let folder = Folder::copy_of("hf/t5");
    let theirs = read(folder.root(), &Request::default());
    fs::remove_file(folder.path("model.safetensors")).unwrap();
    for file in ["encoder_model.onnx", "decoder_model_merged.onnx"] {
        fs::copy(golden(&format!("onnx/new/t5/{file}")), folder.path(file)).unwrap();
    }
    assert!(read(folder.root(), &Request::default()) == theirs);
}

/// Three numbers that are both the bias of `output` and of `fc`, which an exporter keeps under one name.
#[test]
fn one_tensor_stands_for_equal_ones_of_other_modules() {
    let folder = Folder::new();
    let product = |module: &str, weight: &str| {
        node(&format!("/{module}/MatMul"), "MatMul", &["x", weight], &format!("/{module}/y"))
    };
    let bias = |module: &str| {
        let names = [&*format!("/{module}/y"), "output.bias"];
        node(&format!("/{module}/Add"), "Add", &names, &format!("/{module}/z"))
    };
    let norm = node(
        "/norm/LayerNormalization",
        "LayerNormalization",
        &["x", "fc.weight", "output.bias"],
        "n",
    );
    let nodes = [
        product("output", "onnx::MatMul_1"),
        bias("output"),
        product("other", "onnx::MatMul_2"),
        bias("other"),
        norm,
    ];
    let tensors = [
        matrix("onnx::MatMul_1", &[2, 3], &[1.0; 6]),
        matrix("onnx::MatMul_2", &[2, 3], &[2.0; 6]),
        matrix("output.bias", &[3], &[0.5; 3]),
        matrix("fc.weight", &[3], &[1.5; 3]),
    ];
    let path = folder.file("m.onnx", &model(&nodes, &tensors));
    let config = Some(golden("recurrent/torch-gru-additive/model.json"));
    let import = import::open(&path, &Request { config, ..Request::default() });
    let (_, mut weights) = import.and_then(Import::weights).unwrap();
    for (name, value) in [("output.weight", 1.0), ("other.weight", 2.0)] {
        let matrix = weights.matrix(name, [3, 2]).unwrap();
        assert!(matrix.iter().all(|&one| one == value), "{name}");
    }
    for (name, value) in
        [("output.bias", 0.5), ("other.bias", 0.5), ("norm.bias", 0.5), ("norm.weight", 1.5)]
    {
        assert_eq!(weights.vector(name, 3).unwrap().to_vec(), [value; 3], "{name}");
    }
}

#[test]
fn what_was_computed_for_one_length_is_refused_with_what_to_do() {
    let folder = Folder::new();
    let scopes = Message::default()
        .text(1, "pkg.torch.onnx.name_scopes")
        .text(2, "['', 'encoder', 'encoder.places', 'add']");
    let add = node("node_add", "Add", &["x", "slice_1"], "y").with(9, scopes);
    let message = with(&folder, &[add], &[matrix("slice_1", &[4, 3], &[1.0; 12])]);
    let expected = "reads \"slice_1\" of shape [4, 3], which the exporter computed for sentences of one length";
    assert!(message.contains(expected), "{message}");
}

#[test]
fn a_transformer_of_pytorch_is_put_together_again() {
    let config = Some(golden("torch/transformer-post/model.json"));
    let request = Request { config, ..Request::default() };
    let theirs = read(&golden("torch/transformer-post/model.pt"), &request);
    assert!(read(&golden("onnx/transformer-post.onnx"), &request) == theirs);
}

/// What a graph is refused with.
fn with(folder: &Folder, nodes: &[Message], tensors: &[Message]) -> String {
    let path = folder.file("m.onnx", &model(nodes, tensors));
    let config = Some(golden("recurrent/torch-gru-additive/model.json"));
    let import = import::open(&path, &Request { config, ..Request::default() });
    match import.and_then(Import::weights) {
        Ok((description, weights)) => {
            twin::Model::new(description, weights).unwrap_err().to_string()
        }
        Err(cause) => cause.to_string(),
    }
}

#[test]
fn what_no_module_says_is_refused_with_its_node() {
    let folder = Folder::new();
    let numbers = matrix("onnx::MatMul_1", &[2, 3], &[1.0; 6]);
    let product = node("/a/fc/MatMul", "MatMul", &["x", "onnx::MatMul_1"], "y");
    let message = with(&folder, &[product], from_ref(&numbers));
    assert!(message.contains("missing"), "{message}");
    for (op, name) in [("Add", "/a/Add"), ("MatMul", "MatMul_7"), ("Attention", "/a/Attention")] {
        let message =
            with(&folder, &[node(name, op, &["x", "onnx::MatMul_1"], "y")], from_ref(&numbers));
        let expected = format!(
            "node \"{name}\" ({op}) reads \"onnx::MatMul_1\" of shape [2, 3], and nothing says what weight"
        );
        assert!(message.contains(&expected), "{message}");
    }
    let twice = [("onnx::MatMul_1", "y"), ("onnx::MatMul_2", "z")]
        .map(|(weight, output)| node("/a/fc/MatMul", "MatMul", &["x", weight], output));
    let message = with(&folder, &twice, &[numbers, matrix("onnx::MatMul_2", &[2, 3], &[2.0; 6])]);
    let expected = "\"onnx::MatMul_1\" and \"onnx::MatMul_2\" are both weights of `a.fc.weight`";
    assert!(message.contains(expected), "{message}");
    let message = with(
        &folder,
        &[node("/a/fc/MatMul_quant", "MatMulInteger", &["x", "fc.weight_quantized"], "y")],
        &[matrix("fc.weight_quantized", &[1], &[1.0])],
    );
    assert!(message.contains("(MatMulInteger) reads \"fc.weight_quantized\", weights of few bits"));
}

#[test]
fn what_is_added_to_no_product_is_no_bias() {
    let folder = Folder::new();
    for (op, expected) in [("Relu", "reads \"onnx::Add_1\" of shape [3], and"), ("Gemm", "missing")]
    {
        let nodes = [
            node("/a/fc/Node", op, &["x"], "/a/fc/Node_output_0"),
            node("/a/fc/Copy", "Identity", &["/a/fc/Node_output_0"], "/a/fc/Copy_output_0"),
            node("/a/fc/Add", "Add", &["/a/fc/Copy_output_0", "onnx::Add_1"], "y"),
        ];
        let message = with(&folder, &nodes, &[matrix("onnx::Add_1", &[3], &[1.0; 3])]);
        assert!(message.contains(expected), "{op}: {message}");
    }
}

#[test]
fn own_names_go_before_found_ones_in_any_order() {
    let folder = Folder::new();
    let product = node("/fc/MatMul", "MatMul", &["x", "onnx::MatMul_1"], "y");
    let copy = node("", "Identity", &["shared.weight"], "fc.weight");
    let tensors =
        [matrix("onnx::MatMul_1", &[2, 3], &[1.0; 6]), matrix("shared.weight", &[3, 2], &[2.0; 6])];
    for nodes in [[product.clone(), copy.clone()], [copy, product]] {
        let message = with(&folder, &nodes, &tensors);
        assert!(message.contains("missing"), "{message}");
    }
}

#[test]
fn recurrent_layers_that_pytorch_has_not_are_refused() {
    let folder = Folder::new();
    let tensors = [matrix("w", &[1, 6, 3], &[0.5; 18]), matrix("r", &[1, 6, 2], &[0.5; 12])];
    let gru =
        |attribute: Message| node("/gru/GRU", "GRU", &["x", "w", "r"], "y").with(5, attribute);
    let number = |name: &str, value: u64| Message::default().text(1, name).number(3, value);
    let text = |name: &str, value: &str| Message::default().text(1, name).text(4, value);
    for (attribute, expected) in [
        (number("hidden_size", 2), "has its reset gate before the product"),
        (text("direction", "reverse"), "has its reset gate"),
        (number("linear_before_reset", 1), "missing"),
    ] {
        let message = with(&folder, &[gru(attribute)], &tensors);
        assert!(message.contains(expected), "{message}");
    }
    let after = gru(number("linear_before_reset", 1));
    let message = with(&folder, &[after.clone().with(5, text("direction", "reverse"))], &tensors);
    assert!(message.contains("node \"/gru/GRU\" (GRU) reads backwards alone"), "{message}");
    let wrong = [matrix("w", &[1, 6, 3], &[0.5; 18]), matrix("r", &[1, 5, 2], &[0.5; 10])];
    let message = with(&folder, from_ref(&after), &wrong);
    assert!(
        message.contains("reads weight_hh of shape [1, 5, 2], which it cannot be"),
        "{message}"
    );
    let message = with(&folder, &[after], &tensors[..1]);
    assert!(message.contains("export with do_constant_folding=True"), "{message}");
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
