//! What commands mean, and that wrong ones mean nothing.

use app::What::{Blink, Off, On, Toggle};
use app::{Action, MOST_ACTIONS, Wrong, parse};

const NAMES: [&str; 3] = ["red", "green", "blue"];

fn actions(command: &str) -> Result<Vec<Action>, Wrong<'_>> {
    parse(command, &NAMES).map(|actions| actions.to_vec())
}

fn action(lights: u32, what: app::What) -> Action {
    Action { lights, what }
}

#[test]
fn each_kind_of_light_and_of_action_is_read() {
    assert_eq!(actions("red on"), Ok(vec![action(0b001, On)]));
    assert_eq!(actions("all off"), Ok(vec![action(0b111, Off)]));
    assert_eq!(actions("all but green toggle"), Ok(vec![action(0b101, Toggle)]));
    assert_eq!(actions("all but red blue blink 10"), Ok(vec![action(0b010, Blink(10))]));
    assert_eq!(actions("blue red off"), Ok(vec![action(0b101, Off)]));
}

#[test]
fn actions_come_in_their_order() {
    let both = vec![action(0b100, Off), action(0b010, On)];
    assert_eq!(actions("blue off ; green on"), Ok(both));
}

#[test]
fn nothing_is_an_order_and_unknown_is_none() {
    assert_eq!(actions("nothing"), Ok(vec![]));
    assert_eq!(actions("unknown"), Err(Wrong::Unknown));
}

#[test]
fn a_light_that_is_not_there_is_named() {
    assert_eq!(actions("red on ; lamp off"), Err(Wrong::NoLight("lamp")));
    assert_eq!(actions("all but lamp off"), Err(Wrong::NoLight("lamp")));
    assert_eq!(actions("on red"), Err(Wrong::IllFormed("on red")));
}

#[test]
fn every_other_string_of_words_is_ill_formed() {
    let words = ["", "on", "off", "blink", "all", "but", "red", "0", "3", "11", ";", "unknown"];
    let mut right = 0;
    for a in words {
        for b in words {
            for c in words {
                let command = format!("{a} {b} {c}");
                let said: Vec<&str> = command.split_whitespace().collect();
                let who = |word: &str| word == "red" || word == "all";
                let expected = match said[..] {
                    ["unknown"] => continue,
                    [one, "on" | "off"] | [one, "blink", "3"] => who(one),
                    ["red", "red", "on" | "off"] => true,
                    _ => false,
                };
                assert_eq!(actions(&command).is_ok(), expected, "{command}");
                right += usize::from(expected);
            }
        }
    }
    assert_eq!(right, 2 * 2 * 3 + 2 + 2);
}

#[test]
fn as_many_actions_as_there_is_room_for_are_read_and_no_more() {
    let command = |count| vec!["red on"; count].join(" ; ");
    assert_eq!(actions(&command(MOST_ACTIONS)).map(|read| read.len()), Ok(MOST_ACTIONS));
    assert_eq!(actions(&command(MOST_ACTIONS + 1)), Err(Wrong::TooMany));
}

#[test]
fn names_beyond_the_32nd_are_not_there() {
    let names: Vec<String> = (0..33).map(|n| format!("l{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    assert_eq!(parse("all on", &names).map(|read| read[0].lights), Ok(u32::MAX));
    assert_eq!(parse("l31 on", &names).map(|read| read[0].lights), Ok(1 << 31));
    assert_eq!(parse("l32 on", &names).map(|_| ()), Err(Wrong::NoLight("l32")));
}
