//! Pictures in files, and in the sizes that models read.

use crate::file;
use crate::problem::Problem;
use image::imageops::{self, FilterType};
use image::{ImageReader, RgbImage};
use regard::format::ConvolutionalDims;
use std::io::Cursor;
use std::path::Path;

/// A picture as its file has it.
pub(crate) struct Photo {
    pub(crate) pixels: RgbImage,
}

impl Photo {
    /// Reads a PNG or JPEG file, whatever its name says.
    pub(crate) fn read(path: &Path) -> Result<Self, Problem> {
        let bytes = file::read(path)?;
        let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format()?;
        let picture = reader
            .decode()
            .map_err(|cause| Problem::NotAPicture { path: path.into(), cause: Box::new(cause) })?;
        Ok(Self { pixels: picture.into_rgb8() })
    }

    /// In a model's own size and channels, stretched where its sides have another ratio.
    pub(crate) fn fit(&self, model: &ConvolutionalDims) -> Result<twin::Picture, Problem> {
        let (width, height) = (model.width as u32, model.height as u32);
        if self.pixels.dimensions() == (width, height) {
            return in_channels(&self.pixels, model.channels);
        }
        let pixels = imageops::resize(&self.pixels, width, height, FilterType::Triangle);
        in_channels(&pixels, model.channels)
    }

    /// The tile number `index` of a sheet of pictures in a model's own size; `None` behind the last.
    pub(crate) fn tile(
        &self,
        index: usize,
        model: &ConvolutionalDims,
    ) -> Option<Result<twin::Picture, Problem>> {
        let (width, height) = (model.width as u32, model.height as u32);
        let columns = (self.pixels.width() / width) as usize;
        let (x, y) = (index.checked_rem(columns)?, index.checked_div(columns)?);
        let rows = (self.pixels.height() / height) as usize;
        let tile = (y < rows).then(|| {
            imageops::crop_imm(&self.pixels, x as u32 * width, y as u32 * height, width, height)
        })?;
        Some(in_channels(&tile.to_image(), model.channels))
    }
}

fn in_channels(pixels: &RgbImage, channels: usize) -> Result<twin::Picture, Problem> {
    let (width, height) = (pixels.width() as usize, pixels.height() as usize);
    let bytes = match channels {
        1 => pixels.pixels().map(|pixel| luma(pixel.0)).collect(),
        _ => pixels.as_raw().clone(),
    };
    Ok(twin::Picture::new([height, width, channels], bytes)?)
}

/// Brightness (ITU-R BT.601), as the engine rounds it.
fn luma([r, g, b]: [u8; 3]) -> u8 {
    ((77 * u32::from(r) + 150 * u32::from(g) + 29 * u32::from(b) + 128) >> 8) as u8
}

#[cfg(test)]
mod tests {
    use super::{Photo, luma};
    use image::{Rgb, RgbImage};
    use regard::format::ConvolutionalDims;

    #[test]
    fn tiles_are_numbered_row_by_row() {
        let pixels = RgbImage::from_fn(6, 4, |x, y| Rgb([x as u8, y as u8, 0]));
        let (photo, model) = (Photo { pixels }, ConvolutionalDims::new([3, 2, 3], &[]));
        let corner = |index| {
            let tile = photo.tile(index, &model)?.expect("of the right size");
            Some([tile.bytes()[0], tile.bytes()[1]])
        };
        let corners = [0, 1, 2, 3, 4].map(corner);
        assert_eq!(corners, [Some([0, 0]), Some([3, 0]), Some([0, 2]), Some([3, 2]), None]);
    }

    #[test]
    fn pictures_of_the_right_size_stay_as_they_are() {
        let pixels = RgbImage::from_fn(5, 3, |x, y| Rgb([x as u8 * 50, y as u8 * 80, 7]));
        let photo = Photo { pixels: pixels.clone() };
        let picture = photo.fit(&ConvolutionalDims::new([5, 3, 3], &[])).expect("it fits");
        assert_eq!(picture.bytes(), pixels.as_raw());
        let picture = photo.fit(&ConvolutionalDims::new([7, 2, 3], &[])).expect("it fits");
        assert_eq!(picture.size(), [2, 7, 3]);
    }

    #[test]
    fn grey_is_grey() {
        assert!((0..=255).all(|grey| luma([grey; 3]) == grey));
    }
}
