//! Models of pictures: every wrong weight file or picture is one sentence, and an observer sees every
//! place.

mod scratch;
mod seeing;

use safetensors::tensor::{Dtype, TensorView, serialize};
use scratch::file;
use seeing::{described, fields};
use twin::{Error, Model, Picture, Weights};

/// The weights of the model of `seeing`: names of PyTorch, of Keras, and of Show, Attend and Tell.
const TENSORS: &[(&str, &[usize])] = &[
    ("encoder.layers.0.weight", &[8, 3, 3, 3]),
    ("encoder.layers.0.norm.weight", &[8]),
    ("encoder.layers.0.norm.bias", &[8]),
    ("encoder.layers.0.norm.running_mean", &[8]),
    ("encoder.layers.0.norm.running_var", &[8]),
    ("encoder.layers.1.kernel", &[3, 3, 8, 1]),
    ("encoder.layers.1.bias", &[8]),
    ("encoder.layers.2.weight", &[8, 8, 1, 1]),
    ("embedding.weight", &[5, 7]),
    ("attention.encoder_att.weight", &[5, 8]),
    ("attention.encoder_att.bias", &[5]),
    ("attention.decoder_att.weight", &[5, 6]),
    ("attention.decoder_att.bias", &[5]),
    ("attention.full_att.weight", &[1, 5]),
    ("attention.full_att.bias", &[1]),
    ("decode_step.weight_ih", &[24, 15]),
    ("decode_step.weight_hh", &[24, 6]),
    ("decode_step.bias_ih", &[24]),
    ("decode_step.bias_hh", &[24]),
    ("init_h.weight", &[6, 8]),
    ("init_h.bias", &[6]),
    ("init_c.weight", &[6, 8]),
    ("init_c.bias", &[6]),
    ("f_beta.weight", &[8, 6]),
    ("f_beta.bias", &[8]),
    ("decoder.readout.weight", &[7, 21]),
    ("decoder.readout.bias", &[7]),
    ("fc.bias", &[5]),
];

/// The model with some tensors changed: to another shape, or left out.
fn model(change: impl Fn(&str) -> Option<Vec<usize>>) -> Result<Model, Error> {
    let shapes = TENSORS.iter().filter_map(|&(name, shape)| match change(name) {
        Some(other) if other.is_empty() => None,
        Some(other) => Some((name, other)),
        None => Some((name, shape.to_vec())),
    });
    let shapes: Vec<(&str, Vec<usize>)> = shapes.collect();
    let numbers = |shape: &[usize]| -> Vec<u8> {
        let count: usize = shape.iter().product();
        (0..count).flat_map(|i| (((i * 37 % 23) as f32) / 23.0).to_le_bytes()).collect()
    };
    let data: Vec<Vec<u8>> = shapes.iter().map(|(_, shape)| numbers(shape)).collect();
    let mut views: Vec<(&str, TensorView<'_>)> = shapes
        .iter()
        .zip(&data)
        .map(|((name, shape), data)| {
            (*name, TensorView::new(Dtype::F32, shape.clone(), data).unwrap())
        })
        .collect();
    let batches = 7u64.to_le_bytes();
    let count = TensorView::new(Dtype::I64, vec![], &batches).unwrap();
    views.push(("encoder.layers.0.norm.num_batches_tracked", count));
    let weights = Weights::read(&file(&serialize(views, None).unwrap()))?;
    Model::new(described(&fields())?, weights)
}

#[test]
fn wrong_weights_are_named_as_the_file_names_them() {
    let shaped = |tensor: &'static str, shape: &[usize]| {
        let shape = shape.to_vec();
        model(move |name| (name == tensor).then(|| shape.clone())).unwrap_err().to_string()
    };
    for (tensor, shape, expected) in [
        (
            "encoder.layers.0.weight",
            &[3, 3, 3, 8][..],
            "has shape [3, 3, 3, 8], but the description needs [8, 3, 3, 3]",
        ),
        (
            "encoder.layers.1.kernel",
            &[3, 3, 1, 8],
            "has shape [3, 3, 1, 8], but the description needs [3, 3, 8, 1]",
        ),
        ("encoder.layers.2.weight", &[8, 8], "but the description needs [8, 8, 1, 1]"),
        ("decode_step.weight_ih", &[24, 14], "but the description needs [24, 15]"),
        ("f_beta.weight", &[1, 6], "but the description needs [8, 6]"),
    ] {
        let message = shaped(tensor, shape);
        assert!(message.contains(tensor) && message.contains(expected), "{message}");
    }
    let message = shaped("encoder.layers.0.norm.running_mean", &[]);
    assert!(
        message.contains("tensor `encoder.layers.0.norm.running_mean` is missing"),
        "{message}"
    );
}

#[test]
fn a_source_of_the_other_kind_is_refused() {
    let model = model(|_| None).unwrap();
    let message = model.greedy(&[3, 2], &mut ()).unwrap_err().to_string();
    assert_eq!(message, "the model reads a picture, but was given words");
    let small = Picture::new([9, 9, 3], vec![0; 243]).unwrap();
    let message = model.greedy(&small, &mut ()).unwrap_err().to_string();
    assert_eq!(
        message,
        "the picture has 9 × 9 pixels of 3 channels; the model reads 10 × 9 pixels of 3 channels"
    );
    let message = Picture::new([9, 9, 3], vec![0; 242]).unwrap_err().to_string();
    assert_eq!(
        message,
        "a picture of 9 × 9 pixels of 3 channels has 243 bytes, but 242 were given"
    );
}

#[test]
fn every_place_is_seen_in_the_order_of_the_data_flow() {
    use twin::Site::*;
    let model = model(|_| None).unwrap();
    let picture = Picture::new([9, 10, 3], (0..270).map(|i| (i % 251) as u8).collect()).unwrap();
    let mut seen: Vec<(twin::Site, usize, usize)> = Vec::new();
    let mut note = |site: twin::Site, position: usize, values: &[f32]| match seen.last_mut() {
        Some((last, count, _)) if *last == site => {
            assert_eq!(*count, position);
            *count += 1;
        }
        _ => seen.push((site, 1, values.len())),
    };
    let memory = model.encode(&picture, &mut note).unwrap();
    let expected = [
        (EncoderLayer(0), 25, 8),
        (EncoderLayer(1), 25, 8),
        (EncoderLayer(2), 25, 8),
        (EncoderLayer(3), 4, 8),
        (Memory, 4, 8),
    ];
    assert_eq!(seen, expected);
    assert_eq!(memory.states.dim(), (4, 8));
    let steps = model.greedy(&picture, &mut ()).unwrap();
    assert!(steps.iter().all(|step| (step.alignment.sum() - 1.0).abs() < 1e-5));
}
