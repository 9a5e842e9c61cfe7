//! What can be typed after `regard convert`.

use super::bytes;
use crate::report::ReportArgs;
use crate::tokenizers::Tokenizers;
use crate::wanted::WantedArgs;
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  regard convert opus-mt-en-fr -o en-fr.rgd --max-source 32 --max-target 32
  regard convert seq2seq.pt --source-words eng.txt --target-words fra.txt -o eng-fra.rgd
  regard convert weights.safetensors --config model.json -o eng-fra.rgd
  regard convert weights.safetensors --config model.json -o small.rgd --flash 400K --data dev.tsv
  regard convert weights.safetensors --config model.json -o m55.rgd --activations 8
  regard convert weights.safetensors --config model.json -o home.rgd --vocabulary home.tsv

docs/CONVERT.md lists what is read.")]
pub(crate) struct ConvertArgs {
    /// A folder of Hugging Face's transformers; or trained weights, as safetensors or what torch.save
    /// wrote (f64, f32, f16 or bf16)
    pub(crate) weights: PathBuf,
    /// Description of the model (JSON), where the file does not say what it is
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) wanted: WantedArgs,
    /// Model file to write
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// Most bytes of the model file (256K is 262144): matrices become int4 until it fits, those first
    /// that harm the logits least for a byte. Firmware needs the feature `int4` then
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    pub(crate) flash: Option<usize>,
    /// With --flash: sentences or captions on which that harm is measured, as `regard check` reads
    /// them; the first 32 are used [default: random sources]
    #[arg(long, value_name = "FILE", requires = "flash")]
    pub(crate) data: Option<PathBuf>,
    /// Sentences or captions, as `regard check` reads them: words that are not among them leave the
    /// model. Words that it does not know are passed over
    #[arg(long, value_name = "FILE")]
    pub(crate) vocabulary: Option<PathBuf>,
    /// Most mantissa bits of what a matrix reads, 8 … 14. With 8, int8 weights lie as cores with
    /// vectors of bytes want them (Helium), and firmware needs the feature `bytes`
    #[arg(long, value_name = "BITS", value_parser = clap::value_parser!(u32).range(8..=14))]
    pub(crate) activations: Option<u32>,
    /// Let channels of a Transformer that are far larger than others share a scale with them, where
    /// that makes less noise: the factors become part of the weights
    #[arg(long)]
    pub(crate) smooth: bool,
    #[command(flatten)]
    pub(crate) report: ReportArgs,
    #[command(flatten)]
    pub(crate) tokenizers: Tokenizers,
}
