//! What a heat map looks like, as ASCII pictures.

use embedded_graphics::draw_target::DrawTargetExt as _;
use embedded_graphics::geometry::{Point, Size};
use embedded_graphics::mock_display::MockDisplay;
use embedded_graphics::mono_font::iso_8859_1::FONT_4X6;
use embedded_graphics::pixelcolor::BinaryColor;
use embedded_graphics::primitives::Rectangle;
use heat_map::dither::dithered;
use heat_map::{HeatMap, Style};

const STYLE: Style = Style { font: &FONT_4X6, cell: 7, margin: 1 };
const ALL: u16 = 1 << 15;
const ROWS: [[u16; 2]; 2] = [[ALL, 0], [ALL / 4, ALL / 2]];

/// Two words and two words, on a display of this size.
fn drawn(width: u32, height: u32) -> MockDisplay<BinaryColor> {
    let map = HeatMap { source: &["a", "cat"], target: &["le", "h"], rows: &ROWS };
    let mut display = MockDisplay::new();
    let room = Rectangle::new(Point::zero(), Size::new(width, height));
    let Ok(()) = map.draw(&mut display.cropped(&room), &STYLE, BinaryColor::On, dithered);
    display
}

#[test]
fn all_words_have_room() {
    let picture = [
        "                        ",
        "                        ",
        "                  #  #  ",
        "                 ####   ",
        "                  #     ",
        "                        ",
        "                  ####  ",
        "                  #  #  ",
        "                   ##   ",
        "                        ",
        "           ####   #  #  ",
        "           #  #   #  #  ",
        "            ##     ##   ",
        "                        ",
        " ##                     ",
        "  #   #    ###### ......",
        "  #  # #   ###### ......",
        "  #  ##    ###### ......",
        " ###  ##   ###### ......",
        "           ###### ......",
        "           ###### ......",
        "     #                  ",
        "     ##    .#.#.# #.#.#.",
        "     # #   ...... .#.#.#",
        "     # #   .#.#.# #.#.#.",
        "     # #   ...... .#.#.#",
        "           .#.#.# #.#.#.",
        "           ...... .#.#.#",
    ];
    assert_eq!(drawn(25, 29), MockDisplay::from_pattern(&picture));
}

#[test]
fn words_of_the_source_give_way_first() {
    let picture = [
        "                  ",
        " ##               ",
        "  #   #    ### ...",
        "  #  # #   ### ...",
        "  #  ##    ### ...",
        " ###  ##   ### ...",
        "           ### ...",
        "     #            ",
        "     ##    .#. .#.",
        "     # #   ... #.#",
        "     # #   .#. .#.",
        "     # #   ... #.#",
        "           .#. .#.",
    ];
    assert_eq!(drawn(19, 15), MockDisplay::from_pattern(&picture));
}

#[test]
fn cells_stay_when_no_word_has_room() {
    let picture = ["         ", "  ### ...", "  ### ...", "  ... .#.", "  #.# #.#"];
    assert_eq!(drawn(10, 6), MockDisplay::from_pattern(&picture));
}

#[test]
fn a_picture_of_its_own_size_has_cells_of_their_own_side() {
    let map = HeatMap { source: &["a", "cat"], target: &["le", "h"], rows: &ROWS };
    assert_eq!(map.size(&STYLE), Size::new(25, 29));
}

#[test]
fn more_words_than_pixels_are_no_error() {
    let (words, rows) = ([""; 70], [[ALL; 70]; 70]);
    let map = HeatMap { source: &words, target: &words, rows: &rows };
    let mut display = MockDisplay::<BinaryColor>::new();
    display.set_allow_out_of_bounds_drawing(true);
    display.set_allow_overdraw(true);
    let Ok(()) = map.draw(&mut display, &STYLE, BinaryColor::On, dithered);
    assert_eq!(display.get_pixel(Point::new(63, 63)), Some(BinaryColor::On));
}
