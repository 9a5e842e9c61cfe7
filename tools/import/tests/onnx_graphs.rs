//! What initialisers of ONNX are called, in graphs that exporters write and in those that they do not.

mod bed;

use bed::onnx::{Message, matrix, model, model_of_values, node};
use bed::{Folder, golden};
use import::{Import, Request};
use std::slice::from_ref;
use twin::{Description, Weights};

/// What a graph is refused with.
fn with(folder: &Folder, nodes: &[Message], tensors: &[Message]) -> String {
    given(folder, &model(nodes, tensors))
}

/// The same of a whole file.
fn given(folder: &Folder, file: &[u8]) -> String {
    match imported(folder, file) {
        Ok((description, weights)) => {
            twin::Model::new(description, weights).unwrap_err().to_string()
        }
        Err(cause) => cause.to_string(),
    }
}

fn imported(folder: &Folder, file: &[u8]) -> Result<(Description, Weights), import::Error> {
    let path = folder.file("m.onnx", file);
    let config = Some(golden("recurrent/torch-gru-additive/model.json"));
    import::open(&path, &Request { config, ..Request::default() }).and_then(Import::weights)
}

/// The weights of a file.
fn weights(folder: &Folder, file: &[u8]) -> Weights {
    imported(folder, file).unwrap_or_else(|cause| panic!("{cause}")).1
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
    let mut weights = weights(&folder, &model(&nodes, &tensors));
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

/// What a value says of itself: a kind of PyTorch's, behind traces of where it comes from.
fn metadata(key: &str, text: &str) -> Message {
    Message::default().text(1, key).text(2, text)
}

#[test]
fn parameters_of_the_outermost_module_are_told_from_what_was_computed() {
    let folder = Folder::new();
    let add = node("node_add", "Add", &["x", "places"], "y")
        .with(9, metadata("pkg.torch.onnx.stack_trace", &"in a file\n".repeat(1000)))
        .with(9, metadata("pkg.torch.onnx.name_scopes", "['', 'add']"));
    let kind = "pkg.torch.export.graph_signature.InputSpec.kind";
    let value = Message::default().text(1, "places").with(4, metadata(kind, "PARAMETER"));
    let tensors = [matrix("places", &[4, 3], &[1.0; 12])];
    for (graph, expected) in [
        (model(from_ref(&add), &tensors), "which the exporter computed"),
        (
            model_of_values(from_ref(&add), &tensors, &[value]),
            "the nearest name in the file is `places`",
        ),
    ] {
        let message = given(&folder, &graph);
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn numbers_tell_made_up_names_of_a_merged_decoder_apart() {
    let folder = Folder::new();
    let product = |module: &str, weight: &str| {
        node(&format!("/{module}/MatMul"), "MatMul", &["x", weight], &format!("/{module}/y"))
    };
    let nodes = [product("a", "onnx::MatMul_5_merged_0"), product("b", "onnx::MatMul_5_merged_1")];
    let tensors = [("onnx::MatMul_5_merged_0", 1.0), ("onnx::MatMul_5_merged_1", 2.0)]
        .map(|(name, value)| matrix(name, &[2, 3], &[value; 6]));
    let mut weights = weights(&folder, &model(&nodes, &tensors));
    for (name, value) in [("a.weight", 1.0), ("b.weight", 2.0)] {
        assert!(weights.matrix(name, [3, 2]).unwrap().iter().all(|&one| one == value), "{name}");
    }
}

/// A layer inside `nn.Sequential`, which runs twice: its path has its parent's name twice, and a number.
#[test]
fn a_layer_of_a_sequence_that_runs_twice_has_its_weights_once() {
    let folder = Folder::new();
    let run = |module: &str| {
        let (y, z) = (format!("/{module}/y"), format!("/{module}/z"));
        [
            node(&format!("/{module}/MatMul"), "MatMul", &["x", "onnx::MatMul_5"], &y),
            node(&format!("/{module}/Add"), "Add", &[&y, "fc.1.bias"], &z),
        ]
    };
    let nodes = [run("fc/fc.1"), run("fc/fc.1_1")].concat();
    let tensors =
        [matrix("onnx::MatMul_5", &[2, 3], &[1.0; 6]), matrix("fc.1.bias", &[3], &[2.0; 3])];
    let mut weights = weights(&folder, &model(&nodes, &tensors));
    assert_eq!(weights.numbers(), 9);
    weights.matrix("fc.1.weight", [3, 2]).unwrap();
    weights.vector("fc.1.bias", 3).unwrap();
}

#[test]
fn a_bias_of_gemm_that_stands_for_another_is_that_of_both() {
    let folder = Folder::new();
    let nodes = ["a", "b"].map(|module| {
        let inputs = ["x", &*format!("{module}.weight"), "a.bias"];
        node(&format!("/{module}/Gemm"), "Gemm", &inputs, &format!("/{module}/y"))
    });
    let tensors = [
        matrix("a.weight", &[3, 2], &[1.0; 6]),
        matrix("b.weight", &[3, 2], &[2.0; 6]),
        matrix("a.bias", &[3], &[0.5; 3]),
    ];
    let mut weights = weights(&folder, &model(&nodes, &tensors));
    assert_eq!(weights.vector("b.bias", 3).unwrap().to_vec(), [0.5; 3]);
}

#[test]
fn layers_start_with_zeros_or_are_refused() {
    let folder = Folder::new();
    let linear = Message::default().text(1, "linear_before_reset").number(3, 1);
    let gru = |start: &str| {
        let inputs = ["x", "w", "r", "", "", start];
        node("/gru/GRU", "GRU", &inputs, "y").with(5, linear.clone())
    };
    let tensors = [
        matrix("w", &[1, 6, 3], &[0.5; 18]),
        matrix("r", &[1, 6, 2], &[0.5; 12]),
        matrix("val_1", &[1, 1, 2], &[0.0; 2]),
        matrix("val_2", &[1, 1, 2], &[0.0, 0.5]),
    ];
    assert!(weights(&folder, &model(&[gru("val_1")], &tensors)).has("gru.weight_ih_l0"));
    let message = given(&folder, &model(&[gru("val_2")], &tensors));
    let expected = "node \"/gru/GRU\" (GRU) starts with \"val_2\", which is not all zeros";
    assert!(message.contains(expected), "{message}");
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
