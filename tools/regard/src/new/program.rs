//! `src/main.rs` of a firmware: the conversation that its model can have.
//!
//! ```text
//! encoder          decoder         engine              what people send
//! Transformer      Transformer     Transformer         lines of text
//! recurrent        recurrent       Recurrent           lines of text
//! convolutional    recurrent       Captioner           pictures
//! others                           Seq2Seq of a family that has both
//! ```
//! Those of `boards/app/programs` are the same programs with the models of the project.

use regard::format::{ConvolutionalDims, DecoderKind, Dims, EncoderKind};

/// The program for a model.
pub(crate) fn of(dims: &Dims) -> String {
    let (imports, engine) = engine(dims);
    match &dims.encoder {
        EncoderKind::Convolutional(encoder) => pictures(imports, engine, encoder),
        _ => text(imports, engine),
    }
}

/// What is imported, and the engine that links nothing which the model does not need.
fn engine(dims: &Dims) -> (&'static str, &'static str) {
    match (&dims.encoder, &dims.decoder) {
        (EncoderKind::Transformer, DecoderKind::Transformer) => {
            ("Arena, Model, Transformer", "Transformer")
        }
        (EncoderKind::Recurrent(_), DecoderKind::Recurrent(_)) => {
            ("Arena, Model, Recurrent", "Recurrent")
        }
        (EncoderKind::Convolutional(_), DecoderKind::Recurrent(_)) => {
            ("Arena, Captioner, Model", "Captioner")
        }
        (EncoderKind::Convolutional(_), DecoderKind::Transformer) => {
            ("Arena, Model, Seq2Seq, family::Any", "Seq2Seq::<Any>")
        }
        _ => ("Arena, Model, Seq2Seq, family", "Seq2Seq::<family::Text>"),
    }
}

fn text(imports: &str, engine: &str) -> String {
    format!(
        "\
//! Lines of text in, what the model makes of them out, over the serial port. `:help` says what else it can do.

#![no_std]
#![no_main]

use app::Text;
use regard::{{{imports}, include_model}};

static MODEL: Model = include_model!(\"../model.rgd\");
static ARENA: Arena<{{ MODEL.arena_bytes() }}> = Arena::new();

#[board::entry]
fn main() -> ! {{
    let engine = ARENA.take().and_then(|arena| {engine}::new(&MODEL, arena));
    board::exit(app::converse::<{{ board::LINE }}, _, _, _>(board::start(), engine, &mut Text))
}}
"
    )
}

fn pictures(imports: &str, engine: &str, encoder: &ConvolutionalDims) -> String {
    let (width, height) = (encoder.width, encoder.height);
    format!(
        "\
//! Pictures in, captions out, over the serial port: `:picture {width} {height}` and then the pixels, three bytes
//! each; `0` describes it. `:help` says what else it can do.

#![no_std]
#![no_main]

use app::Pictures;
use regard::{{{imports}, include_model}};

static MODEL: Model = include_model!(\"../model.rgd\");
static ARENA: Arena<{{ MODEL.arena_bytes() }}> = Arena::new();
/// Where a picture that is sent goes.
static SENT: Arena<{{ {width} * {height} * 3 }}> = Arena::new();

#[board::entry]
fn main() -> ! {{
    let board = board::start();
    let Ok(room) = SENT.take() else {{ board::exit(1) }};
    let mut pictures = Pictures {{ built_in: &[], room, sent: (0, 0) }};
    let engine = ARENA.take().and_then(|arena| {engine}::new(&MODEL, arena));
    board::exit(app::converse::<{{ board::LINE }}, _, _, _>(board, engine, &mut pictures))
}}
"
    )
}
