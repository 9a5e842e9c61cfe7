//! Files of HDF5 whose groups lead to far more than they have.

mod bed;

use bed::{Folder, refused};
use import::Request;
use std::time::{Duration, Instant};

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
