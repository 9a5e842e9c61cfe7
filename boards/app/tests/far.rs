//! A model in a flash chip on an SPI bus, read by a driver for it: what goes over the wires, the same
//! words, and what fails.

use app::NoPin;
use app::far::{Failed, Log, Nor, Played};
use embedded_hal_mock::eh1::spi::{Mock, Transaction};
use regard::far::FarFlash;
use regard::{Error, Model, SelfTest, Transformer, include_model};
use w25q32jv::W25q32jv;

static MODEL: Model = include_model!("../../../models/eng-fra-tiny/eng-fra-tiny.rgd");
static FILE: &[u8] = include_bytes!("../../../models/eng-fra-tiny/eng-fra-tiny.rgd");

/// Where the file starts in the chip.
const BASE: u32 = 0x1_2000;

/// The driver of the chip behind `spi`.
fn driver<SPI: embedded_hal::spi::SpiDevice>(spi: SPI) -> W25q32jv<SPI, NoPin, NoPin> {
    W25q32jv::new(spi, NoPin, NoPin).expect("pins that are not there do not fail")
}

#[test]
fn parts_of_the_file_are_asked_for_by_the_read_command_from_where_the_file_is() {
    // A header of 64 words, in halves of 40: one of them is under way while the other is looked at.
    let header = [0xA5; 256];
    let read = |at: u32, bytes: &[u8]| {
        let [_, address @ ..] = (BASE + at).to_be_bytes();
        [
            Transaction::transaction_start(),
            Transaction::write_vec([&[0x03], &address[..]].concat()),
            Transaction::read_vec(bytes.to_vec()),
            Transaction::transaction_end(),
        ]
    };
    let expected = [read(0, &header[..160]), read(160, &header[160..])].concat();
    let mut spi = Mock::new(&expected);
    let mut buffer = [0; 80];
    let flash = FarFlash::new(Nor::new(driver(spi.clone()), BASE), &mut buffer);
    let refused = Model::load_far(&flash, &mut [0; 16]).map(|_| ());
    assert_eq!(refused, Err(Error::BadMagic { found: 0xA5A5_A5A5 }));
    spi.done();
}

/// A chip with the model.
fn chip() -> Vec<u8> {
    [&vec![0xEE; BASE as usize], FILE].concat()
}

#[test]
fn a_model_in_a_chip_has_the_words_of_one_in_place_and_passes_its_test() {
    let (log, bytes) = (Log::new(), chip());
    let mut buffer = vec![0; MODEL.far_buffer_words()];
    let mut ram = vec![0; MODEL.resident_words()];
    let nor = Nor::new(driver(Played { bytes: &bytes, log: &log }), BASE);
    let flash = FarFlash::new(nor, &mut buffer);
    let model = Model::load_far(&flash, &mut ram).expect("the model");
    let said = |model: &Model<'_>| {
        let mut arena = vec![0u32; model.arena_bytes() / 4];
        let mut translator = Transformer::new(model, bytemuck::cast_slice_mut(&mut arena))?;
        assert_eq!(SelfTest::of(model).run(&mut translator), Ok(()));
        let words = translator.translate("I drink milk")?;
        Ok::<_, Error>(words.map(|word| word.text.to_owned()).collect::<Vec<_>>())
    };
    let found = said(&model);
    assert_eq!(found, said(&MODEL));
    assert!(found.is_ok_and(|words| !words.is_empty()));
}

#[test]
fn a_bus_that_fails_is_an_error_and_the_same_sentence_again_has_the_same_words() {
    let (log, bytes) = (Log::new(), chip());
    let (mut buffer, mut ram) = (vec![0; 1 << 10], vec![0; MODEL.resident_words()]);
    let nor = Nor::new(driver(Played { bytes: &bytes, log: &log }), BASE);
    let flash = FarFlash::new(nor, &mut buffer);
    let model = Model::load_far(&flash, &mut ram).expect("the model");
    let mut arena = vec![0u32; model.arena_bytes() / 4];
    let mut translator =
        Transformer::new(&model, bytemuck::cast_slice_mut(&mut arena)).expect("room");
    let mut say = || {
        let (mut said, mut words) = (Vec::new(), translator.translate("I drink milk")?);
        while let Some(word) = words.try_next()? {
            said.push(word.text.to_owned());
        }
        Ok(said)
    };
    let [before, _] = log.counts();
    let expected = say();
    let reads = log.counts()[0] - before;
    assert!(expected.is_ok() && reads > 100, "{reads}");
    for read in (0..reads).step_by(97) {
        log.fail_after(read);
        assert!(matches!(say(), Err(Error::Bus { .. })), "read {read} of {reads}");
        let why = flash.take_error();
        assert!(matches!(why, Some(w25q32jv::Error::SpiError(Failed))), "{why:?}");
        assert_eq!(say(), expected);
    }
}
