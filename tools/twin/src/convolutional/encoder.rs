//! The convolutional encoder: a picture in, a row per place of the last map out.

use super::{Config, Layer, PictureConfig};
use crate::{Error, Memory, Observer, Picture, Site, Weights};
use ndarray::Array3;

/// Layers of the encoder, and how it reads a picture.
#[derive(Clone, Debug)]
pub struct EncoderWeights {
    /// Size, mean and deviation of what the first layer reads.
    pub picture: PictureConfig,
    /// In order.
    pub layers: Vec<Layer>,
}

impl EncoderWeights {
    pub(crate) fn new(weights: &mut Weights, c: &Config) -> Result<Self, Error> {
        let layer =
            |(i, (layer, input))| Layer::new(weights, &format!("encoder.layers.{i}"), layer, input);
        let layers = c.layers.iter().zip(c.sizes()).enumerate().map(layer);
        let layers = layers.collect::<Result<_, _>>()?;
        Ok(Self { picture: c.picture.clone(), layers })
    }

    /// The memory of a picture; its observers see every place of every map, row by row.
    pub(crate) fn encode(
        &self,
        picture: &Picture,
        observer: &mut impl Observer,
    ) -> Result<Memory, Error> {
        let first = self.picture.read(picture)?;
        let mut maps: Vec<Array3<f32>> = Vec::with_capacity(self.layers.len());
        for (i, layer) in self.layers.iter().enumerate() {
            let map = layer.apply(maps.last().unwrap_or(&first), &maps);
            show_places(observer, Site::EncoderLayer(i), &map);
            maps.push(map);
        }
        let last = maps.pop().unwrap_or(first);
        show_places(observer, Site::Memory, &last);
        let (height, width, channels) = last.dim();
        let rows = last.into_shape_with_order((height * width, channels));
        let rows = rows.expect("places row by row are rows");
        Ok(Memory::without_finals(rows, vec![true; height * width]))
    }
}

impl PictureConfig {
    /// `(p/255 − mean) / deviation` of each byte: `[height, width, channels]`.
    ///
    /// # Errors
    /// A picture of another size.
    pub fn read(&self, picture: &Picture) -> Result<Array3<f32>, Error> {
        let need = [self.height, self.width, self.channels];
        if picture.size() != need {
            return Err(Error::Picture { have: picture.size(), need });
        }
        let pixels = picture.bytes().iter().zip((0..self.channels).cycle());
        let values =
            pixels.map(|(&p, c)| (f32::from(p) / 255.0 - self.mean[c]) / self.deviation[c]);
        let values: Vec<f32> = values.collect();
        Ok(Array3::from_shape_vec(need, values).expect("the picture has this size"))
    }
}

/// Position: `y · width + x`.
fn show_places(observer: &mut impl Observer, site: Site, map: &Array3<f32>) {
    let rows = map.outer_iter();
    let places =
        rows.flat_map(|row| row.outer_iter().map(|place| place.to_vec()).collect::<Vec<_>>());
    for (position, place) in places.enumerate() {
        observer.observe(site, position, &place);
    }
}
