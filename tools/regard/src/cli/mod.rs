//! What can be typed.

mod convert;

pub(crate) use convert::ConvertArgs;

use crate::report::ReportArgs;
use crate::tokenizers::Tokenizers;
use crate::uf2::family::{self, Family};
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  regard run models/eng-fra/eng-fra.rgd \"I drink milk\" --attention
  regard run models/scenes/scenes.rgd --picture photo.png --png attention.png
  regard convert weights.safetensors --config model.json -o eng-fra.rgd
  regard check eng-fra.rgd --data dev.tsv";

/// Quantised attention encoder–decoders for microcontrollers: convert, run, inspect, check.
#[derive(Debug, Parser)]
#[command(name = "regard", version, after_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Trained weights in, model file out
    Convert(ConvertArgs),
    /// Text or a picture in, words out
    Run(RunArgs),
    /// What a model file holds, the RAM it needs, and the boards that it fits
    Inspect(InspectArgs),
    /// Integer engine against float, over a file of sentences
    Check(CheckArgs),
    /// Firmware or a model as a UF2 file, to be dropped on a board's disk
    Uf2(Uf2Args),
    /// A model apart from the firmware, as the bytes of its bank of flash
    Bin(BinArgs),
    /// A model to a board, over its serial port
    Send(SendArgs),
    /// A firmware project for a board, with a model in it
    New(NewArgs),
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  regard run eng-fra.rgd \"I drink milk\" --attention
  regard run eng-fra.rgd --json --logits --ids \"5 8 2\"
  regard run eng-fra.rgd < sentences.txt
  regard run scenes.rgd --picture photo.png --attention")]
