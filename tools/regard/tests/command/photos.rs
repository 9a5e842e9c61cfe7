//! Files of pictures that mean harm, or that do not lie as they are stored.

use crate::bed::{converted_from, fails, pictured, regard, stderr, stdout};
use image::{DynamicImage, Rgb, RgbImage, Rgba, RgbaImage};
use std::fs;
use std::path::{Path, PathBuf};

/// Reads pictures of 16 × 16 pixels.
fn bed(test: &str) -> PathBuf {
    converted_from(&format!("photos-{test}"), |file| pictured("torch-like-our-own", file))
}

fn described(bed: &Path, picture: &str) -> String {
    let output = regard(bed, &["run", "m.rgd", "--picture", picture, "--json", "--logits"]);
    assert!(output.status.success(), "{picture}: {}", stderr(&output));
    // The file's name stands in the answer.
    stdout(&output).replace(picture, "")
}

/// CRC-32 of the chunks of PNG (ISO 3309).
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| crc >> 1 ^ (0xEDB8_8320 * (crc & 1)))
    })
}

/// A small PNG whose header claims another size.
fn claims(bed: &Path, name: &str, picture: &DynamicImage, width: u32, height: u32) {
    picture.save(bed.join(name)).expect("written");
    let mut bytes = fs::read(bed.join(name)).expect("there");
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = crc(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&sum.to_be_bytes());
    fs::write(bed.join(name), bytes).expect("written");
}

#[test]
fn a_header_that_claims_too_much_is_refused_with_numbers() {
    let bed = bed("claims");
    let run = |name: &str| regard(&bed, &["run", "m.rgd", "--picture", name]);
    let (grey, clear) = (DynamicImage::new_luma8(2, 2), DynamicImage::new_rgba16(2, 2));
    claims(&bed, "wide.png", &grey, 0x7FFF_FFFF, 2);
    fails(&run("wide.png"), 1, "wide.png takes more memory to read than 134217728 bytes");
    claims(&bed, "long.png", &grey, 1 << 20, 2);
    fails(&run("long.png"), 1, "long.png is 1048576 × 2 pixels large; sides of at most 8192");
    claims(&bed, "high.png", &grey, 8192, 8193);
    fails(&run("high.png"), 1, "high.png is 8192 × 8193 pixels large; sides of at most 8192");
    claims(&bed, "deep.png", &clear, 8192, 8192);
    let message =
        "8192 × 8192 pixels large, which take 536870912 bytes; at most 134217728 are read";
    fails(&run("deep.png"), 1, message);
    claims(&bed, "short.png", &grey, 4096, 4096);
    fails(&run("short.png"), 1, "short.png is not a picture");
}

#[test]
fn a_bomb_of_pixels_is_refused() {
    let bed = bed("bomb");
    let file = fs::File::create(bed.join("bomb.png")).expect("created");
    let mut encoder = png::Encoder::new(std::io::BufWriter::new(file), 20_000, 20_000);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header().expect("written");
    let mut rows = writer.stream_writer().expect("a stream");
    for _ in 0..20_000 {
        std::io::Write::write_all(&mut rows, &[0; 2500]).expect("written");
    }
    rows.finish().expect("written");
    writer.finish().expect("written");
    let size = fs::metadata(bed.join("bomb.png")).expect("there").len();
    assert!(size < 1 << 20, "{size} bytes are not little");
    let output = regard(&bed, &["run", "m.rgd", "--picture", "bomb.png"]);
    fails(&output, 1, "bomb.png is 20000 × 20000 pixels large; sides of at most 8192 are read");
}

#[test]
#[cfg(target_os = "linux")]
fn files_without_end_are_refused() {
    let bed = bed("endless");
    let message = "/dev/zero has 268435457 bytes or more; at most 268435456 are read";
    fails(&regard(&bed, &["run", "m.rgd", "--picture", "/dev/zero"]), 1, message);
    fails(&regard(&bed, &["inspect", "/dev/zero"]), 1, message);
    let convert = ["convert", "weights.safetensors", "--config", "/dev/zero", "-o", "x.rgd"];
    fails(&regard(&bed, &convert), 1, "/dev/zero has 67108865 bytes or more");
}

/// A JPEG with the orientation of EXIF behind its first mark (Exif 2.3, section 4.6.4).
fn turned(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let tag = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0];
    let mut exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01".to_vec();
    exif.extend(tag);
    exif.extend([0; 4]);
    let mut bytes = jpeg[..2].to_vec();
    bytes.extend([0xFF, 0xE1, 0, exif.len() as u8 + 2]);
    bytes.extend(exif);
    bytes.extend(&jpeg[2..]);
    bytes
}

#[test]
fn a_photo_stands_upright() {
    let bed = bed("upright");
    // Four patches of 8 × 8 pixels, so that JPEG keeps each as it is.
    let patches = [[250, 0, 0], [0, 250, 0], [0, 0, 250], [250, 250, 250]];
    let picture = RgbImage::from_fn(16, 16, |x, y| Rgb(patches[(y / 8 * 2 + x / 8) as usize]));
    picture.save(bed.join("flat.jpg")).expect("written");
    let jpeg = fs::read(bed.join("flat.jpg")).expect("there");
    let stored = image::open(bed.join("flat.jpg")).expect("a picture");
    let (unturned, mut said) = (described(&bed, "flat.jpg"), Vec::new());
    for (orientation, upright) in [
        (1, stored.clone()),
        (2, stored.fliph()),
        (3, stored.rotate180()),
        (4, stored.flipv()),
        (5, stored.rotate90().fliph()),
        (6, stored.rotate90()),
        (7, stored.rotate90().flipv()),
        (8, stored.rotate270()),
    ] {
        fs::write(bed.join("t.jpg"), turned(&jpeg, orientation)).expect("written");
        upright.save(bed.join("u.png")).expect("written");
        said.push(described(&bed, "t.jpg"));
        assert_eq!(said.last(), Some(&described(&bed, "u.png")), "orientation {orientation}");
    }
    assert_eq!(said[0], unturned);
    said.sort();
    said.dedup();
    assert_eq!(said.len(), 8, "all look different");
}

#[test]
fn what_is_transparent_is_white() {
    let bed = bed("clear");
    let half = |x: u32| x < 8;
    let clear = RgbaImage::from_fn(16, 16, |x, _| Rgba([9, 9, 200, if half(x) { 255 } else { 0 }]));
    clear.save(bed.join("clear.png")).expect("written");
    let white = RgbImage::from_fn(16, 16, |x, _| Rgb(if half(x) { [9, 9, 200] } else { [255; 3] }));
    white.save(bed.join("white.png")).expect("written");
    assert_eq!(described(&bed, "clear.png"), described(&bed, "white.png"));
}
