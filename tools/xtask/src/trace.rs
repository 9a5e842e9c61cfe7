//! What a model computed, step by step, as integers: read from a board and from the host.

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// One word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Step {
    /// Its token.
    pub(crate) token: i32,
    /// The exponent of its logits.
    pub(crate) exponent: i32,
    /// A mantissa per word of the target language.
    pub(crate) logits: Vec<i32>,
    /// A weight per source token, in Q15.
    pub(crate) alignment: Vec<i32>,
}

/// A sentence.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// What was said.
    pub(crate) text: String,
    /// How.
    pub(crate) steps: Vec<Step>,
}

/// Reads the answers to `:trace SENTENCE` and `SENTENCE` in turn.
pub(crate) fn of_board(output: &str) -> Result<Vec<Answer>> {
    let mut answers = Vec::new();
    let mut steps: Vec<Step> = Vec::new();
    let mut lines = output.lines();
    while let Some(line) = lines.next() {
        let (name, rest) = line.split_once(' ').unwrap_or((line, ""));
        match (name, steps.last_mut()) {
            ("step", _) => steps.push(step(rest)?),
            ("logits", Some(step)) => step.logits = numbers(rest)?,
            ("alignment", Some(step)) => step.alignment = numbers(rest)?,
            ("end", _) => {
                lines.next().context("the board did not echo the sentence")?;
                let text = lines.next().context("the board did not translate")?.to_owned();
                answers.push(Answer { text, steps: std::mem::take(&mut steps) });
            }
            _ => {}
        }
    }
    Ok(answers)
}

/// `TOKEN exponent EXPONENT`
fn step(text: &str) -> Result<Step> {
    let (token, exponent) = text.split_once(" exponent ").context("a step without exponent")?;
    Ok(Step { token: token.parse()?, exponent: exponent.parse()?, ..Step::default() })
}

fn numbers(text: &str) -> Result<Vec<i32>> {
    text.split(' ').map(|number| number.parse().context("not a number")).collect()
}

/// Reads what `regard run --json --logits` prints: an object per line.
pub(crate) fn of_host(output: &str) -> Result<Vec<Answer>> {
    output.lines().map(|line| host_answer(&serde_json::from_str(line)?)).collect()
}

fn host_answer(json: &Value) -> Result<Answer> {
    let text = json["text"].as_str().context("no `text`")?.to_owned();
    let (tokens, logits) = (integers(&json["ids"])?, list(&json["logits"])?);
    let alignment = list(&json["alignment"])?;
    if tokens.len() != logits.len() || tokens.len() != alignment.len() {
        bail!("the host printed unequal numbers of tokens, alignments and logits");
    }
    let steps = tokens.into_iter().zip(logits).zip(alignment).map(|((token, logits), row)| {
        Ok(Step {
            token,
            exponent: integer(&logits["exponent"])?,
            logits: integers(&logits["integers"])?,
            alignment: q15(row)?,
        })
    });
    Ok(Answer { text, steps: steps.collect::<Result<_>>()? })
}

fn list(value: &Value) -> Result<&Vec<Value>> {
    value.as_array().context("not a list")
}

fn integers(value: &Value) -> Result<Vec<i32>> {
    list(value)?.iter().map(integer).collect()
}

fn integer(value: &Value) -> Result<i32> {
    Ok(i32::try_from(value.as_i64().context("not an integer")?)?)
}

/// Probabilities that are multiples of 2⁻¹⁵, as those multiples.
fn q15(row: &Value) -> Result<Vec<i32>> {
    let weight = |value: &Value| {
        // Printed are the digits that an f32 needs.
        let scaled = value.as_f64().context("not a number")? as f32 * 32768.0;
        if scaled.fract() != 0.0 {
            bail!("{value} is not a whole number of 2⁻¹⁵");
        }
        Ok(scaled as i32)
    };
    list(row)?.iter().map(weight).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn board_and_host_say_the_same_in_their_own_ways() -> Result<()> {
        let board = "> :trace a b\nstep 7 exponent -3\nlogits 5 -6\nalignment 16384 16384\n\
                     step 2 exponent -4\nlogits 1 2\nalignment 32768 0\nend\n> a b\nx\n> ";
        let host = r#"{"ids":[7,2],"text":"x","alignment":[[0.5,0.5],[1.0,0.0]],
            "logits":[{"integers":[5,-6],"exponent":-3},{"integers":[1,2],"exponent":-4}]}"#;
        let host = host.replace('\n', "");
        let answers = of_board(board)?;
        assert_eq!(answers.len(), 1);
        assert_eq!(answers, of_host(&host)?);
        Ok(())
    }

    #[test]
    fn a_weight_between_two_integers_is_an_error() {
        assert!(q15(&serde_json::json!([0.1])).is_err());
    }
}
