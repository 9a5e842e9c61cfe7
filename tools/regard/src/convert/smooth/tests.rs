//! Facts about smoothing, on trained models.

use super::super::samples::Samples;
use super::super::{Draft, dims, entries, parts_of};
use super::{Smoothed, smooth};
use crate::quantise::Form;
use std::path::Path;
use twin::transformer::{EncoderWeights, NormPlace};
use twin::{EncoderWeights as Encoder, Model};

fn model(name: &str) -> Model {
    at(&format!("models/{name}"))
}

fn at(folder: &str) -> Model {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(folder);
    let import = import::open(&folder, &import::Request::default()).unwrap();
    let (description, weights) = import.weights().unwrap();
    Model::new(description, weights).unwrap()
}

fn encoder(model: &mut Model) -> &mut EncoderWeights {
    match &mut model.encoder {
        Encoder::Transformer(encoder) => encoder,
        _ => panic!("a Transformer"),
    }
}

/// The same model, every eighth channel that self-attention reads 64 times as large.
fn with_outliers(mut model: Model) -> Model {
    for layer in &mut encoder(&mut model).layers {
        for channel in (0..layer.self_attention_norm.weight.len()).step_by(8) {
            layer.self_attention_norm.weight[channel] *= 64.0;
            layer.self_attention_norm.bias.as_mut().unwrap()[channel] *= 64.0;
            let attention = &mut layer.self_attention;
            for reader in [&mut attention.query, &mut attention.key, &mut attention.value] {
                reader.weight.column_mut(channel).mapv_inplace(|w| w / 64.0);
            }
        }
    }
    model
}

/// Signal to noise of the logits in integers, dB.
fn sqnr(model: &Model) -> f64 {
    let dims = dims::of(&model.description).unwrap();
    let entries = entries(&dims, parts_of(&dims, model), Form::INT8.most_bits);
    let selftest = model.description.selftest.clone();
    let words = Draft { dims: &dims, selftest, entries }.finished().unwrap();
    Samples::new(model, &words, None).unwrap().power(&words).unwrap().sqnr()
}

#[test]
fn outliers_cost_what_smoothing_gives_back() {
    let plain = sqnr(&model("eng-fra-tiny"));
    let mut outliers = with_outliers(model("eng-fra-tiny"));
    let lost = sqnr(&outliers);
    smooth(&mut outliers, Form::INT8);
    let back = sqnr(&outliers);
    assert!(lost < plain - 3.0 && back > plain - 1.0, "{plain:.1} {lost:.1} {back:.1} dB");
}

#[test]
fn float_stays_what_it_was() {
    let (before, mut after) = (model("eng-fra-tiny"), with_outliers(model("eng-fra-tiny")));
    let smoothed = smooth(&mut after, Form::INT8);
    assert!(smoothed.done > 0 && smoothed.done <= smoothed.all, "{smoothed:?}");
    let ids = [9, 14, 30, before.description.source.as_ref().unwrap().eos.unwrap()];
    let [before, after] = [before, after].map(|m| m.greedy(&ids[..], &mut ()).unwrap());
    assert_eq!(before.len(), after.len());
    for (before, after) in before.iter().zip(&after) {
        let error = (&before.logits - &after.logits).mapv(f32::abs);
        assert!(error.iter().all(|&e| e < 1e-3), "{error}");
    }
}

#[test]
fn what_stands_between_norms_behind_and_cells_stays() {
    let mut recurrent = model("eng-fra-additive");
    assert_eq!(smooth(&mut recurrent, Form::INT8), Smoothed::default());
    // Behind a sublayer the norm's rows are also what the next one adds to.
    let mut post = model("eng-fra-tiny");
    encoder(&mut post).place = NormPlace::Post;
    let norms = |m: &mut Model| -> Vec<_> {
        let layers = encoder(m).layers.iter();
        layers
            .map(|l| (l.self_attention_norm.weight.clone(), l.feed_forward_norm.weight.clone()))
            .collect()
    };
    let before = norms(&mut post);
    smooth(&mut post, Form::INT8);
    assert_eq!(norms(&mut post), before);
}

#[test]
fn float_stays_with_gates_norms_behind_and_without_biases() {
    for name in ["marian", "bart", "mbart", "t5", "t5-v1_1"] {
        let (before, mut after) =
            (at(&format!("tests/golden/hf/{name}")), at(&format!("tests/golden/hf/{name}")));
        let smoothed = smooth(&mut after, Form { most_bits: 8, ..Form::INT8 });
        assert!(smoothed.done > 0, "{name}: {smoothed:?}");
        let end = before.description.source.as_ref().unwrap().eos.unwrap();
        let ids = [9, 14, 20, end];
        let [before, after] = [before, after].map(|m| m.greedy(&ids[..], &mut ()).unwrap());
        for (before, after) in before.iter().zip(&after) {
            let error = (&before.logits - &after.logits).mapv(f32::abs);
            assert!(error.iter().all(|&e| e < 1e-3), "{name}: {error}");
        }
    }
}
