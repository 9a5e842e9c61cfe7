//! Pictures in files, and in the sizes that models read.

use crate::file;
use crate::problem::Problem;
use image::imageops::{self, FilterType};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder as _, ImageError, ImageReader, Limits, Rgb, RgbImage};
use regard::format::ConvolutionalDims;
use regard::luma;
use std::io::Cursor;
use std::path::Path;

/// Longest side of a file's picture: beyond all cameras, and far beyond all models.
const MOST_SIDE: u32 = 8192;
/// Most bytes of its pixels: a small file can claim, or be blown up to, any number.
const MOST_BYTES: u64 = 1 << 27;

/// A picture as its file has it, upright, on white where it is transparent.
pub(crate) struct Photo {
    pub(crate) pixels: RgbImage,
}

impl Photo {
    /// Reads a PNG or JPEG file, whatever its name says.
    pub(crate) fn read(path: &Path) -> Result<Self, Problem> {
        let wrong = |cause| match cause {
            ImageError::Limits(_) => Problem::Blown { path: path.into(), most: MOST_BYTES },
            cause => Problem::NotAPicture { path: path.into(), cause: Box::new(cause) },
        };
        let mut reader = ImageReader::new(Cursor::new(file::read(path)?)).with_guessed_format()?;
        let mut limits = Limits::no_limits();
        limits.max_alloc = Some(MOST_BYTES);
        reader.limits(limits);
        let mut decoder = reader.into_decoder().map_err(wrong)?;
        let ((width, height), have) = (decoder.dimensions(), decoder.total_bytes());
        if width.max(height) > MOST_SIDE {
            return Err(Problem::Sides { path: path.into(), width, height, most: MOST_SIDE });
        }
        if have > MOST_BYTES {
            let most = MOST_BYTES;
            return Err(Problem::Pixels { path: path.into(), width, height, have, most });
        }
        let turned = decoder.orientation().unwrap_or(Orientation::NoTransforms);
        let mut picture = DynamicImage::from_decoder(decoder).map_err(wrong)?;
        picture.apply_orientation(turned);
        Ok(Self { pixels: opaque(picture) })
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

/// Transparent pixels as if they lay on white.
fn opaque(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let picture = picture.into_rgba8();
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let [r, g, b, alpha] = picture.get_pixel(x, y).0.map(u32::from);
        Rgb([r, g, b].map(|value| ((value * alpha + 255 * (255 - alpha) + 127) / 255) as u8))
    })
}

#[cfg(test)]
mod tests {
    use super::{Photo, opaque};
    use image::{LumaA, Rgb, RgbImage, Rgba, RgbaImage};
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
    fn what_is_transparent_lies_on_white() {
        let clear = |alpha| opaque(RgbaImage::from_pixel(1, 1, Rgba([0, 100, 255, alpha])).into());
        assert_eq!(clear(0).get_pixel(0, 0), &Rgb([255; 3]));
        assert_eq!(clear(255).get_pixel(0, 0), &Rgb([0, 100, 255]));
        assert_eq!(clear(51).get_pixel(0, 0), &Rgb([204, 224, 255]));
        let grey = image::GrayAlphaImage::from_pixel(1, 1, LumaA([0, 0]));
        assert_eq!(opaque(grey.into()).get_pixel(0, 0), &Rgb([255; 3]));
    }
}
