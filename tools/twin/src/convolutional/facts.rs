//! Small maps, computed by hand.

use super::{Activation, Behind, Layer, LayerConfig, LayerKind, Operation, Padding, Size};
use crate::{Error, Weights};
use ndarray::{Array, Array3, ArrayD, IxDyn, array};

/// 1 to 9, three a row, of one channel.
fn nine() -> Array3<f32> {
    Array::range(1.0, 10.0, 1.0).into_shape_with_order((3, 3, 1)).unwrap()
}

fn tensor(shape: &[usize], values: &[f32]) -> ArrayD<f32> {
    ArrayD::from_shape_vec(IxDyn(shape), values.to_vec()).unwrap()
}

fn size(map: &Array3<f32>) -> Size {
    let (height, width, channels) = map.dim();
    Size { height, width, channels }
}

fn config(operation: Operation, kernel: usize, stride: usize, padding: Padding) -> LayerConfig {
    LayerConfig { operation, kernel, stride, padding }
}

fn conv(channels: usize, behind: Behind) -> Operation {
    Operation::Conv { channels, behind }
}

/// The map of a layer with these weights, row after row, and its height and width.
fn through(
    c: &LayerConfig,
    weights: impl IntoIterator<Item = (&'static str, ArrayD<f32>)>,
    map: &Array3<f32>,
    earlier: &[Array3<f32>],
) -> (Vec<f32>, [usize; 2]) {
    let mut weights = Weights::of(weights);
    let layer = Layer::new(&mut weights, "l", c, size(map)).unwrap();
    weights.finish().unwrap();
    let map = layer.apply(map, earlier);
    let (height, width, _) = map.dim();
    (map.into_iter().collect(), [height, width])
}

#[test]
fn a_filter_is_not_turned_over() {
    let filter = || tensor(&[1, 1, 2, 2], &[1.0, 10.0, 100.0, 1000.0]);
    let bias = || tensor(&[1], &[0.5]);
    let c = config(conv(1, Behind::default()), 2, 1, Padding::Sides(0));
    let map = through(&c, [("l.weight", filter()), ("l.bias", bias())], &nine(), &[]);
    assert_eq!(map, (vec![5421.5, 6532.5, 8754.5, 9865.5], [2, 2]));
}

#[test]
fn padding_is_zero_all_around_or_larger_behind() {
    let filter = || [("l.weight", tensor(&[1, 1, 2, 2], &[1.0, 10.0, 100.0, 1000.0]))];
    let c = |stride, padding| config(conv(1, Behind::default()), 2, stride, padding);
    let map = through(&c(2, Padding::Sides(1)), filter(), &nine(), &[]);
    assert_eq!(map, (vec![1000.0, 3200.0, 7040.0, 9865.0], [2, 2]));
    let map = through(&c(2, Padding::Same), filter(), &nine(), &[]);
    assert_eq!(map, (vec![5421.0, 603.0, 87.0, 9.0], [2, 2]));
    let map = through(&c(1, Padding::Same), filter(), &nine(), &[]);
    let expected = [5421.0, 6532.0, 603.0, 8754.0, 9865.0, 906.0, 87.0, 98.0, 9.0];
    assert_eq!(map, (expected.to_vec(), [3, 3]));
}

#[test]
fn layouts_of_pytorch_and_keras_are_one() {
    let map = array![[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]];
    let c = config(conv(2, Behind::default()), 2, 1, Padding::Sides(0));
    let value = |out: usize, read: usize, y: usize, x: usize| {
        (1 + out * 1000 + read * 100 + y * 10 + x) as f32
    };
    let pytorch = Array::from_shape_fn((2, 2, 2, 2), |(out, read, y, x)| value(out, read, y, x));
    let keras = Array::from_shape_fn((2, 2, 2, 2), |(y, x, read, out)| value(out, read, y, x));
    let pytorch = through(&c, [("l.weight", pytorch.into_dyn())], &map, &[]);
    let keras = through(&c, [("l.kernel", keras.into_dyn())], &map, &[]);
    assert_eq!(pytorch, keras);
    let mut sum = 0.0;
    for (y, x, read) in (0..8).map(|i| (i / 4, i / 2 % 2, i % 2)) {
        sum += value(0, read, y, x) * map[[y, x, read]];
    }
    assert_eq!(pytorch.0[0], sum);
}

#[test]
fn depthwise_filters_read_their_channel_alone() {
    let map = array![[[1.0, 10.0], [2.0, 20.0]], [[3.0, 30.0], [4.0, 40.0]]];
    let operation = Operation::Depthwise { behind: Behind::default() };
    let c = config(operation, 2, 1, Padding::Sides(0));
    let pytorch = tensor(&[2, 1, 2, 2], &[1.0, 0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.5]);
    let (found, _) = through(&c, [("l.weight", pytorch)], &map, &[]);
    assert_eq!(found, [5.0, 70.0]);
    let keras = tensor(&[2, 2, 2, 1], &[1.0, 0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.5]);
    let (found, _) = through(&c, [("l.kernel", keras)], &map, &[]);
    assert_eq!(found, [5.0, 70.0]);
}

#[test]
fn pools_never_choose_padding() {
    let below = nine().mapv(|x| -x);
    let c = |operation, padding| config(operation, 2, 2, padding);
    let map = through(&c(Operation::MaxPool, Padding::Same), [], &below, &[]);
    assert_eq!(map, (vec![-1.0, -3.0, -7.0, -9.0], [2, 2]));
    let map = through(&c(Operation::MaxPool, Padding::Sides(1)), [], &below, &[]);
    assert_eq!(map, (vec![-1.0, -2.0, -4.0, -5.0], [2, 2]));
    let map = through(
        &c(Operation::AveragePool { count_include_pad: true }, Padding::Sides(0)),
        [],
        &nine(),
        &[],
    );
    assert_eq!(map, (vec![3.0], [1, 1]));
}

#[test]
fn zeros_count_in_a_mean_if_they_are_asked_to() {
    let means = |count_include_pad, kernel, stride, padding| {
        let c = config(Operation::AveragePool { count_include_pad }, kernel, stride, padding);
        through(&c, [], &nine(), &[])
    };
    let sides = Padding::Sides(1);
    assert_eq!(means(true, 2, 2, sides), (vec![0.25, 1.25, 2.75, 7.0], [2, 2]));
    assert_eq!(means(false, 2, 2, sides), (vec![1.0, 2.5, 5.5, 7.0], [2, 2]));
    assert_eq!(means(true, 2, 2, Padding::Same), (vec![3.0, 2.25, 3.75, 2.25], [2, 2]));
    assert_eq!(means(false, 2, 2, Padding::Same), (vec![3.0, 4.5, 7.5, 9.0], [2, 2]));
    assert_eq!(means(false, 3, 2, sides).0, [3.0, 4.0, 6.0, 7.0]);
}

#[test]
fn a_map_is_added_before_the_activation() {
    for (activation, expected) in [
        (Activation::None, [-8.0, 1.0, 7.5]),
        (Activation::Relu, [0.0, 1.0, 7.5]),
        (Activation::Relu6, [0.0, 1.0, 6.0]),
    ] {
        let behind = Behind { norm: None, add: Some(0), activation };
        let c = config(conv(1, behind), 1, 1, Padding::Sides(0));
        let earlier = array![[[-9.0], [-1.0], [4.5]]];
        let map = array![[[1.0], [2.0], [3.0]]];
        let filter = [("l.weight", tensor(&[1, 1, 1, 1], &[1.0]))];
        assert_eq!(through(&c, filter, &map, &[earlier]).0, expected);
    }
}

/// Behind 4x + 1, in the next test: (4x + 1 − 3) / √(3 + 1) · 5 − 2 = 10x − 7.
const NORM: Behind = Behind { norm: Some(1.0), add: None, activation: Activation::None };

#[test]
fn normalisation_becomes_part_of_the_filter() {
    let c = config(conv(1, NORM), 1, 1, Padding::Sides(0));
    let filter = || tensor(&[1, 1, 1, 1], &[4.0]);
    let one = |value| tensor(&[1], &[value]);
    let pytorch = [
        ("l.weight", filter()),
        ("l.bias", one(1.0)),
        ("l.norm.weight", one(5.0)),
        ("l.norm.bias", one(-2.0)),
        ("l.norm.running_mean", one(3.0)),
        ("l.norm.running_var", one(3.0)),
    ];
    let keras = [
        ("l.kernel", filter()),
        ("l.bias", one(1.0)),
        ("l.norm.gamma", one(5.0)),
        ("l.norm.beta", one(-2.0)),
        ("l.norm.moving_mean", one(3.0)),
        ("l.norm.moving_variance", one(3.0)),
    ];
    for tensors in [pytorch, keras] {
        let mut weights = Weights::of(tensors);
        let layer = Layer::new(&mut weights, "l", &c, size(&nine())).unwrap();
        let LayerKind::Conv(filter) = &layer.kind else { panic!() };
        assert_eq!(filter.weight, array![[10.0]]);
        assert_eq!(filter.bias, Some(array![-7.0]));
        weights.finish().unwrap();
    }
}

#[test]
fn a_negative_variance_is_named() {
    let c = config(conv(1, NORM), 1, 1, Padding::Sides(0));
    let mut weights = Weights::of([
        ("l.weight", tensor(&[1, 1, 1, 1], &[4.0])),
        ("l.norm.running_mean", tensor(&[1], &[0.0])),
        ("l.norm.running_var", tensor(&[1], &[-0.5])),
    ]);
    let error = Layer::new(&mut weights, "l", &c, size(&nine())).unwrap_err();
    assert!(matches!(error, Error::Variance { .. }));
    let expected =
        "tensor `l.norm.running_var` holds -0.5 at index [0]; a variance is not negative";
    assert_eq!(error.to_string(), expected);
}
