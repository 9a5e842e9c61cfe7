//! `nn.MultiheadAttention`: query, key and value in one matrix, or apart.
//!
//! | there | here |
//! |---|---|
//! | `in_proj_weight` `[3·d, d]`, `in_proj_bias` `[3·d]`; of a graph of ONNX without biases `weight` | `query`, `key`, `value`, in this order |
//! | `q_proj_weight`, `k_proj_weight`, `v_proj_weight` | the same, where keys have another width (`kdim`) |
//! | `weight` and `weight.1`, `bias` and `bias.1`, as a graph of ONNX cuts the packed ones | `query`; `key` and `value` |
//! | `out_proj.weight`, `out_proj.bias` | `output` |
//!
//! The rows of a head follow each other there as here.

use crate::Error;
use crate::taken::Taken;
use ndarray::{Array1, Array2, s};

/// The parts of the packed matrix, as they lie in it.
const PARTS: [&str; 3] = ["query", "key", "value"];

/// Takes the attention `theirs` as `ours`. `d`: the width of both streams; `memory`: of what is read.
pub(super) fn take(
    taken: &mut Taken,
    theirs: &str,
    ours: &str,
    [d, memory]: [usize; 2],
) -> Result<(), Error> {
    for added in ["bias_k", "bias_v"] {
        if taken.store().has(&format!("{theirs}.{added}")) {
            let why = format!(
                "`{theirs}.{added}` (`add_bias_kv`) is one more place to look at, \
                               which the engine has not"
            );
            return Err(Error::Model { path: taken.path().into(), why });
        }
    }
    let whole = |taken: &mut Taken, names: [&str; 2]| {
        let mut names = names.into_iter().map(|name| format!("{theirs}.{name}"));
        names.find(|name| taken.store().has(name))
    };
    let cut = format!("{theirs}.weight");
    let rest = format!("{cut}.1");
    if taken.store().has(&rest) && memory == d {
        taken.carry(&cut, format!("{ours}.query.weight"), &[d, d])?;
        let both = taken.matrix(&rest, [2 * d, d])?;
        taken.put(format!("{ours}.key.weight"), both.slice(s![..d, ..]).to_owned());
        taken.put(format!("{ours}.value.weight"), both.slice(s![d.., ..]).to_owned());
    } else if let Some(packed) = whole(taken, ["in_proj_weight", "weight"]) {
        let weight = taken.matrix(&packed, [3 * d, d])?;
        for (i, part) in PARTS.iter().enumerate() {
            let rows: Array2<f32> = weight.slice(s![i * d..(i + 1) * d, ..]).to_owned();
            taken.put(format!("{ours}.{part}.weight"), rows);
        }
    } else {
        for (short, part) in ["q", "k", "v"].iter().zip(PARTS) {
            let read = if part == "query" { d } else { memory };
            let theirs = format!("{theirs}.{short}_proj_weight");
            taken.carry(&theirs, format!("{ours}.{part}.weight"), &[d, read])?;
        }
    }
    let cut = format!("{theirs}.bias");
    let rest = format!("{cut}.1");
    if taken.store().has(&rest) && memory == d {
        taken.carry(&cut, format!("{ours}.query.bias"), &[d])?;
        let both = taken.vector(&rest, 2 * d)?;
        taken.put(format!("{ours}.key.bias"), both.slice(s![..d]).to_owned());
        taken.put(format!("{ours}.value.bias"), both.slice(s![d..]).to_owned());
    } else if let Some(packed) = whole(taken, ["in_proj_bias", "bias"]) {
        let bias = taken.vector(&packed, 3 * d)?;
        for (i, part) in PARTS.iter().enumerate() {
            let rows: Array1<f32> = bias.slice(s![i * d..(i + 1) * d]).to_owned();
            taken.put(format!("{ours}.{part}.bias"), rows);
        }
    }
    taken.linear(&format!("{theirs}.out_proj"), &format!("{ours}.output"), [d, d])
}
