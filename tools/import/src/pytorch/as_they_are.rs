//! Tensors that have our names already (docs/WEIGHTS.md), or all but.
//!
//! A cell may be called after its module: `encoder.gru.weight_ih_l0` is `encoder.rnn.weight_ih_l0`. Trained
//! positions may have more rows than the description has places. A tied output may lie there once more.

use crate::Error;
use crate::container::Store;
use ndarray::{ArrayD, Axis, Slice};
use twin::{Description, Weights};

/// How the name of a count of batches ends: an integer beside each batch normalisation.
const COUNT: &str = ".num_batches_tracked";
/// Modules that are cells.
const CELLS: [&str; 3] = ["gru", "lstm", "rnn"];

/// Everything in the file; the twin says what is missing and what is too much.
pub(crate) fn weights(mut store: Store, d: &Description) -> Result<Weights, Error> {
    store.leave_out(|name| name.ends_with(COUNT));
    let names: Vec<String> = store.names().map(str::to_owned).collect();
    let mut tensors: Vec<(String, ArrayD<f32>)> = Vec::new();
    for name in names {
        let shape = store.shape(&name).unwrap_or_default().to_vec();
        let mut array: ArrayD<f32> = store.take(&name, &shape)?;
        let places = match name.as_str() {
            "encoder.position.weight" => d.max_source_len,
            "decoder.position.weight" => d.max_target_len,
            _ => usize::MAX,
        };
        if array.ndim() == 2 && array.len_of(Axis(0)) > places {
            array.slice_axis_inplace(Axis(0), Slice::from(..places));
        }
        tensors.push((cell(&name).unwrap_or(name), array));
    }
    let of = |wanted: &str| tensors.iter().find(|(name, _)| name == wanted).map(|(_, array)| array);
    let (output, table) = (of("output.weight"), of("decoder.embedding.weight"));
    if d.tied_output && output.is_some() && output == table {
        tensors.retain(|(name, _)| name != "output.weight");
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
