//! Pictures as cameras give them, and as a convolutional encoder reads them.

use crate::Error;
use crate::format::{MapSize, Section};
use crate::layer::row_mut;

/// A picture of any size, row after row from the top.
///
/// A model takes the pixels nearest to its own: one read each, no row kept. The command `regard`
/// shrinks files by weighted means instead, so a firmware whose camera gives far larger pictures
/// than its model reads should do the same beforehand to see as well; at the model's own size both
/// see the same.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Picture<'p> {
    width: usize,
    height: usize,
    pixels: Pixels<'p>,
}

#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
enum Pixels<'p> {
    Grey(&'p [u8]),
    Rgb565(&'p [u8]),
    Rgb888(&'p [u8]),
    /// Red in the lowest byte, then green and blue.
    Words(&'p [u32]),
}

impl<'p> Picture<'p> {
    /// A byte a pixel: 0 is black.
    ///
    /// # Errors
    /// Sizes of 0 or above 65535, or another number of bytes than they say.
    pub fn grey(width: usize, height: usize, bytes: &'p [u8]) -> Result<Self, Error> {
        Self::new(width, height, 1, bytes.len(), Pixels::Grey(bytes))
    }

    /// Two bytes a pixel, the low one first; in the 16 bits red has the highest 5, then green 6,
    /// blue the lowest 5. A camera that sends the high byte first needs each pair swapped.
    ///
    /// # Errors
    /// As [`Self::grey`].
    pub fn rgb565(width: usize, height: usize, bytes: &'p [u8]) -> Result<Self, Error> {
        Self::new(width, height, 2, bytes.len(), Pixels::Rgb565(bytes))
    }

    /// Three bytes a pixel: red, green, blue.
    ///
    /// # Errors
    /// As [`Self::grey`].
    pub fn rgb888(width: usize, height: usize, bytes: &'p [u8]) -> Result<Self, Error> {
        Self::new(width, height, 3, bytes.len(), Pixels::Rgb888(bytes))
    }

    /// The picture of a self-test: its width and height in the halves of a word, then its pixels.
    pub(crate) fn of_words(words: &'p [u32]) -> Result<Self, Error> {
        let (&size, pixels) = words.split_first().unwrap_or((&0, &[]));
        let (width, height) = (size & 0xFFFF, size >> 16);
        Self::new(width as usize, height as usize, 1, pixels.len(), Pixels::Words(pixels))
    }

    fn new(
        width: usize,
        height: usize,
        size: usize,
        have: usize,
        pixels: Pixels<'p>,
    ) -> Result<Self, Error> {
        const MOST: usize = u16::MAX as usize;
        let need = width.saturating_mul(height).saturating_mul(size);
        if need != have || need == 0 || width > MOST || height > MOST {
            return Err(Error::BadPicture { width, height, need, have });
        }
        Ok(Self { width, height, pixels })
    }

    /// Red, green and blue at a pixel, or black outside.
    fn pixel(&self, x: usize, y: usize) -> [u8; 3] {
        let at = y.wrapping_mul(self.width).wrapping_add(x);
        match self.pixels {
            Pixels::Grey(bytes) => bytes.get(at).map(|&grey| [grey; 3]),
            Pixels::Rgb565(bytes) => bytes.as_chunks().0.get(at).map(|&pair| {
                let word = u16::from_le_bytes(pair);
                // The high bits again below the low ones: all ones stay all ones.
                let (r, g, b) = (word >> 11, word >> 5 & 63, word & 31);
                [r << 3 | r >> 2, g << 2 | g >> 4, b << 3 | b >> 2].map(|value| value as u8)
            }),
            Pixels::Rgb888(bytes) => bytes.as_chunks().0.get(at).copied(),
            Pixels::Words(words) => words.get(at).map(|&word| {
                let [r, g, b, _] = word.to_le_bytes();
                [r, g, b]
            }),
        }
        .unwrap_or_default()
    }

    /// Row `y` of the picture in the size of a model, as `scale` turns pixels into numbers:
    /// pixel · multiplier + offset. `out`: `[width × channels]`.
    pub(crate) fn row(&self, y: usize, size: MapSize, scale: &Section<'_>, out: &mut [i32]) {
        let scales = scale.words.as_chunks::<2>().0;
        let y = nearest(y, size.height, self.height);
        for x in 0..size.width {
            let out = row_mut(out, x, size.channels);
            let [r, g, b] = self.pixel(nearest(x, size.width, self.width), y);
            let pixel = if size.channels == 1 { [luma([r, g, b]); 3] } else { [r, g, b] };
            for ((out, value), &[multiplier, offset]) in out.iter_mut().zip(pixel).zip(scales) {
                let scaled = i32::from(value).wrapping_mul(multiplier as i32);
                *out = scaled.wrapping_add(offset as i32);
            }
        }
    }
}

/// The pixel of `have` whose middle is nearest to that of pixel `i` of `wanted`.
fn nearest(i: usize, wanted: usize, have: usize) -> usize {
    let middle = i.wrapping_mul(2).wrapping_add(1).wrapping_mul(have);
    middle.checked_div(wanted.wrapping_mul(2)).unwrap_or(0)
}

/// Brightness (ITU-R BT.601), rounded.
#[must_use]
pub fn luma([r, g, b]: [u8; 3]) -> u8 {
    let [r, g, b] = [(r, 77), (g, 150), (b, 29)].map(|(v, w)| u32::from(v).wrapping_mul(w));
    (r.wrapping_add(g).wrapping_add(b).wrapping_add(128) >> 8) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_is_white_in_every_format() {
        let white = [[255; 3]; 3];
        let pictures = [
            Picture::grey(1, 1, &[255]),
            Picture::rgb565(1, 1, &[255; 2]),
            Picture::rgb888(1, 1, &[255; 3]),
        ];
        assert_eq!(pictures.map(|picture| picture.unwrap().pixel(0, 0)), white);
        assert_eq!(luma([255; 3]), 255);
    }

    #[test]
    fn grey_is_grey() {
        assert!((0..=255).all(|grey| luma([grey; 3]) == grey));
    }

    #[test]
    fn formats_agree_on_colours() {
        for (word, rgb) in [
            (0xF800, [255, 0, 0]),
            (0x07E0, [0, 255, 0]),
            (0x001F, [0, 0, 255]),
            (0x8410, [132, 130, 132]),
        ] {
            let bytes = [word as u8, (word >> 8) as u8];
            assert_eq!(Picture::rgb565(1, 1, &bytes).unwrap().pixel(0, 0), rgb, "{word:04x}");
        }
        assert_eq!(Picture::rgb888(1, 1, &[1, 2, 3]).unwrap().pixel(0, 0), [1, 2, 3]);
        let words = [1 | 1 << 16, 0x0003_0201];
        assert_eq!(Picture::of_words(&words).unwrap().pixel(0, 0), [1, 2, 3]);
    }

    #[test]
    fn another_number_of_bytes_is_an_error_with_the_numbers_in_it() {
        let error = Picture::rgb888(2, 2, &[0; 11]).unwrap_err();
        assert_eq!(error, Error::BadPicture { width: 2, height: 2, need: 12, have: 11 });
        assert!(Picture::grey(0, 3, &[]).is_err());
        assert!(Picture::grey(usize::MAX, usize::MAX, &[0]).is_err());
    }

    #[test]
    fn a_picture_is_stretched_by_its_nearest_pixels() {
        let picture = Picture::grey(2, 1, &[10, 20]).unwrap();
        let section = Section { words: &[1, 0], rows: 1, columns: 1, ..Section::EMPTY };
        let mut out = [0; 4];
        picture.row(3, MapSize { height: 4, width: 4, channels: 1 }, &section, &mut out);
        assert_eq!(out, [10, 10, 20, 20]);
    }
}
