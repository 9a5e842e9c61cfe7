//! A folder's model beside the numbers that Keras or PyTorch had for it.
//!
//! Each folder holds `weights.safetensors`, `model.json` and `golden.safetensors` with, per
//! sentence or picture k: `{k}.source` `[S]`, or row k of `pictures` `[n, height, width, channels]`;
//! `{k}.target` `[T]` (greedy, with end token), `{k}.encoder` `[S, memory]`, `{k}.logits`
//! `[T, V_t]`, `{k}.alignment` `[T, S]`, zeros without attention.

use safetensors::SafeTensors;
use std::path::{Path, PathBuf};
use twin::{Description, Model, Picture, Source, Weights};

/// Largest absolute difference that counts as agreement.
const MAX_ERROR: f32 = 1e-4;

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The folders in a folder of the project, by name.
pub(crate) fn folders(path: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join(path)).unwrap();
    let mut folders: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    folders.retain(|path| path.is_dir());
    folders.sort();
    folders
}

fn numbers<N: Copy>(file: &SafeTensors, name: &str, read: fn([u8; 4]) -> N) -> Vec<N> {
    let tensor = file.tensor(name).unwrap_or_else(|cause| panic!("{name}: {cause}"));
    tensor.data().as_chunks().0.iter().map(|bytes| read(*bytes)).collect()
}

fn largest_error(ours: impl IntoIterator<Item = f32>, theirs: &[f32]) -> f32 {
    let ours: Vec<f32> = ours.into_iter().collect();
    assert_eq!(ours.len(), theirs.len());
    ours.iter().zip(theirs).fold(0.0, |worst: f32, (a, b)| worst.max((a - b).abs()))
}

/// Sources of a golden file, whichever kind they are.
enum Sources {
    Sentences(Vec<Vec<u32>>),
    Pictures(Vec<Picture>),
}

impl Sources {
    fn of(golden: &SafeTensors) -> Self {
        if let Ok(tensor) = golden.tensor("pictures") {
            let &[_, height, width, channels] = tensor.shape() else { panic!() };
            let size = [height, width, channels];
            let pictures = tensor.data().chunks_exact(size.iter().product());
            return Self::Pictures(
                pictures.map(|bytes| Picture::new(size, bytes.to_vec()).unwrap()).collect(),
            );
        }
        let count = golden.names().iter().filter(|name| name.ends_with(".source")).count();
        let ids = |k| numbers(golden, &format!("{k}.source"), u32::from_le_bytes);
        Self::Sentences((0..count).map(ids).collect())
    }

    fn all(&self) -> Vec<Source<'_>> {
        match self {
            Self::Sentences(all) => all.iter().map(Source::from).collect(),
            Self::Pictures(all) => all.iter().map(Source::from).collect(),
        }
    }
}

/// The model of a folder.
pub(crate) fn model(folder: &Path) -> Model {
    let description = Description::read(&folder.join("model.json")).unwrap();
    let weights = Weights::read(&folder.join("weights.safetensors")).unwrap();
    Model::new(description, weights).unwrap()
}

/// Compares all sentences or pictures of a folder; gives their number.
pub(crate) fn compare(folder: &Path) -> usize {
    let model = model(folder);
    let bytes = std::fs::read(folder.join("golden.safetensors")).unwrap();
    let golden = SafeTensors::deserialize(&bytes).unwrap();
    let sources = Sources::of(&golden);
    let mut worst = [0f32; 3];
    for (k, source) in sources.all().into_iter().enumerate() {
        let reals = |what: &str| numbers(&golden, &format!("{k}.{what}"), f32::from_le_bytes);
        let target = numbers(&golden, &format!("{k}.target"), u32::from_le_bytes);
        let memory = model.encode(source, &mut ()).unwrap();
        let steps = model.greedy(source, &mut ()).unwrap();
        let said: Vec<u32> = steps.iter().map(|step| step.token).collect();
        assert_eq!(said, target, "{}: {k}", folder.display());
        let errors = [
            largest_error(memory.states.iter().copied(), &reals("encoder")),
            largest_error(steps.iter().flat_map(|step| step.logits.clone()), &reals("logits")),
            largest_error(
                steps.iter().flat_map(|step| step.alignment.clone()),
                &reals("alignment"),
            ),
        ];
        for ((worst, error), what) in
            worst.iter_mut().zip(errors).zip(["encoder", "logits", "alignment"])
        {
            assert!(error <= MAX_ERROR, "{}: {k}: {what} {error:e}", folder.display());
            *worst = worst.max(error);
        }
    }
    let count = sources.all().len();
    println!(
        "{}: {count} sources, largest error of encoder, logits, alignment {worst:?}",
        folder.display()
    );
    count
}
