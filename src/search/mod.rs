//! Searches: from logits to words. They know decoders by their trait alone.

mod greedy;

pub use greedy::{Greedy, Step};
