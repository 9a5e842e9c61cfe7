//! The command `regard`.
mod cli;
mod file;
mod heat;
mod picture;
mod problem;
mod quantise;
fn main() {}