pub(crate) struct RunArgs {
    /// Model file
    pub(crate) model: PathBuf,
    /// Sentence; without it, standard input is read line by line
    pub(crate) text: Option<String>,
    /// Source token ids instead of text, end token included
    #[arg(long, value_name = "IDS", conflicts_with = "text")]
    pub(crate) ids: Option<String>,
    /// Picture, for a model that reads pictures: PNG or JPEG, sides of at most 8192 pixels.
    ///
    /// It is turned upright as its EXIF says, and lies on white where it is transparent. If it has
    /// another size than the model's, it is stretched to that, each pixel a weighted mean (a triangle
    /// filter); firmware, which keeps no rows, takes the nearest pixel instead, so its answer to a
    /// larger picture can be another one.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["text", "ids"])]
    pub(crate) picture: Option<PathBuf>,
    /// Draw the alignment of source and target words, or where in the picture each word comes from
    #[arg(long, conflicts_with = "json")]
    pub(crate) attention: bool,
    /// Write the alignment as a picture
    #[arg(long, value_name = "FILE")]
    pub(crate) png: Option<PathBuf>,
    /// Print ids, words, log-score and alignment, one JSON object a sentence
    #[arg(long)]
    pub(crate) json: bool,
    /// With --json: the logits of each step too
    #[arg(long, requires = "json")]
    pub(crate) logits: bool,
    /// Answer with the float twin instead of the integer engine
    #[arg(long)]
    pub(crate) float: bool,
    #[command(flatten)]
    pub(crate) float_files: FloatFiles,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  stty -F /dev/ttyACM0 115200 raw -echo
  regard send eng-fra.rgd --to /dev/ttyACM0

The firmware must take models, as boards/app/programs/stored.rs does (docs/BANKS.md).")]
pub(crate) struct SendArgs {
    /// Model file
    pub(crate) model: PathBuf,
    /// The file of a serial port, set up by the system's own means; or tcp:HOST:PORT, as emulators have
    #[arg(long, value_name = "PORT")]
    pub(crate) to: String,
}

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  regard uf2 target/thumbv6m-none-eabi/release/translate --family rp2040 -o translate.uf2
  regard uf2 eng-fra.rgd --family rp2040 --base 0x10100000 --bank 640K -o model.uf2

With --bank, and for a model file alone, a record goes to the end of the bank, as `regard bin` writes it;
the flash between the two is left as it is.")]
pub(crate) struct Uf2Args {
    /// Firmware (ELF), model file, or any other bytes
    pub(crate) file: PathBuf,
    /// Whom it is for: rp2040, rp2350-arm-s, rp2350-arm-ns, rp2350-riscv; absolute or data, for what is
    /// no code; or a number (0xada52840)
    #[arg(long, value_name = "NAME", value_parser = family::parse)]
    pub(crate) family: Family,
    /// Where it goes, of what is no ELF file
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub(crate) base: Option<u32>,
    /// Bytes of the bank that it is the model of (640K is 655360)
    #[arg(long, value_name = "BYTES", value_parser = bytes, requires = "base")]
    pub(crate) bank: Option<usize>,
    /// With --bank: of two banks a firmware takes the one with the larger generation
    #[arg(long, value_name = "N", default_value_t = 1, requires = "bank")]
    pub(crate) generation: u32,
    /// UF2 file to write
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:
  regard bin eng-fra.rgd --base 0x08080000 --bank 640K --generation 2 -o model.bin")]
pub(crate) struct BinArgs {
    /// Model file
    pub(crate) model: PathBuf,
    /// Where the bank starts
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    pub(crate) base: u32,
    #[command(flatten)]
    pub(crate) bank: BankArgs,
    /// File to write
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
}

/// A bank of flash, and how new its model is.
#[derive(Debug, Args)]
pub(crate) struct BankArgs {
    /// Bytes of the bank (640K is 655360)
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    pub(crate) bank: usize,
    /// Of two banks a firmware takes the one with the larger generation
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) generation: u32,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:
  regard new greeter --board an386 --model eng-fra.rgd
  cd greeter && cargo run --release")]
pub(crate) struct NewArgs {
    /// Folder to write; its name is that of the firmware
    pub(crate) dir: PathBuf,
    /// Board, as `regard inspect` lists them
    #[arg(long, value_name = "NAME")]
    pub(crate) board: String,
    /// Model file
    #[arg(long, value_name = "FILE")]
    pub(crate) model: PathBuf,
    /// Project of the engine, on which the firmware depends [default: the one this command is of]
    #[arg(long, value_name = "PATH")]
    pub(crate) engine: Option<PathBuf>,
    /// Write it even if the model seems not to fit
    #[arg(long)]
    pub(crate) force: bool,
}

/// An address, hexadecimal behind 0x.
fn address(text: &str) -> Result<u32, String> {
    let number = match text.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => text.parse(),
    };
    number.map_err(|_| "write an address of 32 bits, as 0x10100000".into())
}

#[derive(Debug, Args)]
#[command(after_help = "Example:
  regard inspect eng-fra.rgd")]
pub(crate) struct InspectArgs {
    /// Model file
    pub(crate) model: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Example:
  regard check eng-fra.rgd --data test.tsv --report check.html

The data file has a sentence a line: source TAB target, maybe TAB gold alignment (0-0 1-2 …).
Lines with the same source that follow each other are one sentence with several references: an
answer is exact when it equals one of them. Token errors are edits to the nearest reference. BLEU and
chrF2 are sacreBLEU's, of the text as it is read, its words between blanks.

Of a model that reads pictures the lines are tile TAB caption, maybe TAB boxes: the number of a tile
on the sheet of pictures (all of the model's own size, row by row, from 0), and for nouns of the
caption word:x0,y0,x1,y1 (the word's number from 0, pixels, half open; several boxes joined by +).
A noun that is said, with the word before it, should be looked for in its boxes: pointing counts
whether the strongest place has its middle there, mass the attention there.")]
pub(crate) struct CheckArgs {
    /// Model file
    pub(crate) model: PathBuf,
    /// Sentences: source TAB target [TAB alignment]; captions: tile TAB caption [TAB boxes]
    #[arg(long, value_name = "FILE")]
    pub(crate) data: PathBuf,
    /// Sheet of pictures [default: FILE of --data with the ending .png]
    #[arg(long, value_name = "FILE")]
    pub(crate) pictures: Option<PathBuf>,
    /// Only the first N sentences
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,
    /// Exact answers by source length too
    #[arg(long)]
    pub(crate) by_length: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) report: ReportArgs,
    #[command(flatten)]
    pub(crate) float_files: FloatFiles,
}

/// Where the float twin finds its files.
#[derive(Debug, Args)]
pub(crate) struct FloatFiles {
    /// Float weights, of any kind that `convert` reads [default: weights.safetensors beside the model]
    #[arg(long, visible_alias = "against", value_name = "FILE")]
    pub(crate) weights: Option<PathBuf>,
    /// Float description [default: model.json beside the model, if there is one]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) tokenizers: Tokenizers,
}

/// A number of bytes, in units of 1024 or 1024² if so written.
fn bytes(text: &str) -> Result<usize, String> {
    let (number, unit) = match text.strip_suffix(['K', 'k']) {
        Some(number) => (number, 1 << 10),
        None => text.strip_suffix(['M', 'm']).map_or((text, 1), |number| (number, 1 << 20)),
    };
    let number = number.parse::<usize>().ok().and_then(|number| number.checked_mul(unit));
    number.ok_or_else(|| "write a number of bytes, as 262144, 256K or 1M".into())
}
