//! What the tests share: folders, and archives as torch.save writes them.
#![allow(dead_code, reason = "each test takes its part")]

pub(crate) mod keras;
pub(crate) mod onnx;

use import::Request;
use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// An empty folder that goes away.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    /// A copy of a golden folder.
    pub(crate) fn copy_of(name: &str) -> Self {
        let folder = Self::new();
        for entry in fs::read_dir(golden(name)).unwrap() {
            let path = entry.unwrap().path();
            fs::copy(&path, folder.0.path().join(path.file_name().unwrap())).unwrap();
        }
        folder
    }

    pub(crate) fn root(&self) -> &Path {
        self.0.path()
    }
}

pub(crate) fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden").join(name)
}

/// What a path is refused with, by whichever step: one sentence.
pub(crate) fn refused(path: &Path, request: &Request) -> String {
    let import = import::open(path, request).and_then(|import| Ok(import.weights()?.0));
    let Err(cause) = import else { panic!("{} is taken", path.display()) };
    let message = cause.to_string();
    assert!(!message.contains('\n'), "{message:?} is one sentence");
    message
}

/// A zip archive with a pickle and other entries.
pub(crate) fn archive(pickle: &[u8], others: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, bytes) in [("m/data.pkl", pickle)].iter().chain(others) {
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The pickle of a dictionary with one matrix of f32 in storage 0, which has `count` numbers.
pub(crate) fn tensor(name: &str, count: u8, shape: [i32; 2], strides: [i32; 2]) -> Vec<u8> {
    let text = |text: &str| {
        [b"X".to_vec(), (text.len() as u32).to_le_bytes().to_vec(), text.as_bytes().to_vec()]
            .concat()
    };
    let pair = |[a, b]: [i32; 2]| {
        [
            b"J".to_vec(),
            a.to_le_bytes().to_vec(),
            b"J".to_vec(),
            b.to_le_bytes().to_vec(),
            vec![0x86],
        ]
        .concat()
    };
    [
        b"\x80\x02}".to_vec(),
        text(name),
        b"ctorch._utils\n_rebuild_tensor_v2\n((".to_vec(),
        text("storage"),
        b"ctorch\nFloatStorage\n".to_vec(),
        text("0"),
        text("cpu"),
        vec![b'K', count, b't', b'Q', b'K', 0],
        pair(shape),
        pair(strides),
        b"\x89ccollections\nOrderedDict\n)RtRs.".to_vec(),
    ]
    .concat()
}

/// Where a text begins in a file.
pub(crate) fn index(bytes: &[u8], text: &[u8]) -> usize {
    bytes.windows(text.len()).position(|window| window == text).unwrap()
}
