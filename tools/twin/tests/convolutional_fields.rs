//! Every wrong description of a model of pictures is one sentence that says what and where.

mod scratch;
mod seeing;

use scratch::file;
use seeing::{described, fields};
use serde_json::{Value, json};
use std::path::Path;
use twin::{Description, Error};

/// The description with one field set.
fn edited(path: &str, value: Value) -> Result<Description, Error> {
    let mut fields = fields();
    let (parent, field) = path.rsplit_once('/').unwrap();
    let parent = fields.pointer_mut(parent).unwrap();
    match parent {
        Value::Array(list) => list[field.parse::<usize>().unwrap()] = value.clone(),
        parent => parent[field] = value.clone(),
    }
    let path = file(fields.to_string().as_bytes());
    Description::read(&path)
}

#[test]
fn fields_that_cannot_be_say_which() {
    let layer = |name: &str| format!("/encoder/layers/{name}");
    let words = json!({"words": ["a", "b"], "pad": 0, "bos": null, "eos": 1});
    for (path, value, expected) in [
        (layer("0/kernel"), json!(0), "`encoder.layers.0.kernel` is 0; it must be 1 to 15"),
        (layer("0/kernel"), json!(16), "`encoder.layers.0.kernel` is 16; it must be 1 to 15"),
        (layer("0/stride"), json!(0), "`encoder.layers.0.stride` is 0; it must be 1 to 7"),
        (layer("0/stride"), json!(8), "`encoder.layers.0.stride` is 8; it must be 1 to 7"),
        (
            layer("0/channels"),
            json!(1025),
            "`encoder.layers.0.channels` is 1025; it must be 1 to 1024",
        ),
        (layer("0/channels"), json!(null), "`encoder.layers.0.channels` is missing"),
        (layer("1/channels"), json!(8), "`encoder.layers.1.channels` is given, but only a conv"),
        (layer("1/kernel"), json!(-3), "`encoder.layers.1` cannot be understood: invalid value"),
        (layer("1/padding"), json!(8), "`encoder.layers.1.padding` is 8; it must be 0 to 7"),
        (
            layer("1/padding"),
            json!(3),
            "`encoder.layers.1.padding` is 3; it must be less than the kernel, 3",
        ),
        (layer("1/padding"), json!(-1), "`encoder.layers.1.padding` is -1; it must be \"valid\""),
        (
            layer("1/padding"),
            json!("full"),
            "is \"full\"; it must be \"valid\", \"same\" or 0 to 7",
        ),
        (layer("3/padding"), json!(2), "`encoder.layers.3.padding` is 2; it must be less than"),
        (
            layer("1/count_include_pad"),
            json!(true),
            "`encoder.layers.1.count_include_pad` is given, but only an average pool counts",
        ),
        (layer("3/count_include_pad"), json!(1), "`encoder.layers.3` cannot be understood"),
        (layer("3/ceil_mode"), json!(true), "unknown field `ceil_mode`"),
        (layer("3/kernel"), json!([2, 1]), "`encoder.layers.3` cannot be understood"),
        (
            layer("3/kernel"),
            json!(6),
            "`encoder.layers.3.kernel` is 6, but the padded map that the layer reads is 5 × 5",
        ),
        (layer("1/activation"), json!("gelu"), "unknown variant `gelu`"),
        (
            layer("3/activation"),
            json!("relu"),
            "`encoder.layers.3.activation` is given, but only conv and depthwise",
        ),
        (layer("3/norm"), json!(true), "`encoder.layers.3.norm` is given"),
        (layer("3/add"), json!(2), "`encoder.layers.3.add` is given"),
        (
            layer("1/norm_epsilon"),
            json!(0.1),
            "`encoder.layers.1.norm_epsilon` is given, but the layer has no `norm`",
        ),
        (
            layer("0/norm_epsilon"),
            json!(0.0),
            "`encoder.layers.0.norm_epsilon` is 0; it must be a positive",
        ),
        (
            layer("2/add"),
            json!(2),
            "`encoder.layers.2.add` is 2; it must be an earlier layer, 0 to 1",
        ),
        (layer("0/add"), json!(0), "`encoder.layers.0.add` is 0; no layer comes before layer 0"),
        (
            layer("2/channels"),
            json!(9),
            "`encoder.layers.2.add` is 0, whose map has size 5 × 5 × 8, but the one of layer 2 has 5 × 5 × 9",
        ),
        (
            layer("1/kind"),
            json!("pool"),
            "`encoder.layers.1` cannot be understood: unknown variant `pool`",
        ),
        (
            layer("1/size"),
            json!(3),
            "`encoder.layers.1` cannot be understood: unknown field `size`",
        ),
        (layer("2"), json!({"kind": "conv", "channels": 8}), "missing field `kernel`"),
        (
            "/encoder/layers".into(),
            json!([]),
            "`encoder.layers` has 0 layers; it must have 1 to 32",
        ),
        ("/encoder/picture".into(), json!(null), "`encoder` cannot be understood: "),
        (
            "/encoder/picture/width".into(),
            json!(1025),
            "`encoder.picture.width` is 1025; it must be 1 to 1024",
        ),
        (
            "/encoder/picture/channels".into(),
            json!(2),
            "`encoder.picture.channels` is 2; it must be 1 or 3",
        ),
        (
            "/encoder/picture/mean".into(),
            json!([0.5]),
            "`encoder.picture.mean` has 1 numbers; it must have 3",
        ),
        (
            "/encoder/picture/deviation".into(),
            json!([0.5, 0.0, 1]),
            "`encoder.picture.deviation` is 0; it must be a positive",
        ),
        (
            "/max_source_len".into(),
            json!(5),
            "`max_source_len` is 5; it must be 4, since the encoder leaves 2 × 2 places",
        ),
        (
            "/selftest".into(),
            json!("a b"),
            "`selftest` is \"a b\"; of a model of pictures it must be \"random\"",
        ),
        ("/source".into(), words, "`source` is given, but a convolutional encoder reads no words"),
        (
            "/encoder_layers".into(),
            json!(2),
            "`encoder_layers` is given, but only a Transformer side",
        ),
        ("/decoder/start".into(), json!("bridge"), "a convolutional encoder has no final state"),
        ("/decoder/context_gate".into(), json!("row"), "unknown variant `row`"),
        ("/decoder/attention/activation".into(), json!("none"), "unknown variant `none`"),
        (
            "/decoder/attention".into(),
            json!({"kind": "general", "activation": "relu"}),
            "`decoder.attention.activation` is given, but only additive",
        ),
        (
            "/decoder/readout".into(),
            json!(null),
            "`decoder.readout_activation` is given, but there is no readout",
        ),
    ] {
        let message = edited(&path, value).unwrap_err().to_string();
        assert!(message.contains(expected), "{path}: {message}");
        assert_eq!(message.lines().count(), 1, "{message}");
    }
}

