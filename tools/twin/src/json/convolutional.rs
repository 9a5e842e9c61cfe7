//! The object that describes a convolutional encoder.

use crate::Error;
use crate::convolutional::{
    Activation, Behind, Config, LayerConfig, Operation, Padding, PictureConfig,
};
use crate::description::wrong;
use serde::Deserialize;
use serde_json::Value;

/// ε of PyTorch.
const NORM_EPSILON: f32 = 1e-5;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EncoderFields {
    picture: PictureConfig,
    layers: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LayerFields {
    kind: KindName,
    channels: Option<usize>,
    kernel: usize,
    stride: Option<usize>,
    padding: Option<Value>,
    activation: Option<Activation>,
    norm: Option<bool>,
    norm_epsilon: Option<f32>,
    add: Option<usize>,
    count_include_pad: Option<bool>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum KindName {
    Conv,
    Depthwise,
    MaxPool,
    AveragePool,
}

impl EncoderFields {
    pub(super) fn config(self) -> Result<Config, Error> {
        let layers = self.layers.iter().enumerate().map(|(i, fields)| {
            let name = format!("encoder.layers.{i}");
            match LayerFields::deserialize(fields) {
                Ok(fields) => fields.config(&name),
                Err(cause) => wrong(name, format!("cannot be understood: {cause}")),
            }
        });
        Ok(Config { picture: self.picture, layers: layers.collect::<Result<_, _>>()? })
    }
}

impl LayerFields {
    fn config(self, name: &str) -> Result<LayerConfig, Error> {
        let padding = padding(name, self.padding.as_ref())?;
        let operation = match self.kind {
            KindName::Conv => match self.channels {
                Some(channels) => Operation::Conv { channels, behind: self.behind(name)? },
                None => {
                    let why = "is missing; a conv layer needs it".into();
                    return wrong(format!("{name}.channels"), why);
                }
            },
            KindName::Depthwise => Operation::Depthwise { behind: self.behind(name)? },
            KindName::MaxPool => self.pool(name, Operation::MaxPool)?,
            KindName::AveragePool => {
                let count_include_pad = self.count_include_pad.unwrap_or(padding != Padding::Same);
                self.pool(name, Operation::AveragePool { count_include_pad })?
            }
        };
        if self.count_include_pad.is_some() && self.kind != KindName::AveragePool {
            let why = "is given, but only an average pool counts".into();
            return wrong(format!("{name}.count_include_pad"), why);
        }
        if self.channels.is_some() && self.kind != KindName::Conv {
            let why = "is given, but only a conv layer chooses its channels".into();
            return wrong(format!("{name}.channels"), why);
        }
        // Windows of a pool stand side by side unless it says otherwise, in both frameworks.
        let usual = if operation.behind().is_some() { 1 } else { self.kernel };
        let stride = self.stride.unwrap_or(usual);
        Ok(LayerConfig { operation, kernel: self.kernel, stride, padding })
    }

    fn behind(&self, name: &str) -> Result<Behind, Error> {
        let norm = match (self.norm.unwrap_or_default(), self.norm_epsilon) {
            (true, epsilon) => Some(epsilon.unwrap_or(NORM_EPSILON)),
            (false, None) => None,
            (false, Some(_)) => {
                let why = "is given, but the layer has no `norm`".into();
                return wrong(format!("{name}.norm_epsilon"), why);
            }
        };
        let activation = self.activation.unwrap_or_default();
        Ok(Behind { norm, add: self.add, activation })
    }

    /// Refuses what only follows filters.
    fn pool(&self, name: &str, operation: Operation) -> Result<Operation, Error> {
        for (field, given) in [
            ("activation", self.activation.is_some()),
            ("norm", self.norm == Some(true)),
            ("norm_epsilon", self.norm_epsilon.is_some()),
            ("add", self.add.is_some()),
        ] {
            if given {
                let why = "is given, but only conv and depthwise layers have it".into();
                return wrong(format!("{name}.{field}"), why);
            }
        }
        Ok(operation)
    }
}

fn padding(name: &str, value: Option<&Value>) -> Result<Padding, Error> {
    match value {
        None | Some(Value::Null) => Ok(Padding::Sides(0)),
        Some(Value::String(word)) if word == "valid" => Ok(Padding::Sides(0)),
        Some(Value::String(word)) if word == "same" => Ok(Padding::Same),
        Some(other) => match other.as_u64().and_then(|sides| usize::try_from(sides).ok()) {
            Some(sides) => Ok(Padding::Sides(sides)),
            None => {
                let why = format!("is {other}; it must be \"valid\", \"same\" or 0 to 7");
                wrong(format!("{name}.padding"), why)
            }
        },
    }
}
