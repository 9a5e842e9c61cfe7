//! Whether attention lies on a thing while its noun is said.
//!
//! A noun is what has boxes in the data; with the word before it (*red car*) it names what it is
//! looked for in. One that names nothing in the picture is looked for nowhere, and missed.
//!
//! * pointing: the share of nouns whose strongest place has its middle in a box;
//! * mass: the mean share of attention on places that have, over the same nouns.
//!
//! Both are those of [captioner_measures.py](../../../train/captioner_measures.py).

use super::share::Share;
use crate::answer::Step;
use std::collections::HashMap;

/// Pixels from the left and the top, of which the last ones are outside.
pub(crate) type Box4 = [usize; 4];

/// Which places each noun of a picture's captions may come from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Nouns(HashMap<[String; 2], Vec<bool>>);

impl Nouns {
    /// `words`: of a caption · `at`: the noun · `picture`, `map`: width and height in pixels, in
    /// places.
    pub(crate) fn add(
        &mut self,
        words: &[&str],
        at: usize,
        boxes: &[Box4],
        picture: [usize; 2],
        map: [usize; 2],
    ) {
        let named = phrase(words, at).map(str::to_owned);
        self.0.insert(named, inside(boxes, picture, map));
    }

    /// The noun itself, of each phrase.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(|[_, noun]| noun.as_str())
    }
}

/// A noun and the word before it, or nothing.
fn phrase<'w>(words: &[&'w str], at: usize) -> [&'w str; 2] {
    let before = at.checked_sub(1).and_then(|before| words.get(before));
    [before.copied().unwrap_or_default(), words.get(at).copied().unwrap_or_default()]
}

/// Whether the middle of each place is in one of the boxes, row by row.
fn inside(boxes: &[Box4], picture: [usize; 2], map: [usize; 2]) -> Vec<bool> {
    // Twice as large, so that middles are whole: (2i + 1) · picture / map of 2 · pixel.
    let between = |axis: usize, place: usize, from: usize, to: usize| {
        let middle = (2 * place + 1) * picture[axis];
        (2 * from * map[axis]..2 * to * map[axis]).contains(&middle)
    };
    let [width, height] = map;
    let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    places
        .map(|(x, y)| {
            boxes.iter().any(|&[x0, y0, x1, y1]| between(0, x, x0, x1) && between(1, y, y0, y1))
        })
        .collect()
}

/// Counted nouns of one model.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pointing {
    /// Nouns whose strongest place is inside.
    pub(crate) right: Share,
    mass: f64,
}

impl Pointing {
    /// Adds one answer. `words`: one per step · `known`: whether a word is a noun.
    pub(crate) fn add(
        &mut self,
        words: &[&str],
        steps: &[Step],
        nouns: &Nouns,
        known: impl Fn(&str) -> bool,
    ) {
        for (at, (word, step)) in words.iter().zip(steps).enumerate() {
            if !known(word) {
                continue;
            }
            let strongest = twin::argmax(step.alignment.iter().copied()) as usize;
            let inside = nouns.0.get(&phrase(words, at).map(str::to_owned));
            let inside = inside.map_or(&[][..], Vec::as_slice);
            self.right.add(inside.get(strongest).is_some_and(|&inside| inside));
            let weights = step.alignment.iter().zip(inside).filter(|(_, inside)| **inside);
            self.mass += weights.map(|(&weight, _)| f64::from(weight)).sum::<f64>();
        }
    }

    /// Mean attention inside, in percent.
    pub(crate) fn mass(&self) -> f64 {
        100.0 * self.mass / self.right.all.max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::{Nouns, Pointing, inside};
    use crate::answer::{Logits, Step};

    #[test]
    fn a_place_is_inside_when_its_middle_is() {
        // Places of 8 pixels: middles at 4 and 12.
        let of = |boxes| inside(&[boxes], [16, 16], [2, 2]);
        assert_eq!(of([0, 0, 5, 5]), [true, false, false, false]);
        assert_eq!(of([4, 0, 12, 16]), [true, false, true, false], "half open");
        assert_eq!(of([5, 12, 16, 13]), [false, false, false, true]);
        assert_eq!(inside(&[[0, 0, 8, 4]], [12, 4], [3, 1]), [true, true, false]);
    }

    fn step(alignment: &[f32]) -> Step {
        let logits = Logits { integers: None, exponent: None, floats: Vec::new() };
        Step { token: 0, alignment: alignment.into(), logits }
    }

    #[test]
    fn a_noun_is_looked_for_where_its_phrase_says() {
        let mut nouns = Nouns::default();
        let caption = ["a", "red", "car", "and", "a", "blue", "car"];
        nouns.add(&caption, 2, &[[0, 0, 1, 1]], [2, 1], [2, 1]);
        nouns.add(&caption, 6, &[[1, 0, 2, 1]], [2, 1], [2, 1]);
        let (left, right) = ([0.75, 0.25], [0.25, 0.75]);
        let mut pointing = Pointing::default();
        let mut say = |words: &[&str], rows: &[[f32; 2]]| {
            let steps: Vec<Step> = rows.iter().map(|row| step(row)).collect();
            pointing.add(words, &steps, &nouns, |word| word == "car");
            (pointing.right.right, pointing.right.all, pointing.mass())
        };
        assert_eq!(say(&["red", "car"], &[right, left]), (1, 1, 75.0));
        assert_eq!(say(&["blue", "car"], &[right, left]), (1, 2, 50.0));
        assert_eq!(say(&["green", "car"], &[right, left]).0, 1, "there is none");
        assert_eq!(say(&["a", "tree"], &[left, left]).1, 3, "no noun of the data");
    }
}