#[test]
fn pools_stand_side_by_side_unless_they_say_otherwise() {
    let mut fields = fields();
    fields["encoder"]["layers"][3].as_object_mut().unwrap().remove("stride");
    assert_eq!(described(&fields).unwrap(), edited("/max_source_len", json!(4)).unwrap());
    fields["encoder"]["layers"][1].as_object_mut().unwrap().remove("stride");
    assert!(described(&fields).is_ok(), "filters step by one");
}

#[test]
fn zeros_count_by_default_as_in_the_framework_that_pads_so() {
    let of = |more: Value| {
        let mut fields = fields();
        let mut pool = json!({"kind": "average_pool", "kernel": 3, "stride": 2});
        pool.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        fields["encoder"]["layers"][3] = pool;
        fields["max_source_len"] = json!(9);
        described(&fields).unwrap()
    };
    let counted = |value: bool| json!({"padding": 1, "count_include_pad": value});
    assert_eq!(of(json!({"padding": 1})), of(counted(true)));
    assert_ne!(of(json!({"padding": 1})), of(counted(false)));
    let same = |value: bool| json!({"padding": "same", "count_include_pad": value});
    assert_eq!(of(json!({"padding": "same"})), of(same(false)));
    assert_ne!(of(json!({"padding": "same"})), of(same(true)));
}

#[test]
fn a_gate_needs_a_context() {
    let mut fields = fields();
    let decoder = &mut fields["decoder"];
    decoder["attention"] = json!(null);
    decoder["cell_reads"] = json!(["embedding"]);
    decoder["output_reads"] = json!(["state", "embedding"]);
    let message = described(&fields).unwrap_err().to_string();
    assert!(
        message.contains("`decoder.context_gate` is given, but there is no attention"),
        "{message}"
    );
}

#[test]
fn maps_have_bounds() {
    let mut wide = fields();
    wide["encoder"]["layers"] = json!([{"kind": "max_pool", "kernel": 1}]);
    wide["encoder"]["picture"]["width"] = json!(114);
    let message = described(&wide).unwrap_err().to_string();
    let expected = "`encoder.layers` leave a map of 9 × 114 places; at most 1024 places";
    assert!(message.contains(expected), "{message}");
    let mut deep = fields();
    deep["encoder"]["layers"][0]["channels"] = json!(1024);
    deep["encoder"]["layers"][2] = json!({"kind": "conv", "channels": 8, "kernel": 3});
    let message = described(&deep).unwrap_err().to_string();
    let expected = "`encoder.layers.2.kernel` is 3, so that a filter reads 9216 numbers \
                    (3 × 3 × 1024 channels); at most 4096 can be";
    assert!(message.contains(expected), "{message}");
    let mut strided = fields();
    strided["encoder"]["picture"] = json!({
        "width": 2, "height": 2, "channels": 1, "mean": [0], "deviation": [1]
    });
    strided["encoder"]["layers"] = json!([
        {"kind": "conv", "channels": 2, "kernel": 1},
        {"kind": "depthwise", "kernel": 3, "padding": 2, "stride": 2, "add": 0}
    ]);
    let message = described(&strided).unwrap_err().to_string();
    let expected = "`encoder.layers.1.add` is 0, but layer 1 between them has stride 2";
    assert!(message.contains(expected), "{message}");
}

#[test]
fn words_need_words() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/golden/recurrent/torch-gru-additive/model.json");
    let mut fields: Value = serde_json::from_slice(&std::fs::read(golden).unwrap()).unwrap();
    fields.as_object_mut().unwrap().remove("source");
    let message = described(&fields).unwrap_err().to_string();
    assert!(message.contains("`source` is missing; an encoder of words needs it"), "{message}");
}
