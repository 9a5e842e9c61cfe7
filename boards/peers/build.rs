//! Tells the linker to use the memory map that the board's crate has written.

fn main() {
    println!("cargo::rustc-link-arg=--nmagic");
    println!("cargo::rustc-link-arg=-Tlink.x");
}
