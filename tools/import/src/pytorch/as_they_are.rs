//! Tensors that have our names already (docs/WEIGHTS.md), or all but.
//!
//! A cell may be called after its module: `encoder.gru.weight_ih_l0` is `encoder.rnn.weight_ih_l0`.

use crate::Error;
use crate::container::Store;
use ndarray::ArrayD;
use twin::Weights;

/// How the name of a count of batches ends: an integer beside each batch normalisation.
const COUNT: &str = ".num_batches_tracked";
/// Modules that are cells.
const CELLS: [&str; 3] = ["gru", "lstm", "rnn"];

/// Everything in the file; the twin says what is missing and what is too much.
pub(crate) fn weights(mut store: Store) -> Result<Weights, Error> {
    store.leave_out(|name| name.ends_with(COUNT));
    let names: Vec<String> = store.names().map(str::to_owned).collect();
    let mut tensors: Vec<(String, ArrayD<f32>)> = Vec::new();
    for name in names {
        let shape = store.shape(&name).unwrap_or_default().to_vec();
        let array = store.take(&name, &shape)?;
        tensors.push((cell(&name).unwrap_or(name), array));
    }
    Ok(Weights::of(tensors))
}

/// Our name of a tensor of a cell.
fn cell(name: &str) -> Option<String> {
    let (side, rest) = name.split_once('.')?;
    let (module, tensor) = rest.split_once('.')?;
    let known = matches!(side, "encoder" | "decoder") && CELLS.contains(&module);
    let tensor = known.then_some(tensor).filter(|tensor| !tensor.contains('.'))?;
    Some(format!("{side}.rnn.{tensor}"))
}
