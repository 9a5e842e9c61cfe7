//! What a convolutional encoder is made of: the picture it reads, and its layers in order.

use super::conv_layer::{ConvLayer, MapSize};
use super::field::{self, HEADER_WORDS};
use super::limits::range;
use super::tri;
use crate::Error;
#[cfg(feature = "emit")]
use alloc::vec::Vec;

/// Most layers of a convolutional encoder.
pub const MAX_CONV_LAYERS: usize = 32;

/// A convolutional encoder. The places of its last layer's map are the memory, row by row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct ConvolutionalDims {
    /// Width of the picture.
    pub width: usize,
    /// Its height.
    pub height: usize,
    /// Its channels: 1 or 3.
    pub channels: usize,
    count: usize,
    layers: [[u32; 2]; MAX_CONV_LAYERS],
}

impl ConvolutionalDims {
    /// Of these layers, the lowest first; more than [`MAX_CONV_LAYERS`] are an error later.
    #[must_use]
    pub const fn new([width, height, channels]: [usize; 3], list: &[ConvLayer]) -> Self {
        let (mut layers, mut i) = ([ConvLayer::NONE; MAX_CONV_LAYERS], 0);
        while i < list.len() && i < MAX_CONV_LAYERS {
            layers[i] = list[i].to_words();
            i += 1;
        }
        Self { width, height, channels, count: list.len(), layers }
    }

    /// Number of layers.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.count
    }

    /// A layer; there must be one.
    #[must_use]
    pub const fn layer(&self, index: usize) -> ConvLayer {
        ConvLayer::from_words(if index < MAX_CONV_LAYERS {
            self.layers[index]
        } else {
            ConvLayer::NONE
        })
    }

    /// Number of layers with a filter.
    #[must_use]
    pub const fn filters(&self) -> usize {
        let (mut n, mut i) = (0usize, 0);
        while i < self.count {
            n = n.wrapping_add(self.layer(i).has_filter() as usize);
            i += 1;
        }
        n
    }

    /// The layer that has the filter number `n`; behind the last layer, if none has.
    #[must_use]
    pub const fn layer_of_filter(&self, n: usize) -> usize {
        let (mut before, mut i) = (0usize, 0);
        while i < self.count {
            if self.layer(i).has_filter() {
                if before == n {
                    break;
                }
                before = before.wrapping_add(1);
            }
            i += 1;
        }
        i
    }

    /// What the layer at `index` reads; behind the last one, the memory.
    #[must_use]
    pub const fn size(&self, index: usize) -> MapSize {
        let (height, width, channels) = (self.height, self.width, self.channels);
        let (mut size, mut i) = (MapSize { height, width, channels }, 0);
        while i < index {
            size = self.layer(i).output(size);
            i += 1;
        }
        size
    }

    /// Numbers in a row of what the layer at `index` reads, with the zeros at its ends.
    #[must_use]
    pub const fn row_len(&self, index: usize) -> usize {
        self.row_len_of(index, self.size(index))
    }

    /// The same where the size is known.
    pub(crate) const fn row_len_of(&self, index: usize, size: MapSize) -> usize {
        let [_, left, _, right] = self.layer(index).zeros();
        size.width.wrapping_add(left).wrapping_add(right).wrapping_mul(size.channels)
    }

    /// The rows that must be kept of what the layer at `index` reads: those of its window, and
    /// those that a later layer will add to what it makes of them; never more than there are.
    #[must_use]
    pub const fn kept_rows(&self, index: usize) -> usize {
        self.kept_rows_of(index, self.size(index).height)
    }

    /// The same of as many as there are.
    pub(crate) const fn kept_rows_of(&self, index: usize, height: usize) -> usize {
        let mut rows = self.layer(index).kernel;
        let (mut later, mut ahead) = (index, 0usize);
        while later < self.count {
            let layer = self.layer(later);
            ahead = ahead.wrapping_add(layer.kernel.wrapping_sub(layer.padding[0] as usize));
            if layer.add > 0 && self.added(later) == index {
                rows = if rows > ahead { rows } else { ahead };
            }
            ahead = ahead.wrapping_sub(1);
            later += 1;
        }
        if rows < height { rows } else { height }
    }

    /// Every size is in range, every window fits.
    pub(crate) const fn check(&self) -> Result<(), Error> {
        tri!(range(self.width as u32, 1, 1024, "picture's width"));
        tri!(range(self.height as u32, 1, 1024, "picture's height"));
        let least = if self.channels == 1 { 1 } else { 3 };
        tri!(range(self.channels as u32, least, least, "picture's channels"));
        tri!(range(self.count as u32, 1, MAX_CONV_LAYERS as u32, "convolutional layers"));
        let mut i = 0;
        while i < self.count {
            let layer = self.layer(i);
            tri!(layer.check(i, self.size(i)));
            if layer.add > 0 {
                tri!(self.check_residual(self.added(i), i.wrapping_add(1)));
            }
            i += 1;
        }
        Ok(())
    }

    /// The map that the layer at `index` adds, if it adds one.
    pub(crate) const fn added(&self, index: usize) -> usize {
        index.wrapping_add(1).wrapping_sub(self.layer(index).add)
    }

    /// The maps are of one size, and no row between them is left out.
    const fn check_residual(&self, added: usize, own: usize) -> Result<(), Error> {
        let (a, b) = (self.size(added), self.size(own));
        tri!(range(a.height as u32, b.height as u32, b.height as u32, "height of a residual"));
        tri!(range(a.width as u32, b.width as u32, b.width as u32, "width of a residual"));
        tri!(range(
            a.channels as u32,
            b.channels as u32,
            b.channels as u32,
            "channels of a residual"
        ));
        let mut between = added;
        while between < own {
            tri!(range(self.layer(between).stride as u32, 1, 1, "stride of a residual"));
            between = between.wrapping_add(1);
        }
        Ok(())
    }

    pub(crate) const fn parse(words: &[u32]) -> Result<Self, Error> {
        let (size, [channels, count, rest @ ..]) =
            (words[field::PICTURE], words[field::PICTURE_LAYERS].to_le_bytes());
        tri!(range(u16::from_le_bytes(rest) as u32, 0, 0, "picture's reserved bytes"));
        let (mut layers, mut i) = ([ConvLayer::NONE; MAX_CONV_LAYERS], 0);
        while i < count as usize && i < MAX_CONV_LAYERS {
            let at = HEADER_WORDS.wrapping_add(i.wrapping_mul(2));
            let (_, rest) = words.split_at(if at < words.len() { at } else { words.len() });
            let Some(&layer) = rest.first_chunk::<2>() else {
                let (need, have) =
                    (at.wrapping_add(2).wrapping_mul(4), words.len().wrapping_mul(4));
                return Err(Error::Truncated { need, have });
            };
            tri!(range(layer[0] >> 30, 0, 0, "convolution's reserved bits"));
            tri!(range(layer[0] >> 2 & 3, 0, 2, "convolution's activation"));
            layers[i] = layer;
            i += 1;
        }
        let (width, height) = (size as u16 as usize, (size >> 16) as usize);
        let dims =
            Self { width, height, channels: channels as usize, count: count as usize, layers };
        tri!(dims.check());
        Ok(dims)
    }

    #[cfg(feature = "emit")]
    pub(crate) fn write(&self, words: &mut Vec<u32>) {
        words[field::PICTURE] = self.width as u32 | (self.height as u32) << 16;
        words[field::PICTURE_LAYERS] = self.channels as u32 | (self.count as u32) << 8;
        words.extend(self.layers.iter().take(self.count).flatten());
    }
}
