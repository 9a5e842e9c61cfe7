//! From a folder to words: a model of MarianMT's shape, with made-up weights, is converted as users convert
//! theirs, and a board says how much RAM and how many instructions a word it takes.
//!
//! d_model 128, 3 + 3 layers of 4 heads, d_ff 512, 1000 words: what a distilled opus-mt is, but narrower.
//! Its weights are f32; as bf16 and f16 it is converted only to see that files of half the bytes need no more
//! memory for each.

use crate::board::Board;
use crate::build::Firmware;
use crate::cargo::{lines, target_dir};
use crate::command;
use crate::emulator::Session;
use anyhow::{Context, Result, ensure};
use half::{bf16, f16};
use safetensors::{Dtype, tensor::TensorView};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The variable in which the firmware `bench_imported` finds its list.
pub(crate) const LIST: &str = "REGARD_IMPORTED";
/// The board that it runs on.
pub(crate) const BOARD: &str = "an500";

const D_MODEL: usize = 128;
const D_FF: usize = 512;
const LAYERS: usize = 3;
const WORDS: usize = 1000;
/// The first word is the end, the last one the padding, which also begins every sentence.
const END: usize = 0;
/// Converting may take so many seconds of a processor, and as much RAM as so many such files: of what the
/// process asks for, not of its program and libraries, which are the same for every model.
const MOST_SECONDS: u32 = 2;
const MOST_FILES: u64 = 3;
/// Two nanoseconds an instruction: they are counted to the next 20.
const SHIFT: u32 = 1;

fn folder() -> PathBuf {
    target_dir().join("imported")
}

/// Where the list is.
pub(crate) fn list() -> PathBuf {
    folder().join("list.rs")
}

/// Makes the folder, converts it, and writes the list.
pub(crate) fn convert() -> Result<()> {
    for (name, dtype) in [("bf16", Dtype::BF16), ("f16", Dtype::F16)] {
        convert_one(&folder().join(name), &folder().join(format!("{name}.rgd")), dtype)?;
    }
    let file = folder().join("marian.rgd");
    convert_one(&folder().join("marian"), &file, Dtype::F32)?;
    let text =
        format!("[(\"marian-128\", regard::include_model!({:?}))]\n", file.display().to_string());
    if std::fs::read_to_string(list()).ok().as_ref() != Some(&text) {
        std::fs::write(list(), text)?;
    }
    Ok(())
}

/// Makes a folder with weights of a type and converts it, within the limits.
fn convert_one(source: &Path, file: &Path, dtype: Dtype) -> Result<()> {
    std::fs::create_dir_all(source)?;
    write(source, dtype)?;
    let most = MOST_FILES * source.join("model.safetensors").metadata()?.len() / 1024;
    let limits = format!("ulimit -t {MOST_SECONDS} && ulimit -d {most} && exec \"$@\"");
    let mut convert = Command::new("sh");
    convert.args(["-c", &limits, "sh"]).arg(command::file()?).arg("convert").arg(source);
    lines(convert.arg("-o").arg(file), false).with_context(|| format!("{dtype:?}: {limits}"))?;
    Ok(())
}

/// The board's counts of it.
pub(crate) fn check(board: &Board) -> Result<String> {
    let images = Firmware::release(&["bench_imported"], &["bench", "variants"]).build(board)?;
    let firmware = images.first().context("nothing was built")?;
    let outcome = Session { icount: Some(SHIFT), ..Session::silent(board, firmware) }.run()?;
    outcome.check()?;
    let text = outcome.text();
    let line = text.lines().find_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let line = line.with_context(|| format!("it said: {text}"))?;
    let number = |name: &str| line[name].as_u64().with_context(|| format!("no {name} in {line}"));
    let (steps, arena, stack) = (number("steps")?, number("arena")?, number("stack")?);
    ensure!(steps > 1, "it said nothing: {line}");
    Ok(format!(
        "Marian's shape, 128 wide, 3 + 3 layers, {WORDS} words: {arena} bytes of arena, {stack} of stack, \
         {} instructions to read, {} a word",
        number("encoder")?,
        number("a_word")?
    ))
}

