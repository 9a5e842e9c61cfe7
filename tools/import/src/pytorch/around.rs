//! What stands around the layers of a Transformer: embeddings, positions and the output.
//!
//! PyTorch has no names for them, so people give their own. Each is found by its shape and by words in
//! its name; where these leave a choice, the sentence says which names would not.
//!
//! | here | names there have one of |
//! |---|---|
//! | `encoder.embedding`, `encoder.position` | src, source, enc, input |
//! | `decoder.embedding`, `decoder.position` | tgt, trg, target, dec, output |
//! | positions of either | pos |
//! | `output` | generator, fc, out, output, linear, head, proj, logits |

use crate::Error;
use crate::taken::Taken;
use ndarray::{Array2, Ix2, IxDyn, s};
use twin::transformer::{Config, Positions};
use twin::{Description, EncoderKind};

const SOURCE: [&str; 4] = ["src", "source", "enc", "input"];
const TARGET: [&str; 5] = ["tgt", "trg", "target", "dec", "output"];
const POSITION: [&str; 1] = ["pos"];
const OUTPUT: [&str; 7] = ["generator", "fc", "out", "linear", "head", "proj", "logits"];
/// What sinusoids are called where modules keep them as a buffer.
const BUFFERS: [&str; 3] = ["pe", "pos_embedding", "pos_encoding"];

/// Takes all that is left in the file.
pub(super) fn take(taken: &mut Taken, d: &Description) -> Result<(), Error> {
    let target = d.target.words.len();
    let encoder = d.encoder.transformer();
    let decoder = d.decoder.transformer();
    leave_sinusoids(taken, encoder.or(decoder))?;
    for (side, words, config, length) in [
        ("encoder", &SOURCE[..], encoder, d.max_source_len),
        ("decoder", &TARGET, decoder, d.max_target_len),
    ] {
        if let Some(Positions::Learned) = config.map(|config| config.positions) {
            let width = config.map_or(0, |config| config.d_model);
            positions(taken, side, words, [length, width])?;
        }
    }
    output(taken, d)?;
    let width = d.decoder.embedding_width();
    if !taken.store().has("decoder.embedding.weight") || decoder.is_some() {
        let theirs = choose(taken, "decoder.embedding", &TARGET, [target, width])?;
        taken.carry(&theirs, "decoder.embedding.weight", &[target, width])?;
    }
    if let (EncoderKind::Transformer(config), Some(source)) = (&d.encoder, &d.source) {
        let shape = [source.words.len(), config.d_model];
        let theirs = choose(taken, "encoder.embedding", &SOURCE, shape)?;
        taken.carry(&theirs, "encoder.embedding.weight", &shape)?;
    }
    rest(taken)
}

/// A recurrent side beside it has our names.
fn rest(taken: &mut Taken) -> Result<(), Error> {
    let ours = |name: &&str| name.starts_with("encoder.") || name.starts_with("decoder.");
    let names: Vec<String> = taken.store().names().filter(ours).map(str::to_owned).collect();
    for name in names {
        let shape = taken.store().shape(&name).unwrap_or_default().to_vec();
        taken.carry(&name, name.clone(), &shape)?;
    }
    Ok(())
}

/// The one tensor of this shape, or the one of them with such a word in its name.
fn choose(
    taken: &mut Taken,
    ours: &str,
    words: &[&str],
    shape: [usize; 2],
) -> Result<String, Error> {
    let of_shape: Vec<String> = taken
        .store()
        .names()
        .filter(|name| name.ends_with("weight") && !says(name, &POSITION))
        .map(str::to_owned)
        .collect();
    let store = taken.store();
    let of_shape: Vec<String> =
        of_shape.into_iter().filter(|name| store.shape(name) == Some(&shape)).collect();
    let named: Vec<&String> = of_shape.iter().filter(|name| says(name, words)).collect();
    match (&of_shape[..], &named[..]) {
        ([one], _) => Ok(one.clone()),
        (_, [one]) => Ok((*one).clone()),
        (all, _) => Err(unclear(taken, &format!("{ours}.weight"), all, words, shape)),
    }
}

fn unclear(
    taken: &Taken,
    ours: &str,
    all: &[String],
    words: &[&str],
    [rows, columns]: [usize; 2],
) -> Error {
    let quoted: Vec<String> = all.iter().take(5).map(|name| format!("`{name}`")).collect();
    let why = match quoted.is_empty() {
        true => format!("no tensor of shape [{rows}, {columns}] is there for `{ours}`"),
        false => format!(
            "of {} it cannot be told which is `{ours}`, [{rows}, {columns}]; rename it so, or give it a \
             name with {} in it",
            quoted.join(", "),
            words.join(", ")
        ),
    };
    Error::Model { path: taken.path().into(), why }
}

