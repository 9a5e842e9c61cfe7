//! Shades on a display that knows none: more pixels are lit where the weight is larger.
//!
//! ```text
//!  0 8 2 a      a pixel is lit if the weight, in seventeenths, is larger than its number
//!  c 4 e 6
//!  3 b 1 9      weight 1/2:  █ █     7/8:  █ ██
//!  f 7 d 5                    █ █            █ ██ …
//! ```
//! Source: Bayer, *An optimum method for two-level rendition of continuous-tone pictures*, 1973.

use embedded_graphics::geometry::Point;
use embedded_graphics::pixelcolor::BinaryColor;

const ORDER: [[u8; 4]; 4] = [[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]];
const LEVELS: u32 = 17;

/// The colour of the pixel `at` for a weight in Q15: none is lit for less than 1/17, all for 16/17.
#[must_use]
pub fn dithered(weight: u16, at: Point) -> BinaryColor {
    let level = (u32::from(weight) * LEVELS) >> 15;
    let [x, y] = [at.x, at.y].map(|place| place.rem_euclid(4) as usize);
    let number = ORDER.get(y).and_then(|row| row.get(x)).copied().unwrap_or(0);
    BinaryColor::from(level > number.into())
}

#[cfg(test)]
mod tests {
    use super::dithered;
    use embedded_graphics::geometry::Point;

    fn lit(weight: u16) -> usize {
        let at = |place| Point::new(place % 4, place / 4 - 9);
        (0..16).filter(|&place| dithered(weight, at(place)).is_on()).count()
    }

    #[test]
    fn as_many_pixels_of_sixteen_are_lit_as_the_weight_says() {
        assert_eq!([0, 1927, 1928, 16384, 30840, 30841, 32768].map(lit), [0, 0, 1, 8, 15, 16, 16]);
    }

    #[test]
    fn a_pixel_once_lit_stays_lit_for_larger_weights() {
        for place in 0..16 {
            let at = Point::new(place % 4, place / 4);
            let lit = (0..=32768u16).step_by(16).map(|weight| dithered(weight, at).is_on());
            assert!(lit.is_sorted(), "{at}");
        }
    }
}
