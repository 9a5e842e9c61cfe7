//! Models of pictures against Keras and PyTorch: encoder output, logits and alignments within 1e-4,
//! tokens equal; each kind of name and padding, each layer and each decoder field in some of them.

mod agreement;

use agreement::{compare, folders};

#[test]
fn every_golden_of_pictures_agrees() {
    let folders = folders("tests/golden/pictures");
    for folder in &folders {
        assert!(compare(folder) >= 3, "too few in {}", folder.display());
    }
    assert_eq!(folders.len(), 17);
}
