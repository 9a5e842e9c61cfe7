//! What a command says, word by word as the model of `models/act` answers.
//!
//! ```text
//! command   "nothing" | "unknown" | action { ";" action }
//! action    who what                            red on · all but green blue blink 3
//! who       name { name } | "all" [ "but" name { name } ]
//! what      "on" | "off" | "toggle" | "blink" 1…10
//! ```
//! A command is read to its end before any of it is done: one that is wrong anywhere does nothing.

use core::fmt;
use core::iter::Peekable;
use heapless::Vec;

/// Actions of a command at most: the model says fewer.
pub const MOST_ACTIONS: usize = 8;
/// The most times that a light blinks.
pub const MOST_BLINKS: u8 = 10;
const VERBS: [&str; 4] = ["on", "off", "toggle", "blink"];

/// What becomes of lights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// They shine.
    On,
    /// They are dark.
    Off,
    /// Each is what it was not.
    Toggle,
    /// They blink so many times, and are what they were.
    Blink(u8),
}

/// Some lights, by their places in the list of names, and what becomes of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Action {
    /// Bit n: the n-th light.
    pub lights: u32,
    /// What they do.
    pub what: What,
}

/// Why nothing is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong<'c> {
    /// The sentence was no order to lights.
    Unknown,
    /// No light has this name.
    NoLight(&'c str),
    /// The command does not follow the grammar, here.
    IllFormed(&'c str),
    /// More than [`MOST_ACTIONS`].
    TooMany,
}

impl fmt::Display for Wrong<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("that is no order to these lights"),
            Self::NoLight(name) => write!(f, "no light is called {name}"),
            Self::IllFormed(part) => write!(f, "this is no command: {part}"),
            Self::TooMany => write!(f, "more than {MOST_ACTIONS} actions"),
        }
    }
}

/// The actions of a command; none of `nothing`. `names`: of the lights, at most 32.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn parse<'c>(command: &'c str, names: &[&str]) -> Result<Vec<Action, MOST_ACTIONS>, Wrong<'c>> {
    let mut actions = Vec::new();
    match command.trim() {
        "nothing" => return Ok(actions),
        "unknown" => return Err(Wrong::Unknown),
        _ => {}
    }
    for part in command.split(';') {
        actions.push(action(part.trim(), names)?).map_err(|_| Wrong::TooMany)?;
    }
    Ok(actions)
}

fn action<'c>(part: &'c str, names: &[&str]) -> Result<Action, Wrong<'c>> {
    let mut words = part.split_whitespace().peekable();
    let lights = who(&mut words, names)?.ok_or(Wrong::IllFormed(part))?;
    let what = what(&mut words).filter(|_| words.next().is_none());
    Ok(Action { lights, what: what.ok_or(Wrong::IllFormed(part))? })
}

/// The lights that are meant; nothing where none is.
fn who<'c>(
    words: &mut Peekable<impl Iterator<Item = &'c str>>,
    names: &[&str],
) -> Result<Option<u32>, Wrong<'c>> {
    let all = words.next_if_eq(&"all").is_some();
    let but = all && words.next_if_eq(&"but").is_some();
    let mut named = 0;
    while let Some(word) = words.next_if(|word| !VERBS.contains(word)) {
        let at = names.iter().take(32).position(|name| *name == word);
        named |= 1 << at.ok_or(Wrong::NoLight(word))?;
    }
    let everyone = names.iter().take(32).fold(0, |lights: u32, _| lights << 1 | 1);
    Ok(match (all, but, named) {
        (true, false, 0) => Some(everyone),
        (true, true, 1..) => Some(everyone & !named),
        (false, false, 1..) => Some(named),
        _ => None,
    })
}

fn what<'c>(words: &mut impl Iterator<Item = &'c str>) -> Option<What> {
    match words.next()? {
        "on" => Some(What::On),
        "off" => Some(What::Off),
        "toggle" => Some(What::Toggle),
        "blink" => {
            let times = words.next()?.parse().ok()?;
            (1..=MOST_BLINKS).contains(&times).then_some(What::Blink(times))
        }
        _ => None,
    }
}
