//! An alignment as a heat map: source words across, target words down, on whatever
//! embedded-graphics can draw on. One drawing, for the OLED of a board and for the pictures of the
//! command on a PC.
//!
//! ```text
//!        d
//!      i r m           words of the source, from the bottom up
//!      n i i
//!      k n l
//!  je  █ ░             a cell: how much of the word on the left comes from the word above
//!  bois  ▓ ▒
//! ```
//! Limits: where there is no room for all words those of the source are left out, then those of the
//! target; a cell has at least one pixel, and what lies outside is not drawn.

#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

pub mod dither;
pub mod label;
mod upright;

use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::{Point, Size};
use embedded_graphics::mono_font::MonoFont;
use embedded_graphics::primitives::{PointsIter as _, Rectangle};
use upright::Upright;

/// How large things are drawn, in pixels.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// The letters.
    pub font: &'static MonoFont<'static>,
    /// The side of a cell where there is room for it.
    pub cell: u32,
    /// Between words and cells, and around everything.
    pub margin: u32,
}

/// Words, and where each came from.
#[derive(Debug)]
pub struct HeatMap<'a, S, T, R> {
    /// The words of the source.
    pub source: &'a [S],
    /// The words of the target.
    pub target: &'a [T],
    /// Per word of the target: a weight per word of the source, in Q15.
    pub rows: &'a [R],
}

impl<S: AsRef<str>, T: AsRef<str>, R: AsRef<[u16]>> HeatMap<'_, S, T, R> {
    /// The smallest picture on which nothing is left out, and cells have their side.
    #[must_use]
    pub fn size(&self, style: &Style) -> Size {
        let layout = Layout { target: true, source: true, cell: Size::new_equal(style.cell) };
        let cells =
            Size::new(style.cell * self.source.len() as u32, style.cell * self.target.len() as u32);
        self.corner(style, &layout) + cells + Size::new_equal(style.margin)
    }

    /// Draws it over all of `target`, which has its background already.
    ///
    /// `shade`: the colour of a pixel in a cell of this weight.
    ///
    /// # Errors
    /// Those of `target`.
    pub fn draw<D: DrawTarget>(
        &self,
        target: &mut D,
        style: &Style,
        ink: D::Color,
        shade: impl Fn(u16, Point) -> D::Color,
    ) -> Result<(), D::Error> {
        let layout = self.layout(style, target.bounding_box().size);
        let corner = self.corner(style, &layout);
        let first = Rectangle::new(Point::zero() + corner, layout.cell);
        let at = |column: usize, row: usize| {
            let (x, y) = (layout.cell.width * column as u32, layout.cell.height * row as u32);
            Rectangle::new(first.top_left + Size::new(x, y), layout.cell)
        };
        for (column, word) in self.source.iter().enumerate().filter(|_| layout.source) {
            label_above(word.as_ref(), target, style, at(column, 0), ink)?;
        }
        for (row, word) in self.target.iter().enumerate().filter(|_| layout.target) {
            label_before(word.as_ref(), target, style, at(0, row), ink)?;
        }
        for (row, (weights, _)) in self.rows.iter().zip(self.target).enumerate() {
            for (column, (weight, _)) in weights.as_ref().iter().zip(self.source).enumerate() {
                let cell = inside(at(column, row));
                let colours = cell.points().map(|point| shade(*weight, point));
                target.fill_contiguous(&cell, colours)?;
            }
        }
        Ok(())
    }

    /// The upper left corner of the first cell, behind the words that are drawn.
    fn corner(&self, style: &Style, layout: &Layout) -> Size {
        let margins = |labels: bool| style.margin * (1 + u32::from(labels));
        let left = if layout.target { longest(self.target, style.font) } else { 0 };
        let top = if layout.source { longest(self.source, style.font) } else { 0 };
        Size::new(left + margins(layout.target), top + margins(layout.source))
    }

    /// As many words as there is room for.
    fn layout(&self, style: &Style, room: Size) -> Layout {
        let letter = label::height(style.font);
        let with = |[target, source]: [bool; 2]| {
            let labels = Layout { target, source, cell: Size::zero() };
            let corner = self.corner(style, &labels) + Size::new_equal(style.margin);
            let free = room.saturating_sub(corner);
            let side = |free: u32, count: usize| (free / (count as u32).max(1)).min(style.cell);
            let cell = Size::new(
                side(free.width, self.source.len()),
                side(free.height, self.target.len()),
            );
            Layout { cell, ..labels }
        };
        let fits = |layout: &Layout| {
            let words_fit = !layout.target || layout.cell.height >= letter;
            let columns_fit = !layout.source || layout.cell.width >= letter;
            words_fit && columns_fit && layout.cell.width > 0 && layout.cell.height > 0
        };
        let kinds = [[true, true], [true, false], [false, true]];
        let Layout { target, source, cell } =
            kinds.map(with).into_iter().find(fits).unwrap_or(with([false, false]));
        Layout { target, source, cell: cell.component_max(Size::new_equal(1)) }
    }
}

/// Which words are drawn, and the size of a cell.
#[derive(Clone, Copy, Debug)]
struct Layout {
    target: bool,
    source: bool,
    cell: Size,
}

/// From the bottom up, in the middle of a column that begins with `cell`.
fn label_above<D: DrawTarget>(
    word: &str,
    target: &mut D,
    style: &Style,
    cell: Rectangle,
    ink: D::Color,
) -> Result<(), D::Error> {
    let middle = (cell.size.width - label::height(style.font)) / 2;
    let start = cell.top_left + Point::new(middle as i32, -1 - style.margin as i32);
    label::draw(word, &mut Upright { target, start }, style.font, Point::zero(), ink)
}

/// As far to the right as it goes in front of `cell`.
fn label_before<D: DrawTarget>(
    word: &str,
    target: &mut D,
    style: &Style,
    cell: Rectangle,
    ink: D::Color,
) -> Result<(), D::Error> {
    let middle = (cell.size.height - label::height(style.font)) / 2;
    let left = style.margin + label::width(word, style.font);
    let at = cell.top_left + Point::new(-(left as i32), middle as i32);
    label::draw(word, target, style.font, at, ink)
}

/// What of a cell is filled: not its first row and column, if it has more than two.
fn inside(cell: Rectangle) -> Rectangle {
    let gap = |side: u32| u32::from(side > 2);
    let gap = Size::new(gap(cell.size.width), gap(cell.size.height));
    Rectangle::new(cell.top_left + gap, cell.size - gap)
}

fn longest(words: &[impl AsRef<str>], font: &MonoFont<'_>) -> u32 {
    words.iter().map(|word| label::width(word.as_ref(), font)).max().unwrap_or(0)
}
