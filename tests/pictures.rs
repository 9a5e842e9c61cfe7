//! What holds for every model that reads pictures.

mod variants;

use regard::family::Any;
use regard::format::{ConvActivation, ConvKind, Dims, EncoderKind, MapSize, Role, Stack};
use regard::number::Block;
use regard::observe::{Observer, Site};
use regard::{Captioner, Error, Model, Picture, Recurrent, Seq2Seq};
use variants::{Noise, arena, describe, digests, file, picture_variants, pixels, trace_picture};

fn each(check: impl Fn(&Model<'_>)) {
    for dims in picture_variants() {
        let words = file(&dims, 21);
        check(&Model::parse(&words).expect("parses"));
    }
}

#[test]
fn a_dirty_arena_changes_nothing() {
    each(|model| {
        let clean = trace_picture(model, &pixels(13, 11), 0);
        assert!(!clean.is_empty());
        assert_eq!(clean, trace_picture(model, &pixels(13, 11), !0));
        assert_eq!(clean, trace_picture(model, &pixels(13, 11), 0x7FFF_8001));
    });
}

#[test]
fn another_picture_gives_other_logits() {
    each(|model| {
        let mut other = pixels(13, 11);
        other.iter_mut().for_each(|value| *value = !*value);
        let (a, b) = (trace_picture(model, &pixels(13, 11), 0), trace_picture(model, &other, 0));
        assert_ne!(digests(&a), digests(&b));
    });
}

#[test]
fn the_same_pixels_are_the_same_picture_in_every_format() {
    let mut noise = Noise::new(5);
    let short: Vec<u16> = (0..13 * 11).map(|_| noise.below(1 << 16) as u16).collect();
    let bytes: Vec<u8> = short.iter().flat_map(|&word| [word as u8, (word >> 8) as u8]).collect();
    let colours = short.iter().flat_map(|word| {
        let [r, g, b] = [word / 2048, word / 32 % 64, word % 32];
        [8 * r + r / 4, 4 * g + g / 16, 8 * b + b / 4].map(|value| value as u8)
    });
    let colours: Vec<u8> = colours.collect();
    let grey: Vec<u8> = colours.iter().copied().step_by(3).collect();
    let greys: Vec<u8> = grey.iter().flat_map(|&value| [value; 3]).collect();
    each(|model| {
        let short = Picture::rgb565(13, 11, &bytes).expect("two bytes a pixel");
        assert_eq!(describe(model, &short, 0), trace_picture(model, &colours, 0));
        let grey = Picture::grey(13, 11, &grey).expect("a byte a pixel");
        assert_eq!(describe(model, &grey, 0), trace_picture(model, &greys, 0));
    });
}

#[test]
fn text_and_pictures_are_told_apart() {
    each(|model| {
        let mut arena = arena(model, 0);
        let bytes = bytemuck::cast_slice_mut(&mut arena);
        let mut captioner = Seq2Seq::<Any>::new(model, bytes).expect("an arena that fits");
        assert!(matches!(captioner.translate("a b"), Err(Error::WantsPicture)));
        assert!(matches!(captioner.translate_tokens(&[1]), Err(Error::WantsPicture)));
    });
    let words = file(&variants::dims(), 1);
    let model = Model::parse(&words).expect("parses");
    let mut arena = arena(&model, 0);
    let mut text = Seq2Seq::<Any>::new(&model, bytemuck::cast_slice_mut(&mut arena)).expect("fits");
    let picture = Picture::grey(1, 1, &[0]).expect("a byte");
    assert!(matches!(text.describe(&picture), Err(Error::WantsText)));
}

#[test]
fn a_captioner_runs_convolutions_with_a_recurrent_decoder_alone() {
    let all = picture_variants();
    let words = file(&all[0], 3);
    let model = Model::parse(&words).expect("parses");
    let mut arena = arena(&model, 0);
    let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut arena);
    assert!(matches!(Recurrent::new(&model, bytes), Err(Error::OtherFamily)));
    assert!(Captioner::new(&model, bytes).is_ok());
}

/// The maps that an engine makes, as real numbers.
struct Seen<'s>(&'s mut Vec<Vec<f64>>);

impl Observer for Seen<'_> {
    fn observe(&mut self, site: Site, position: usize, values: Block<'_>) {
        let Site::EncoderLayer(layer) = site else { return };
        let maps = &mut self.0;
        maps.resize(maps.len().max(usize::from(layer) + 1), Vec::new());
        let map = &mut maps[usize::from(layer)];
        let unit = f64::from(values.exponent).exp2();
        let start = position * values.mantissas.len();
        map.resize(map.len().max(start + values.mantissas.len()), 0.0);
        for (to, &m) in map[start..].iter_mut().zip(values.mantissas) {
            *to = f64::from(m) * unit;
        }
    }
}

