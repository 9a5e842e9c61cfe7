//! The bytes of what splits words, of tokenizer files.

use regard::format::{Model, Role};
use tokenizer::{Found, Host};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for path in std::env::args().skip(1) {
        let found = Found::read(path.as_ref())?;
        let host = Host::new(&found.tokenizer, &found.words, found.marks)?;
        let model = Model::parse(host.file())?;
        for (slot, section) in model.sections() {
            if matches!(slot.role, Role::SourceWords | Role::Subwords) {
                println!("{path}: {:?} {} bytes", slot.role, section.words.len() * 4);
            }
        }
    }
    Ok(())
}
