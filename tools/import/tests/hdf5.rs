//! The ways in which HDF5 stores numbers, and groups that lead to far more than a file has.

mod bed;

use bed::{Folder, golden, refused};
use half::{bf16, f16};
use import::{Import, Request};
use std::time::{Duration, Instant};
use twin::Weights;

const NONE: u64 = u64::MAX;
/// Where its parts lie.
const HEADER: u64 = 96;
const HEAP: u64 = HEADER + 40;
const NAMES: u64 = HEAP + 32;

fn numbers(values: &[u64]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// A root of the older kind: `leaves` times the same node of `entries`, which have the same name.
fn group(name: &str, leaves: u16, entries: u16) -> Vec<u8> {
    let tree = NAMES + name.len() as u64 + 8;
    let node = tree + 32 + 16 * u64::from(leaves);
    let end = node + 8 + 40 * u64::from(entries);
    let mut file = b"\x89HDF\r\n\x1a\n\0\0\0\0\0\x08\x08\0\x04\0\x10\0\0\0\0\0".to_vec();
    file.extend(numbers(&[0, NONE, end, NONE, 0, HEADER, 1, tree, HEAP]));
    // A header with one message: where tree and heap are.
    file.extend(b"\x01\0\x01\0\x01\0\0\0\x18\0\0\0\0\0\0\0\x11\0\x10\0\0\0\0\0");
    file.extend(numbers(&[tree, HEAP]));
    file.extend(b"HEAP\0\0\0\0");
    file.extend(numbers(&[name.len() as u64 + 8, NONE, NAMES]));
    file.extend(name.as_bytes());
    file.extend([0; 8]);
    file.extend(b"TREE\0\0");
    file.extend(leaves.to_le_bytes());
    file.extend(numbers(&[NONE, NONE, 0]));
    (0..leaves).for_each(|_| file.extend(numbers(&[node, 0])));
    file.extend(b"SNOD\x01\0");
    file.extend(entries.to_le_bytes());
    (0..entries).for_each(|_| file.extend(numbers(&[0, HEADER, 0, 0, 0])));
    file
}

#[test]
fn nodes_that_are_named_often_are_not_listed_to_the_end() {
    let folder = Folder::new();
    let expected = "its groups lead to far more bytes than it has";
    for (name, leaves, entries) in [("a", 65_535, 65_535), (&*"a".repeat(1 << 16), 1, 65_535)] {
        let path = folder.file("a.weights.h5", &group(name, leaves, entries));
        let start = Instant::now();
        let message = refused(&path, &Request::default());
        assert!(message.contains(expected), "{message}");
        assert!(start.elapsed() < Duration::from_secs(5));
    }
    // A few of them are only groups in themselves.
    let message = refused(&folder.file("a.weights.h5", &group("a", 1, 2)), &Request::default());
    assert!(message.contains("or in themselves"), "{message}");
}

/// The weights of a golden file of Keras.
fn weights(file: &str) -> Weights {
    let config = Some(golden("keras/lstm-bahdanau/model.json"));
    let path = golden(&format!("keras/lstm-bahdanau/{file}.weights.h5"));
    let import = import::open(&path, &Request { config, ..Request::default() });
    import.and_then(Import::weights).unwrap_or_else(|cause| panic!("{cause}")).1
}

#[test]
fn packed_chunks_and_wide_numbers_are_the_same_weights() {
    assert!(weights("packed") == weights("model"));
}

#[test]
fn half_as_wide_numbers_are_the_same_weights_rounded() {
    for file in ["half", "bfloat16"] {
        let round = |exact| match file {
            "half" => f16::from_f32(exact).to_f32(),
            _ => bf16::from_f32(exact).to_f32(),
        };
        let (mut exact, mut stored) = (weights("model"), weights(file));
        for (name, shape) in [("encoder.embedding.weight", [17, 8]), ("output.weight", [19, 22])] {
            let expected = exact.matrix(name, shape).unwrap().mapv(round);
            assert_eq!(stored.matrix(name, shape).unwrap(), expected, "{file}: {name}");
        }
        assert!(exact != stored);
    }
}