/// A layer over a whole map, in real numbers, straight from the definition.
fn layer_by_definition(
    model: &Model<'_>,
    dims: &Dims,
    index: usize,
    maps: &[Vec<f64>],
) -> Vec<f64> {
    let EncoderKind::Convolutional(encoder) = &dims.encoder else { panic!("no pictures") };
    let (layer, input, output) =
        (encoder.layer(index), encoder.size(index), encoder.size(index + 1));
    let before = (0..index).filter(|&i| encoder.layer(i).has_filter()).count();
    let section = model.find(Stack::Encoder, before, Role::Filter);
    let rows = section.matrix();
    let [top, left, ..] = layer.padding.map(i64::from);
    let at = |y: i64, x: i64, c: usize| {
        let inside = (0..input.height as i64).contains(&y) && (0..input.width as i64).contains(&x);
        let place = || (y as usize * input.width + x as usize) * input.channels + c;
        inside.then(|| maps[index][place()])
    };
    let mut out = Vec::new();
    let MapSize { height, width, channels } = output;
    for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y, x))) {
        for c in 0..channels {
            let window = (0..layer.kernel).flat_map(|i| (0..layer.kernel).map(move |j| (i, j)));
            let place = |(i, j): (usize, usize)| {
                ((y * layer.stride + i) as i64 - top, (x * layer.stride + j) as i64 - left)
            };
            let scale =
                f64::from(rows.multiplier(c) >> 16) * f64::from(section.scale_exponent).exp2();
            let bias = f64::from(rows.bias(c)) * f64::from(section.bias_exponent).exp2();
            let weight = |column: usize| f64::from(rows.weight(c, column)) * scale;
            let seen = || {
                window.clone().filter_map(|at_window| {
                    let (y, x) = place(at_window);
                    at(y, x, c)
                })
            };
            let mut value = match layer.kind {
                ConvKind::MaxPool => seen().fold(f64::NEG_INFINITY, f64::max),
                ConvKind::AveragePool if layer.zeros_count => {
                    seen().sum::<f64>() / layer.kernel.pow(2) as f64
                }
                ConvKind::AveragePool => seen().sum::<f64>() / seen().count() as f64,
                ConvKind::Depthwise => {
                    bias + window
                        .enumerate()
                        .map(|(column, at_window)| {
                            let (y, x) = place(at_window);
                            weight(column) * at(y, x, c).unwrap_or(0.0)
                        })
                        .sum::<f64>()
                }
                ConvKind::Conv => {
                    bias + window
                        .enumerate()
                        .map(|(n, at_window)| {
                            let (y, x) = place(at_window);
                            let over =
                                |k| weight(n * input.channels + k) * at(y, x, k).unwrap_or(0.0);
                            (0..input.channels).map(over).sum::<f64>()
                        })
                        .sum::<f64>()
                }
            };
            if layer.add > 0 {
                value += maps[index + 1 - layer.add][(y * width + x) * channels + c];
            }
            out.push(match layer.activation {
                ConvActivation::None => value,
                ConvActivation::Relu => value.max(0.0),
                ConvActivation::Relu6 => value.clamp(0.0, 6.0),
            });
        }
    }
    out
}

#[test]
fn every_layer_is_what_its_definition_says_up_to_rounding() {
    for dims in picture_variants() {
        let words = file(&dims, 22);
        let model = Model::parse(&words).expect("parses");
        let (mut arena, pixels) = (arena(&model, 0), pixels(13, 11));
        let mut captioner =
            Seq2Seq::<Any>::new(&model, bytemuck::cast_slice_mut(&mut arena)).expect("fits");
        let picture = Picture::rgb888(13, 11, &pixels).expect("a picture");
        let mut seen = Vec::new();
        captioner.observe_picture(&picture, Seen(&mut seen)).expect("starts");
        let EncoderKind::Convolutional(encoder) = &dims.encoder else { panic!("no pictures") };
        let number = |&value: &u8| (2.0 * f64::from(value) - 255.0) / 16.0;
        let grey = |rgb: &[u8]| {
            let sum: u32 = rgb.iter().zip([77, 150, 29]).map(|(&v, w)| u32::from(v) * w).sum();
            ((sum + 128) >> 8) as u8
        };
        let first = match encoder.channels {
            1 => pixels.chunks(3).map(|rgb| number(&grey(rgb))).collect(),
            _ => pixels.iter().map(number).collect(),
        };
        let mut maps: Vec<Vec<f64>> = vec![first];
        maps.extend(seen);
        assert_eq!(maps.len(), encoder.count() + 1);
        for index in 0..encoder.count() {
            let expected = layer_by_definition(&model, &dims, index, &maps);
            let largest = expected.iter().fold(1e-9, |a: f64, b| a.max(b.abs()));
            assert_eq!(maps[index + 1].len(), expected.len());
            for (place, (a, b)) in maps[index + 1].iter().zip(&expected).enumerate() {
                // Half of the finest digit that the biases of these models leave to what is read.
                let digit = f64::exp2(-8.0);
                assert!(
                    (a - b).abs() < 3e-3 * largest + digit,
                    "layer {index} at {place}: {a}, not {b}: {dims:?}"
                );
            }
        }
    }
}
