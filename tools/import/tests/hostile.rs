//! Files that are broken, or mean harm: one sentence with file, tensor and what was expected.

mod bed;

use bed::onnx::{Message, matrix, model, node};
use bed::{Folder, archive, golden, index, refused, tensor};
use import::Request;
use std::fs;

/// A pickle that calls a function with one text.
fn calling(module: &str, name: &str, text: &str) -> Vec<u8> {
    let mut pickle = format!("\u{1}\u{2}c{module}\n{name}\nX").into_bytes();
    pickle[0] = 0x80;
    pickle.extend((text.len() as u32).to_le_bytes());
    pickle.extend(text.as_bytes());
    pickle.extend(b"\x85R.");
    pickle
}

#[test]
fn code_in_a_pickle_is_named_and_does_not_run() {
    let folder = Folder::new();
    let ran = folder.path("ran");
    let shell = format!("touch {}", ran.display());
    let path = folder.file("model.pt", &archive(&calling("posix", "system", &shell), &[]));
    let message = refused(&path, &Request::default());
    assert!(message.contains("calls `posix.system`, which makes no tensor"), "{message}");
    assert!(message.contains("torch.save(model.state_dict(), …)"), "{message}");
    assert!(!ran.exists());
    for (module, name) in [("builtins", "eval"), ("torch.hub", "load"), ("numpy", "load")] {
        let path = folder.file("model.pt", &archive(&calling(module, name, "x"), &[]));
        let message = refused(&path, &Request::default());
        assert!(message.contains(&format!("calls `{module}.{name}`")), "{message}");
    }
}

#[test]
fn a_whole_module_is_told_to_save_its_weights() {
    let folder = Folder::new();
    let path = folder.file("model.pt", &archive(&calling("__main__", "Net", "x"), &[]));
    let message = refused(&path, &Request::default());
    assert!(message.contains("`__main__.Net`") && message.contains("state_dict()"), "{message}");
    let captioner = calling("models", "DecoderWithAttention", "x");
    let path = folder.file("BEST_checkpoint.pth.tar", &archive(&captioner, &[]));
    let message = refused(&path, &Request::default());
    assert!(message.contains("calls `models.DecoderWithAttention`"), "{message}");
    assert!(message.contains("\"decoder\": decoder.state_dict()"), "{message}");
}

#[test]
fn programs_of_torchscript_are_told_apart() {
    let folder = Folder::new();
    let path = folder.file("model.pt", &archive(b"\x80\x02}.", &[("m/code/__torch__.py", b"x")]));
    let message = refused(&path, &Request::default());
    assert!(message.contains("it is a TorchScript program, not weights"), "{message}");
}

