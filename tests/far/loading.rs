//! Loading: how much RAM it takes, and files that are not as they should be.

use super::{Chip, some_of_each};
use crate::variants::{Noise, every_variant, file};
use regard::Error;
use regard::far::FarFlash;
use regard::format::Model;
use regard::format::emit::seal;

#[test]
fn too_little_buffer_or_ram_is_an_error_with_what_it_takes() {
    for dims in every_variant() {
        let file = file(&dims, 38);
        let model = Model::parse(&file).expect("parses");
        let (buffer, ram) = (model.far_buffer_words(), model.resident_words());
        let load = |buffer: usize, ram: usize| {
            let (mut buffer, mut ram) = (vec![0; buffer], vec![0; ram]);
            let flash = FarFlash::new(Chip::new(&file), &mut buffer);
            Model::load_far(&flash, &mut ram).map(|_| ())
        };
        assert_eq!(load(buffer, ram), Ok(()));
        let small = Error::BufferTooSmall { need: 4 * buffer, have: 4 * buffer - 8 };
        assert_eq!(load(buffer - 2, ram), Err(small));
        let small = Error::ArenaTooSmall { need: 4 * ram, have: 4 * ram - 4 };
        assert_eq!(load(buffer, ram - 1), Err(small));
        assert!(matches!(load(0, 0), Err(Error::BufferTooSmall { need: 64, have: 0 })));
    }
}

/// What loading a file says, from far and in place.
fn load_both(words: &[u32]) -> [Result<(), Error>; 2] {
    let (mut buffer, mut ram) = (vec![0; 1 << 12], vec![0; 1 << 12]);
    let flash = FarFlash::new(Chip::new(words), &mut buffer);
    let near = Model::parse(words).and_then(|model| model.verify());
    [Model::load_far(&flash, &mut ram).map(|_| ()), near]
}

#[test]
fn a_damaged_file_is_the_same_error_as_in_place() {
    for dims in some_of_each() {
        let honest = file(&dims, 39);
        let mut noise = Noise::new(40);
        for at in (0..honest.len()).step_by(1 + honest.len() / 400) {
            let mut words = honest.clone();
            words[at] ^= 1 << noise.below(32);
            // Another length is no damage that a flash without an end could notice by it.
            if at != 2 {
                let [far, near] = load_both(&words);
                // The header's checksum is looked at before what the directory says.
                let header = matches!(far, Err(Error::HeaderChecksum { .. }));
                assert!(far.is_err() && (far == near || header), "word {at} of {dims:?}");
            }
        }
    }
}

#[test]
fn lies_with_the_right_checksum_are_the_same_error_as_in_place() {
    for dims in some_of_each() {
        let honest = file(&dims, 41);
        let mut refused = 0;
        for at in (7..honest.len()).step_by(1 + honest.len() / 1000) {
            let mut words = honest.clone();
            words[at] = [0x8000_8000, 0x7F80_7F80, !0, 1 << 31][at % 4];
            seal(&mut words);
            let [far, near] = load_both(&words);
            // What has no room is not asked any further.
            let small =
                matches!(far, Err(Error::ArenaTooSmall { .. } | Error::BufferTooSmall { .. }));
            assert!(far == near || small && near.is_err(), "{far:?} {near:?} word {at}, {dims:?}");
            refused += usize::from(far.is_err());
        }
        assert!(refused > 100, "{refused}");
    }
}
