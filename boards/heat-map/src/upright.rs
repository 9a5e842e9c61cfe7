//! A canvas turned by a quarter, so that what is written on it reads from the bottom up.

use embedded_graphics::Pixel;
use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::{Dimensions, Point};
use embedded_graphics::primitives::Rectangle;

/// Draws on `target`: to the right is up, down is to the right.
pub(crate) struct Upright<'t, D> {
    pub(crate) target: &'t mut D,
    /// Where the origin comes to lie.
    pub(crate) start: Point,
}

impl<D: DrawTarget> Dimensions for Upright<'_, D> {
    fn bounding_box(&self) -> Rectangle {
        let whole = self.target.bounding_box();
        let left_below =
            Point::new(whole.top_left.x, whole.top_left.y + whole.size.height as i32 - 1);
        let from_start = left_below - self.start;
        let size = whole.size;
        Rectangle::new(
            Point::new(-from_start.y, from_start.x),
            embedded_graphics::geometry::Size::new(size.height, size.width),
        )
    }
}

impl<D: DrawTarget> DrawTarget for Upright<'_, D> {
    type Color = D::Color;
    type Error = D::Error;

    fn draw_iter<I: IntoIterator<Item = Pixel<D::Color>>>(
        &mut self,
        pixels: I,
    ) -> Result<(), D::Error> {
        let start = self.start;
        let turned = |Pixel(at, colour)| Pixel(start + Point::new(at.y, -at.x), colour);
        self.target.draw_iter(pixels.into_iter().map(turned))
    }
}
