//! Files of weights alone, as PyTorch's modules name them.

mod around;
pub(crate) mod as_they_are;
mod attention;
mod chatbot;
mod gru;
mod transformer;
mod tutorial;
pub(crate) mod words;

pub(crate) use chatbot::Chatbot;
pub(crate) use transformer::Sides;
pub(crate) use tutorial::Tutorial;
