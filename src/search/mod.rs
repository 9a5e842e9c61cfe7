//! Searches: from logits to words. They know decoders by their trait alone.

mod greedy;

pub(crate) use greedy::Best;
pub use greedy::{Greedy, Step};
