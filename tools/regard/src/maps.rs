//! The layers of a convolutional encoder: what each reads and makes, and the RAM for it.

use crate::table;
use regard::format::{ConvActivation, ConvKind, ConvLayer, ConvolutionalDims, MapSize};

/// A row per layer.
pub(crate) fn table(encoder: &ConvolutionalDims) -> String {
    let headings = ["layer", "window", "reads", "makes", "products", "rows kept", "bytes of RAM"];
    let mut rows = table::new(&headings);
    for index in 0..encoder.count() {
        let layer = encoder.layer(index);
        let (input, output) = (encoder.size(index), encoder.size(index + 1));
        let kept = encoder.kept_rows(index);
        rows.add_row([
            format!("{index} {}", name(encoder, index)),
            format!("{0} × {0} / {1}", layer.kernel, layer.stride),
            size(input),
            size(output),
            products(&layer, input, output).map_or(String::new(), table::grouped),
            kept.to_string(),
            table::grouped(2 * kept * encoder.row_len(index)),
        ]);
    }
    table::text(&rows)
}

fn name(encoder: &ConvolutionalDims, index: usize) -> String {
    let layer = encoder.layer(index);
    let kind = match layer.kind {
        ConvKind::Conv => "conv",
        ConvKind::Depthwise => "depthwise",
        ConvKind::MaxPool => "max pool",
        ConvKind::AveragePool => "average pool",
    };
    let function = match layer.activation {
        ConvActivation::None => "",
        ConvActivation::Relu => ", relu",
        ConvActivation::Relu6 => ", relu6",
    };
    let added = match layer.add {
        0 => String::new(),
        back => format!(" + {}", index - back),
    };
    format!("{kind}{added}{function}")
}

fn size(map: MapSize) -> String {
    format!("{} × {} × {}", map.height, map.width, map.channels)
}

/// Of weights with numbers, for a whole map.
fn products(layer: &ConvLayer, input: MapSize, output: MapSize) -> Option<usize> {
    let places = output.height * output.width * output.channels;
    layer.has_filter().then(|| places * layer.window(input.channels))
}
