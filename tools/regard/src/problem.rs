//! Every way to fail, each one sentence. Exit code 1: the data is wrong; 2: the request is.

use crate::uf2::family::Family;
use std::path::PathBuf;

/// Why the command ends early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    #[error(transparent)]
    Twin(#[from] twin::Error),
    #[error(transparent)]
    Import(#[from] import::Error),
    #[error(transparent)]
    Tokenizer(#[from] tokenizer::Error),
    #[error("cannot read {}: {cause}", path.display())]
    Read { path: PathBuf, cause: std::io::Error },
    #[error("cannot write {}: {cause}", path.display())]
    Write { path: PathBuf, cause: std::io::Error },
    #[error("{} is not a picture (PNG or JPEG): {cause}", path.display())]
    NotAPicture { path: PathBuf, cause: Box<image::ImageError> },
    #[error(
        "{} is {width} × {height} pixels large; sides of at most {most} are read",
        path.display()
    )]
    Sides { path: PathBuf, width: u32, height: u32, most: u32 },
    #[error(
        "{} is {width} × {height} pixels large, which take {have} bytes; at most {most} are read",
        path.display()
    )]
    Pixels { path: PathBuf, width: u32, height: u32, have: u64, most: u64 },
    #[error("{} takes more memory to read than {most} bytes, the most that it may", path.display())]
    Blown { path: PathBuf, most: u64 },
    #[error("the model has no attention, so there is nothing for --attention or --png to draw")]
    NoAttention,
    #[error("the model reads pictures, not text; give one with --picture FILE")]
    WantsPicture,
    #[error("the model reads text, not pictures")]
    WantsText,
    #[error("--by-length counts words of the source, and the model reads pictures")]
    NoLengths,
    #[error(
        "{} is {have} pixels large, which cannot be cut into tiles of {tile} pixels, the model's own",
        path.display()
    )]
    Tiles { path: PathBuf, have: String, tile: String },
    #[error("cannot draw the picture: {0}")]
    Picture(image::ImageError),
    #[error("{} is an input; choose another name for the output", path.display())]
    Overwrite { path: PathBuf },
    #[error("a report is a page, FILE.html, or data, FILE.json; {} ends in neither", path.display())]
    ReportEnding { path: PathBuf },
    #[error("the page cannot be written: {0}")]
    Page(#[from] askama::Error),
    #[error("cannot talk over {port}: {cause}")]
    Port { port: String, cause: std::io::Error },
    #[error("the firmware did not take the model: {why}")]
    Refused { why: String },
    #[error("the firmware does not answer; it has {at} bytes of the model")]
    Silent { at: usize },
    #[error("the firmware has all bytes of the model, but does not say whether it uses it")]
    Unconfirmed,
    #[error("{}:{line}: {what}", path.display())]
    Line { path: PathBuf, line: usize, what: String },
    #[error("{}: {cause}", path.display())]
    Model { path: PathBuf, cause: regard::Error },
    #[error("{0}")]
    Engine(#[from] regard::Error),
    #[error("{} and {} do not have the same words", model.display(), config.display())]
    Twins { model: PathBuf, config: PathBuf },
    #[error("model description: `{field}` is {have}; the engine takes at most {most}")]
    Limit { field: &'static str, have: usize, most: usize },
    #[error("the engine cannot hold this model: {0}")]
    Unfit(regard::Error),
    #[error(
        "the model file takes {least} bytes with every matrix as int4 that can be, more than the \
         {budget} of --flash"
    )]
    Flash { budget: usize, least: usize },
    #[error("the model knows no word of {}", path.display())]
    NoWords { path: PathBuf },
    #[error("the engine needs `source.eos` in the model description")]
    NoSourceEnd,
    #[error("the self-test sentence {text:?} cannot be used: {cause}")]
    SelfTest { text: String, cause: Box<Problem> },
    #[error("the model does not know the word {word:?}; the nearest word it knows is {nearest:?}")]
    UnknownWord { word: String, nearest: String },
    #[error("the sentence is empty: there is nothing to translate")]
    Empty,
    #[error("the sentence has {have} tokens, end mark included; the model takes at most {limit}")]
    TooLong { have: usize, limit: usize },
    #[error("token id {id} is padding or outside the word table of {size} words")]
    Token { id: u32, size: usize },
    #[error(
        "{text:?} is not a token id; write them as numbers between spaces, as in --ids \"5 8 2\""
    )]
    Id { text: String },
    #[error("{failures} of the lines could not be translated")]
    Lines { failures: usize },
    #[error("{} is not a 32-bit little-endian ELF file: {cause}", path.display())]
    Elf { path: PathBuf, cause: object::Error },
    #[error("{} was cut: of its {have} bytes a segment lies outside", path.display())]
    CutElf { path: PathBuf, have: usize },
    #[error(
        "{} is for another processor (ELF machine {have}) than boards of the family {family}",
        path.display()
    )]
    Machine { path: PathBuf, have: u16, family: Family },
    #[error(
        "bytes for {from:#010x} … {to:#010x} do not lie in the flash of {family}, {first:#010x} … \
         {end:#010x}; RAM cannot be written with a UF2 file"
    )]
    OutsideFlash { from: u64, to: u64, first: u32, end: u32, family: Family },
    #[error("two segments have bytes for {address:#010x}")]
    Overlap { address: u32 },
    #[error("{} has nothing to write into flash", path.display())]
    NothingToWrite { path: PathBuf },
    #[error("{} is no ELF file; say where it goes with --base", path.display())]
    NoBase { path: PathBuf },
    #[error("{} is an ELF file, which says itself where it goes, without --base", path.display())]
    BaseOfElf { path: PathBuf },
    #[error("{base:#010x} is not a multiple of {unit}, the bytes that are erased at once")]
    Base { base: u32, unit: u32 },
    #[error(
        "a bank of {bytes} bytes at {base:#010x} does not start and end with the {unit} bytes that are \
         written or erased at once"
    )]
    Bank { base: u32, bytes: usize, unit: u32 },
    #[error("the model has {need} bytes; beside its record the bank has room for {room}")]
    BankTooSmall { need: usize, room: usize },
    #[error("there is no board {name:?}; there are {names}")]
    NoBoard { name: String, names: String },
    #[error(
        "the model does not fit {board}: beside a firmware of {firmware} bytes it lacks {flash} bytes \
         of flash and {ram} bytes of RAM; --force leaves that to the linker"
    )]
    DoesNotFit { board: String, flash: u64, ram: u64, firmware: usize },
    #[error("{} is there already, and not an empty folder", path.display())]
    NotEmpty { path: PathBuf },
    #[error(
        "a package cannot be called {name:?}: letters, digits, - and _, a letter first, and none of \
         the names it is built with"
    )]
    PackageName { name: String },
    #[error(
        "{} has no boards/{folder} and boards/app; say where the project lies with --engine",
        project.display()
    )]
    NoTemplate { project: PathBuf, folder: String },
    #[error("{}: {}", path.display(), cause.message())]
    Toml { path: PathBuf, cause: Box<toml_edit::TomlError> },
    #[error("output failed: {0}")]
    Output(#[from] std::io::Error),
}

impl Problem {
    /// What the process returns.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Overwrite { .. }
            | Self::ReportEnding { .. }
            | Self::Id { .. }
            | Self::WantsPicture
            | Self::WantsText
            | Self::NoAttention
            | Self::NoBase { .. }
            | Self::NoBoard { .. }
            | Self::NotEmpty { .. }
            | Self::PackageName { .. }
            | Self::BaseOfElf { .. }
            | Self::Base { .. }
            | Self::Bank { .. }
            | Self::NoLengths => 2,
            _ => 1,
        }
    }

    /// Standard output went away, as in `regard run … | head`: no failure, and nothing to say.
    pub(crate) fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Output(cause) if cause.kind() == std::io::ErrorKind::BrokenPipe)
    }
}