/// `config.json`, `vocab.json` and `model.safetensors`, as transformers writes them.
fn write(folder: &Path, dtype: Dtype) -> Result<()> {
    let pad = WORDS - 1;
    let config = json!({
        "model_type": "marian", "is_encoder_decoder": true, "vocab_size": WORDS, "d_model": D_MODEL,
        "encoder_layers": LAYERS, "decoder_layers": LAYERS, "encoder_attention_heads": 4,
        "decoder_attention_heads": 4, "encoder_ffn_dim": D_FF, "decoder_ffn_dim": D_FF,
        "activation_function": "swish", "max_position_embeddings": 512, "scale_embedding": true,
        "static_position_embeddings": true, "share_encoder_decoder_embeddings": true,
        "pad_token_id": pad, "eos_token_id": END, "decoder_start_token_id": pad, "bad_words_ids": [[pad]],
    });
    std::fs::write(folder.join("config.json"), config.to_string())?;
    let name = |id| match id {
        END => "</s>".to_owned(),
        id if id == pad => "<pad>".to_owned(),
        id => format!("w{id}"),
    };
    let vocab: serde_json::Map<_, _> = (0..WORDS).map(|id| (name(id), json!(id))).collect();
    std::fs::write(folder.join("vocab.json"), serde_json::Value::from(vocab).to_string())?;
    let tensors: Vec<_> = tensors()
        .into_iter()
        .map(|(name, shape)| {
            let bytes = numbers(&name, &shape, dtype);
            (name, shape, bytes)
        })
        .collect();
    let views = tensors
        .iter()
        .map(|(name, shape, bytes)| Ok((name, TensorView::new(dtype, shape.clone(), bytes)?)));
    let views: Vec<_> = views.collect::<Result<_>>()?;
    safetensors::serialize_to_file(views, None, &folder.join("model.safetensors"))?;
    Ok(())
}

/// Names and shapes.
fn tensors() -> Vec<(String, Vec<usize>)> {
    let mut all = vec![
        ("model.shared.weight".to_owned(), vec![WORDS, D_MODEL]),
        ("final_logits_bias".to_owned(), vec![1, WORDS]),
    ];
    for side in ["encoder", "decoder"] {
        let attentions: &[&str] =
            if side == "encoder" { &["self_attn"] } else { &["self_attn", "encoder_attn"] };
        for layer in 0..LAYERS {
            let prefix = format!("model.{side}.layers.{layer}");
            let mut linear = |name: String, [rows, columns]: [usize; 2]| {
                all.push((format!("{name}.weight"), vec![rows, columns]));
                all.push((format!("{name}.bias"), vec![rows]));
            };
            for attention in attentions {
                for matrix in ["q_proj", "k_proj", "v_proj", "out_proj"] {
                    linear(format!("{prefix}.{attention}.{matrix}"), [D_MODEL, D_MODEL]);
                }
            }
            linear(format!("{prefix}.fc1"), [D_FF, D_MODEL]);
            linear(format!("{prefix}.fc2"), [D_MODEL, D_FF]);
            let norms = attentions.iter().map(|attention| format!("{attention}_layer_norm"));
            for norm in norms.chain(["final_layer_norm".to_owned()]) {
                all.push((format!("{prefix}.{norm}.weight"), vec![D_MODEL]));
                all.push((format!("{prefix}.{norm}.bias"), vec![D_MODEL]));
            }
        }
    }
    all
}

/// Made-up numbers, evenly spread, of variance 1/columns; γ is 1, and the end is never said, so that the
/// longest answer is counted.
fn numbers(name: &str, shape: &[usize], dtype: Dtype) -> Vec<u8> {
    let (all, columns) = (shape.iter().product(), shape.last().copied().unwrap_or(1));
    let mut random = name.bytes().fold(1u32, |hash, byte| hash.wrapping_mul(31) ^ u32::from(byte));
    let number = |at: usize| {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let even = f64::from(random >> 8) / f64::from(1 << 23) - 1.0;
        match name {
            "final_logits_bias" => {
                if at == END {
                    -100.0
                } else {
                    0.0
                }
            }
            _ if name.ends_with("norm.weight") => 1.0,
            _ => (even * (3.0 / columns as f64).sqrt()) as f32,
        }
    };
    let bytes = |number: f32| match dtype {
        Dtype::BF16 => bf16::from_f32(number).to_le_bytes().to_vec(),
        Dtype::F16 => f16::from_f32(number).to_le_bytes().to_vec(),
        _ => number.to_le_bytes().to_vec(),
    };
    (0..all).map(number).flat_map(bytes).collect()
}
