//! Whether the fields of a convolutional encoder go together.

use super::{Config, LayerConfig, Margins, Operation, PictureConfig, Size};
use crate::Error;
use crate::description::{positive, wrong};
use std::ops::RangeInclusive;

/// Most layers.
const MOST_LAYERS: usize = 32;
/// Longest side of a picture or a map.
const MOST_SIDE: usize = 1024;
/// Most rows of the memory.
const MOST_PLACES: usize = 1024;
/// Most channels of a map.
const MOST_CHANNELS: usize = 1024;
/// Most numbers that one filter reads.
const MOST_COLUMNS: usize = 4096;
/// Widest window.
const MOST_KERNEL: usize = 15;
/// Longest stride.
const MOST_STRIDE: usize = 7;
/// Most padding of a side.
pub(super) const MOST_PADDING: usize = 7;

impl Config {
    pub(crate) fn check(&self) -> Result<(), Error> {
        self.picture.check()?;
        let layers = self.layers.len();
        if !(1..=MOST_LAYERS).contains(&layers) {
            let why = format!("has {layers} layers; it must have 1 to {MOST_LAYERS}");
            return wrong("encoder.layers", why);
        }
        let mut sizes = vec![self.picture.size()];
        for (i, layer) in self.layers.iter().enumerate() {
            let size = layer.check(&format!("encoder.layers.{i}"), sizes[i])?;
            sizes.push(size);
            if let Some(other) = layer.operation.behind().and_then(|behind| behind.add) {
                self.check_add(i, other, &sizes)?;
            }
        }
        let memory = self.output();
        if memory.places() > MOST_PLACES {
            let why = format!(
                "leave a map of {} × {} places; at most {MOST_PLACES} places can be looked at",
                memory.height, memory.width
            );
            return wrong("encoder.layers", why);
        }
        Ok(())
    }

    /// `sizes`: of the picture and of each map up to that of layer `i`.
    fn check_add(&self, i: usize, other: usize, sizes: &[Size]) -> Result<(), Error> {
        let field = format!("encoder.layers.{i}.add");
        if other >= i {
            let why = match i {
                0 => format!("is {other}; no layer comes before layer 0"),
                _ => format!("is {other}; it must be an earlier layer, 0 to {}", i - 1),
            };
            return wrong(field, why);
        }
        let (theirs, ours) = (sizes[other + 1], sizes[i + 1]);
        if theirs != ours {
            let why = format!(
                "is {other}, whose map has size {theirs}, but the one of layer {i} has {ours} \
                 (height × width × channels)"
            );
            return wrong(field, why);
        }
        match (other + 1..=i).find(|&between| self.layers[between].stride != 1) {
            Some(between) => {
                let stride = self.layers[between].stride;
                let why = format!(
                    "is {other}, but layer {between} between them has stride {stride}; it must be 1"
                );
                wrong(field, why)
            }
            None => Ok(()),
        }
    }
}

impl PictureConfig {
    fn check(&self) -> Result<(), Error> {
        within("encoder.picture.width", self.width, 1..=MOST_SIDE)?;
        within("encoder.picture.height", self.height, 1..=MOST_SIDE)?;
        let channels = self.channels;
        if channels != 1 && channels != 3 {
            return wrong("encoder.picture.channels", format!("is {channels}; it must be 1 or 3"));
        }
        for (name, values) in [("mean", &self.mean), ("deviation", &self.deviation)] {
            let (field, have) = (format!("encoder.picture.{name}"), values.len());
            if have != channels {
                let why = format!("has {have} numbers; it must have {channels}, one per channel");
                return wrong(field, why);
            }
            for &value in values {
                if name == "deviation" {
                    positive(&field, value)?;
                } else if !value.is_finite() {
                    return wrong(field, format!("has {value}; it must be numbers"));
                }
            }
        }
        Ok(())
    }
}

impl LayerConfig {
    /// The size of its map. `name`: of the layer · `input`: the map that it reads.
    fn check(&self, name: &str, input: Size) -> Result<Size, Error> {
        within(format!("{name}.kernel"), self.kernel, 1..=MOST_KERNEL)?;
        within(format!("{name}.stride"), self.stride, 1..=MOST_STRIDE)?;
        if let Operation::Conv { channels, .. } = self.operation {
            within(format!("{name}.channels"), channels, 1..=MOST_CHANNELS)?;
        }
        self.check_padding(name)?;
        let columns = self.columns(input);
        if columns > MOST_COLUMNS {
            let why = format!(
                "is {}, so that a filter reads {columns} numbers ({0} × {0} × {1} channels); \
                 at most {MOST_COLUMNS} can be",
                self.kernel,
                columns / (self.kernel * self.kernel)
            );
            return wrong(format!("{name}.kernel"), why);
        }
        if let Some(epsilon) = self.operation.behind().and_then(|behind| behind.norm) {
            positive(&format!("{name}.norm_epsilon"), epsilon)?;
        }
        let output = self.output(input);
        if output.places() == 0 {
            let Margins { top, left, bottom, right } = self.margins(input);
            let why = format!(
                "is {}, but the padded map that the layer reads is {} × {}",
                self.kernel,
                input.height + top + bottom,
                input.width + left + right
            );
            return wrong(format!("{name}.kernel"), why);
        }
        Ok(output)
    }

    fn check_padding(&self, name: &str) -> Result<(), Error> {
        let super::Padding::Sides(sides) = self.padding else { return Ok(()) };
        let field = format!("{name}.padding");
        within(&field, sides, 0..=MOST_PADDING)?;
        if sides >= self.kernel {
            let why = format!("is {sides}; it must be less than the kernel, {}", self.kernel);
            return wrong(field, why);
        }
        Ok(())
    }
}

fn within(
    field: impl Into<String>,
    value: usize,
    range: RangeInclusive<usize>,
) -> Result<(), Error> {
    if range.contains(&value) {
        return Ok(());
    }
    wrong(field, format!("is {value}; it must be {} to {}", range.start(), range.end()))
}
