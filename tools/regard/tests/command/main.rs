//! The command as people use it: what it prints, what it writes, and how it fails.

mod bed;
mod check;
mod convert;
mod goldens;
mod limits;
mod models;
mod pictures;
mod run;
