//! Messages of protocol buffers, as files of ONNX are made of.

/// A message that grows by fields.
#[derive(Clone, Default)]
pub(crate) struct Message(Vec<u8>);

impl Message {
    fn varint(mut self, mut value: u64) -> Self {
        while value > 127 {
            self.0.push(value as u8 | 128);
            value >>= 7;
        }
        self.0.push(value as u8);
        self
    }

    pub(crate) fn number(self, field: u64, value: u64) -> Self {
        self.varint(field << 3).varint(value)
    }

    pub(crate) fn bytes(self, field: u64, bytes: &[u8]) -> Self {
        let mut message = self.varint(field << 3 | 2).varint(bytes.len() as u64);
        message.0.extend(bytes);
        message
    }

    pub(crate) fn text(self, field: u64, text: &str) -> Self {
        self.bytes(field, text.as_bytes())
    }

    pub(crate) fn with(self, field: u64, inner: Self) -> Self {
        self.bytes(field, &inner.0)
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.0
    }
}

/// A tensor of f32.
pub(crate) fn matrix(name: &str, shape: &[u64], values: &[f32]) -> Message {
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    let tensor = Message::default().text(8, name).number(2, 1).bytes(9, &bytes);
    shape.iter().fold(tensor, |tensor, &n| tensor.number(1, n))
}

/// A node with one output.
pub(crate) fn node(name: &str, op: &str, inputs: &[&str], output: &str) -> Message {
    let node = inputs.iter().fold(Message::default(), |node, input| node.text(1, input));
    node.text(2, output).text(3, name).text(4, op)
}

/// A file.
pub(crate) fn model(nodes: &[Message], tensors: &[Message]) -> Vec<u8> {
    model_of_values(nodes, tensors, &[])
}

/// The same, which says more of values.
pub(crate) fn model_of_values(
    nodes: &[Message],
    tensors: &[Message],
    values: &[Message],
) -> Vec<u8> {
    let graph = nodes.iter().fold(Message::default(), |graph, one| graph.with(1, one.clone()));
    let graph = tensors.iter().fold(graph, |graph, one| graph.with(5, one.clone()));
    let graph = values.iter().fold(graph, |graph, one| graph.with(13, one.clone()));
    Message::default().number(1, 7).text(2, "test").with(7, graph).finish()
}
