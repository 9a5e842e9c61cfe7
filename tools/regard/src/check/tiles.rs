//! Pictures and captions: `tile TAB caption TAB boxes`, one a line, and a sheet of tiles.
//!
//! Lines with the same tile that follow each other are one item with several references. `boxes`:
//! `word:x0,y0,x1,y1+…` for each noun of the caption, between spaces; may be missing.

use super::data::{Item, Seen};
use super::pointing::{Box4, Nouns};
use crate::photo::Photo;
use crate::problem::Problem;
use regard::format::ConvolutionalDims;
use std::path::Path;

/// A wrong line, and what is wrong with it.
type Wrong = (usize, String);

/// Reads the items of a data file. `sheet`: the pictures.
pub(crate) fn read(
    path: &Path,
    sheet: &Path,
    model: &ConvolutionalDims,
) -> Result<Vec<Item>, Problem> {
    let text = super::data::text(path)?;
    let photo = Photo::read(sheet)?;
    let ((width, height), tile) = (photo.pixels.dimensions(), [model.width, model.height]);
    if !(width as usize).is_multiple_of(tile[0]) || !(height as usize).is_multiple_of(tile[1]) {
        let (have, tile) = (format!("{width} × {height}"), format!("{} × {}", tile[0], tile[1]));
        return Err(Problem::Tiles { path: sheet.into(), have, tile });
    }
    let sheet = Sheet { photo, model };
    sheet.items(&text).map_err(|wrong| match wrong {
        Failed::Line((line, what)) => Problem::Line { path: path.into(), line, what },
        Failed::Other(problem) => problem,
    })
}

struct Sheet<'m> {
    photo: Photo,
    model: &'m ConvolutionalDims,
}

enum Failed {
    Line(Wrong),
    Other(Problem),
}

impl From<Wrong> for Failed {
    fn from(wrong: Wrong) -> Self {
        Self::Line(wrong)
    }
}

impl Sheet<'_> {
    fn items(&self, text: &str) -> Result<Vec<Item>, Failed> {
        let mut items: Vec<Item> = Vec::new();
        let mut before = None;
        for (text, line) in text.lines().zip(1..) {
            let mut columns = text.split('\t');
            let tile = columns.next().and_then(|tile| tile.parse::<usize>().ok());
            let (Some(tile), Some(caption)) = (tile, columns.next()) else {
                return Err((
                    line,
                    "a line needs the number of a tile, a tab and a caption".into(),
                )
                    .into());
            };
            if before != Some(tile) {
                items.push(self.item(line, tile)?);
                before = Some(tile);
            }
            let Some(Item { references, seen: Some(seen), .. }) = items.last_mut() else {
                continue;
            };
            references.push(caption.into());
            self.add_boxes(&mut seen.nouns, caption, columns.next().unwrap_or(""))
                .map_err(|what| (line, what))?;
        }
        if items.is_empty() {
            return Err((1, "the file has no captions".to_owned()).into());
        }
        Ok(items)
    }

    /// An item without its captions.
    fn item(&self, line: usize, tile: usize) -> Result<Item, Failed> {
        let Some(picture) = self.photo.tile(tile, self.model) else {
            let (width, height) = self.photo.pixels.dimensions();
            let tiles = (width as usize / self.model.width) * (height as usize / self.model.height);
            return Err((line, format!("there is no tile {tile}; the sheet has {tiles}")).into());
        };
        let seen = Seen { picture: picture.map_err(Failed::Other)?, nouns: Nouns::default() };
        let source = format!("tile {tile}");
        Ok(Item { line, source, references: Vec::new(), gold: Vec::new(), seen: Some(seen) })
    }

    fn add_boxes(&self, nouns: &mut Nouns, caption: &str, boxes: &str) -> Result<(), String> {
        let words: Vec<&str> = caption.split_whitespace().collect();
        let map = self.model.size(self.model.count());
        for named in boxes.split_whitespace() {
            let (word, boxes) = named_boxes(named).ok_or_else(|| {
                format!("{named:?} is not a box; one is written word:x0,y0,x1,y1+…")
            })?;
            if word >= words.len() {
                let count = words.len();
                return Err(format!("{named:?} is of word {word}, but there are {count}, from 0"));
            }
            let picture = [self.model.width, self.model.height];
            nouns.add(&words, word, &boxes, picture, [map.width, map.height]);
        }
        Ok(())
    }
}

fn named_boxes(text: &str) -> Option<(usize, Vec<Box4>)> {
    let (word, boxes) = text.split_once(':')?;
    let corners = |text: &str| -> Option<Box4> {
        let numbers: Option<Vec<usize>> = text.split(',').map(|n| n.parse().ok()).collect();
        numbers?.try_into().ok()
    };
    Some((word.parse().ok()?, boxes.split('+').map(corners).collect::<Option<_>>()?))
}

#[cfg(test)]
mod tests {
    use super::{Failed, Sheet, named_boxes};
    use crate::photo::Photo;
    use image::RgbImage;
    use regard::format::ConvolutionalDims;

    fn refused(text: &str) -> (usize, String) {
        let model = ConvolutionalDims::new([4, 4, 3], &[]);
        let photo = Photo { pixels: RgbImage::new(8, 4) };
        match (Sheet { photo, model: &model }).items(text) {
            Err(Failed::Line(wrong)) => wrong,
            _ => panic!("{text:?} is right"),
        }
    }

    #[test]
    fn captions_of_a_tile_are_one_item() {
        let model = ConvolutionalDims::new([4, 4, 3], &[]);
        let sheet = Sheet { photo: Photo { pixels: RgbImage::new(8, 4) }, model: &model };
        let text = "0\ta red car\t2:0,0,2,2\n0\tsee a red car\n1\ta tree\t1:0,0,1,1+2,2,3,3\n";
        let Ok(items) = sheet.items(text) else { panic!() };
        let found: Vec<_> = items
            .iter()
            .map(|item| (item.line, item.references.len(), item.source.as_str()))
            .collect();
        assert_eq!(found, [(1, 2, "tile 0"), (3, 1, "tile 1")]);
    }

    #[test]
    fn wrong_lines_say_what_is_wrong() {
        assert_eq!(refused("0\ta\nx\tb").0, 2);
        assert_eq!(refused("2\ta").1, "there is no tile 2; the sheet has 2");
        assert!(refused("0\ta\t0:1,2,3").1.contains("\"0:1,2,3\" is not a box"));
        assert!(refused("0\ta\t1:1,2,3,4").1.contains("is of word 1, but there are 1, from 0"));
        assert_eq!(refused("").1, "the file has no captions");
    }

    #[test]
    fn boxes_are_joined_by_a_plus() {
        assert_eq!(named_boxes("3:1,2,3,4+5,6,7,8"), Some((3, vec![[1, 2, 3, 4], [5, 6, 7, 8]])));
        assert_eq!(named_boxes("3:1,2,-3,4"), None);
    }
}
