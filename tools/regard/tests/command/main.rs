//! The command as people use it: what it prints, what it writes, and how it fails.

mod bank;
mod bed;
mod boards;
mod check;
mod convert;
mod goldens;
mod import;
mod inspect;
mod int4;
mod limits;
mod models;
mod new;
mod photos;
mod pictures;
mod readme;
mod report;
mod run;
mod send;
mod tokenizers;
mod uf2;
mod vocabulary;
