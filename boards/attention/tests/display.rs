//! What the display of a board shows, on the host: `cargo xtask boards` compares the display of the
//! emulated Pico with the same picture.

use app::Source;
use attention::{MOST, Screen, Shown};
use core::convert::Infallible;
use embedded_graphics::Pixel;
use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::{OriginDimensions, Size};
use embedded_graphics::pixelcolor::BinaryColor;
use regard::family::Recurrence;
use regard::{Model, Recurrent, include_model};

static MODEL: Model = include_model!("../../../models/eng-fra-additive/eng-fra-additive.rgd");
const PICTURE: &str = include_str!("display.pbm");
const SENTENCE: &str = "does your brother drink cold milk ?";

const WIDTH: usize = 128;
const HEIGHT: usize = 64;

/// A display that keeps what was last shown.
struct Display {
    drawn: [[bool; WIDTH]; HEIGHT],
    shown: [[bool; WIDTH]; HEIGHT],
    times: usize,
}

impl Display {
    const DARK: Self =
        Self { drawn: [[false; WIDTH]; HEIGHT], shown: [[false; WIDTH]; HEIGHT], times: 0 };

    /// As the emulator writes it.
    fn pbm(&self) -> String {
        let digit = |lit: &bool| if *lit { '1' } else { '0' };
        let line = |row: &[bool; WIDTH]| row.iter().map(digit).chain(['\n']).collect::<String>();
        let rows: String = self.shown.iter().map(line).collect();
        format!("P1\n{WIDTH} {HEIGHT}\n{rows}")
    }

    fn lit(&self) -> usize {
        self.shown.iter().flatten().filter(|lit| **lit).count()
    }
}

impl OriginDimensions for Display {
    fn size(&self) -> Size {
        Size::new(WIDTH as u32, HEIGHT as u32)
    }
}

impl DrawTarget for Display {
    type Color = BinaryColor;
    type Error = Infallible;

    fn draw_iter<I: IntoIterator<Item = Pixel<BinaryColor>>>(
        &mut self,
        pixels: I,
    ) -> Result<(), Infallible> {
        for Pixel(at, colour) in pixels {
            let row = usize::try_from(at.y).ok().and_then(|y| self.drawn.get_mut(y));
            let place = usize::try_from(at.x).ok();
            if let Some(pixel) = row.zip(place).and_then(|(row, x)| row.get_mut(x)) {
                *pixel = colour.is_on();
            }
        }
        Ok(())
    }
}

impl Screen for Display {
    fn show(&mut self) {
        self.shown = self.drawn;
        self.times += 1;
    }
}

/// Says a sentence; the words, and the display afterwards.
fn said(sentence: &str) -> (Vec<String>, Display) {
    let arena = vec![0u32; MODEL.arena_bytes().div_ceil(4)].leak();
    let mut engine = Recurrent::new(&MODEL, bytemuck::cast_slice_mut(arena)).expect("an engine");
    let mut shown = Shown::new(&MODEL, Display::DARK);
    let mut said = Vec::new();
    for word in shown.start(&mut engine, sentence).expect("words of the model") {
        said.push(word.text.to_owned());
        Source::<Recurrence>::hear(&mut shown, &word);
    }
    (said, shown.into_screen())
}

#[test]
fn the_display_shows_what_the_emulated_board_shows() {
    let (words, display) = said(SENTENCE);
    assert_eq!(display.pbm(), PICTURE, "after {words:?}");
    assert_eq!(display.times, words.len(), "a picture for each word");
}

#[test]
fn words_that_have_no_room_are_said_all_the_same() {
    let long = ["i drink milk and"; MOST].map(str::to_owned).join(" ");
    let sentence: Vec<&str> = long.split(' ').take(MOST + 8).collect();
    let (words, display) = said(&sentence.join(" "));
    assert!(!words.is_empty() && display.times <= MOST && display.lit() > 0);
}