/// Whether one of the words is in a name, its last part apart (`weight`).
fn says(name: &str, words: &[&str]) -> bool {
    let name = name.rsplit_once('.').map_or(name, |(module, _)| module).to_lowercase();
    words.iter().any(|word| name.contains(word))
}

/// The output layer, its bias too; where it is tied, it lies in the file a second time.
fn output(taken: &mut Taken, d: &Description) -> Result<(), Error> {
    let rows = d.target.words.len();
    let shape = [rows, d.output_width()];
    let of_shape = |taken: &mut Taken| -> Vec<String> {
        let names: Vec<String> = taken.store().names().map(str::to_owned).collect();
        let fits = |name: &String| {
            name.ends_with(".weight")
                && says(name, &OUTPUT)
                && !name.contains("emb")
                && taken.store().shape(name) == Some(&shape)
        };
        names.into_iter().filter(fits).collect()
    };
    let theirs = match (&of_shape(taken)[..], d.tied_output) {
        ([one], _) => one.trim_end_matches(".weight").to_owned(),
        ([], true) => return Ok(()),
        (all, _) => return Err(unclear(taken, "output.weight", all, &OUTPUT, shape)),
    };
    if d.tied_output {
        let bias = format!("{theirs}.bias");
        taken.store().take::<Ix2>(&format!("{theirs}.weight"), &shape)?;
        if taken.store().has(&bias) {
            taken.carry(&bias, "output.bias", &[rows])?;
        }
        return Ok(());
    }
    taken.linear(&theirs, "output", shape)
}

/// Trained rows of places: more than are needed may be there.
fn positions(
    taken: &mut Taken,
    side: &str,
    words: &[&str],
    [length, width]: [usize; 2],
) -> Result<(), Error> {
    let store = taken.store();
    let all: Vec<String> = store
        .names()
        .filter(|name| says(name, &POSITION) || says(&format!("{name}.x"), &POSITION))
        .filter(|name| store.shape(name).is_some_and(|shape| rows_of(shape, width) >= Some(length)))
        .map(str::to_owned)
        .collect();
    let named: Vec<&String> = all.iter().filter(|name| says(name, words)).collect();
    let theirs = match (&all[..], &named[..]) {
        ([one], _) => one.clone(),
        (_, [one]) => (*one).clone(),
        _ => {
            let ours = format!("{side}.position.weight");
            return Err(unclear(taken, &ours, &all, words, [length, width]));
        }
    };
    let shape = store.shape(&theirs).unwrap_or_default().to_vec();
    let rows = rows_of(&shape, width).unwrap_or_default();
    let array = store.take::<IxDyn>(&theirs, &shape)?;
    if let Ok(array) = array.into_shape_with_order((rows, width)) {
        taken.put(format!("{side}.position.weight"), array.slice(s![..length, ..]).to_owned());
    }
    Ok(())
}

/// Rows of `width` in a tensor, axes of one place left out: `[n, width]`, `[1, n, width]`, `[n, 1, width]`.
fn rows_of(shape: &[usize], width: usize) -> Option<usize> {
    let long: Vec<usize> = shape.iter().copied().filter(|&n| n != 1).collect();
    match long[..] {
        [rows, columns] if columns == width => Some(rows),
        _ => None,
    }
}

/// Sinusoids that a module keeps are computed here: they may lie in the file, and must be the same.
fn leave_sinusoids(taken: &mut Taken, config: Option<&Config>) -> Result<(), Error> {
    let Some(config) = config.filter(|c| c.positions == Positions::Sinusoidal) else {
        return Ok(());
    };
    let names: Vec<String> = taken.store().names().map(str::to_owned).collect();
    for name in names {
        let last = name.rsplit('.').next().unwrap_or_default();
        let shape = taken.store().shape(&name).unwrap_or_default().to_vec();
        let Some(rows) = rows_of(&shape, config.d_model) else { continue };
        if !BUFFERS.contains(&last) {
            continue;
        }
        let array = taken.store().take::<IxDyn>(&name, &shape)?;
        let Ok(array) = array.into_shape_with_order((rows, config.d_model)) else { continue };
        if !sinusoids(&array) {
            let why = format!("`{name}` is not what `positions` \"sinusoidal\" computes");
            return Err(Error::Model { path: taken.path().into(), why });
        }
    }
    Ok(())
}

/// Whether rows are sines on even channels and cosines on odd ones; the first hundred are looked at.
fn sinusoids(array: &Array2<f32>) -> bool {
    let d = array.ncols() as f64;
    array.indexed_iter().take_while(|((row, _), _)| *row < 100).all(|((row, channel), &value)| {
        let angle = row as f64 / 10_000f64.powf((channel / 2 * 2) as f64 / d);
        let expected = if channel % 2 == 0 { angle.sin() } else { angle.cos() };
        (expected - f64::from(value)).abs() < 1e-3
    })
}