#[test]
fn pickles_without_end_or_with_themselves_inside_are_refused() {
    let folder = Folder::new();
    let many: Vec<u8> = [b"\x80\x02(".to_vec(), vec![b'N'; 1 << 21]].concat();
    for (pickle, expected) in [
        (many, "too many instructions"),
        (b"\x80\x02]q\x00h\x00a.".to_vec(), "model.pt"),
        (b"\x80\x02X\xff\xff\xff\x7f".to_vec(), "more than 33554432 bytes"),
        (b"\x80\x02}".to_vec(), "cannot be read to its end"),
        (b"\x80\x04\x8c\x02os\x8c\x06system\x93.".to_vec(), "protocol 4 or later"),
    ] {
        let path = folder.file("model.pt", &archive(&pickle, &[]));
        let message = refused(&path, &Request::default());
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn a_tensor_cannot_be_larger_than_its_file() {
    let folder = Folder::new();
    // One number, seen 2⁴⁰ times over.
    let pickle = tensor("w", 1, [1 << 20, 1 << 20], [0, 0]);
    let path = folder.file("model.pt", &archive(&pickle, &[("m/data/0", &[0; 4])]));
    let message = refused(&path, &Request::default());
    assert!(message.contains("`w`") || message.contains("byte limit"), "{message}");
    let pickle = tensor("w", 1, [1 << 12, 1 << 12], [0, 0]);
    let path = folder.file("model.pt", &archive(&pickle, &[("m/data/0", &[0; 4])]));
    let message = refused(&path, &Request::default());
    let expected = "tensor `w` claims 16777216 numbers of 4 bytes, more than the file has";
    assert!(message.contains(expected), "{message}");
}

#[test]
fn archives_that_are_compressed_or_lie_about_sizes_are_refused() {
    let folder = Folder::new();
    let plain = fs::read(golden("torch/tutorial-attention/model.pt")).unwrap();
    // Method and sizes as the central directory has them, of its first entry.
    let entry = index(&plain, b"PK\x01\x02");
    let mut packed = plain.clone();
    packed[entry + 10] = 8;
    let message = refused(&folder.file("model.pt", &packed), &Request::default());
    assert!(message.contains("compressed, which torch.save never does"), "{message}");
    let mut large = plain;
    large[entry + 20..entry + 28].fill(0x7f);
    let message = refused(&folder.file("model.pt", &large), &Request::default());
    assert!(message.contains("its entries claim"), "{message}");
}

#[test]
fn headers_that_claim_ten_gigabytes_are_refused() {
    let folder = Folder::new();
    let header = br#"{"w":{"dtype":"F32","shape":[50000,50000],"data_offsets":[0,10000000000]}}"#;
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header);
    let message = refused(&folder.file("a.safetensors", &bytes), &Request::default());
    assert!(message.contains("its header speaks of 10000000082 bytes, but it has 82"), "{message}");
    bytes[..8].copy_from_slice(&(1u64 << 40).to_le_bytes());
    let message = refused(&folder.file("a.safetensors", &bytes), &Request::default());
    assert!(message.contains("its header has 1099511627776 bytes, but 74 are left"), "{message}");
}

#[test]
fn every_truncation_is_an_error() {
    let folder = Folder::new();
    for file in [
        "torch/tutorial-attention/model.pt",
        "torch/tutorial-plain/model.pt",
        "hf/t5/model.safetensors",
        "onnx/torch-gru-additive.onnx",
        "keras/gru-luong/model.keras",
        "keras/lstm-bahdanau/model.weights.h5",
    ] {
        let bytes = fs::read(golden(file)).unwrap();
        for length in (0..bytes.len()).step_by(211).chain([bytes.len() - 1]) {
            refused(&folder.file("cut", &bytes[..length]), &Request::default());
        }
    }
}

#[test]
fn other_files_are_named_for_what_they_are() {
    let folder = Folder::new();
    for (bytes, expected) in [
        (&b""[..], "it is empty"),
        (b"\x89HDF\r\n\x1a\n", "is not a HDF5 file that can be read"),
        (b"version https://git-lfs.github.com/spec/v1", "a pointer of Git LFS"),
        (b"{\"a\": 1}", "it is JSON"),
        (b"\x80\x02}q\x00.", "a pickle without tensors behind it"),
        (b"PK\x03\x04 no more", "is not a PyTorch file that can be read"),
    ] {
        let message = refused(&folder.file("weights", bytes), &Request::default());
        assert!(message.contains(expected), "{message}");
    }
    assert!(refused(&folder.path("none"), &Request::default()).contains("cannot read"));
}

#[test]
fn weights_that_do_not_say_what_they_are_need_a_description() {
    let path = golden("torch/transformer-post/model.pt");
    let message = refused(&path, &Request::default());
    assert!(message.contains("describe it with --config FILE"), "{message}");
}

#[test]
fn an_index_leads_nowhere_else() {
    let folder = Folder::new();
    for (map, expected) in [
        (r#"{"a": "../model.safetensors"}"#, "which is not a file beside it"),
        (r#"{"a": "/etc/passwd"}"#, "which is not a file beside it"),
        (r#"{"a": "none.safetensors"}"#, "cannot read"),
        (r#"{"a": "model.safetensors"}"#, "tensor `a` should be in model.safetensors"),
    ] {
        fs::copy(golden("hf/t5/model.safetensors"), folder.path("model.safetensors")).unwrap();
        let text = format!("{{\"weight_map\": {map}}}");
        let path = folder.file("model.safetensors.index.json", text.as_bytes());
        let message = refused(&path, &Request::default());
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn graphs_of_onnx_cannot_claim_more_than_there_is() {
    let folder = Folder::new();
    let entry = |value: &str| Message::default().text(1, "location").text(2, value);
    let outside = |file: &str| matrix("a", &[1], &[]).number(14, 1).with(13, entry(file));
    let deep = (0..6).fold(Message::default(), |graph, _| {
        let branch = Message::default().text(1, "then_branch").with(6, graph);
        Message::default().with(1, node("if", "If", &["x"], "y").with(5, branch))
    });
    let names: Vec<Message> = (0..400_000).map(|_| node("", "Add", &["x"], "y")).collect();
    for (file, expected) in [
        (model(&[], &[matrix("a", &[1 << 40, 1 << 40], &[1.0])]), "of shape [1099511627776, 1099"),
        (model(&[], &[matrix("a", &[3], &[1.0])]), "has 4 bytes, not 4 for each number"),
        (model(&[], &[matrix("a", &[1; 9], &[1.0])]), "tensor \"a\" has 9 axes"),
        (model(&[], &[matrix("a", &[1], &[1.0]).bytes(4, &[0; 4])]), "has its numbers twice"),
        (model(&[], &[outside("../data")]), "names \"../data\", which is not a file beside it"),
        (model(&[], &[outside("/etc/passwd")]), "which is not a file beside it"),
        (model(&[], &[outside(".")]), "which is not a file beside it"),
        (
            Message::default().number(1, 7).text(2, "x").with(7, deep).finish(),
            "over 4 graphs inside",
        ),
        (model(&[node("", &"a".repeat(4097), &["x"], "y")], &[]), "is a name of 4097 bytes"),
        (model(&names, &[]), "its graph has over 33554432 bytes of names"),
        (Message::default().number(1, 7).text(2, "x").finish(), "it has no graph"),
        (b"\x08\x07\x3a\xff\xff\xff\xff\x0f".to_vec(), "claims 4294967295 bytes, but 0 are left"),
        (b"\x08\x07\x3a\xff".to_vec(), "it ends inside a number"),
        (b"\x08\x07\x12\x00\x0b".to_vec(), "is a field of kind 3"),
    ] {
        let message = refused(&folder.file("m.onnx", &file), &Request::default());
        assert!(message.contains(expected), "{expected}: {message}");
    }
}

#[cfg(unix)]
#[test]
fn devices_are_no_files() {
    let message = refused("/dev/zero".as_ref(), &Request::default());
    assert_eq!(message, "/dev/zero is not a file");
}
