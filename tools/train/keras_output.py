"""The output layer of a decoder of either kind."""

import from_keras
import golden_cases as cases
from transformer import keras, ops


class Output:
    """A `Dense`, or its bias and the target embedding."""

    def __init__(self, case: dict):
        bias = cases.has_bias(case, "output")
        self.dense = keras.layers.Dense(case["target_size"], use_bias=bias)
        self.tied = case["tied_output"]

    def __call__(self, x, embedding):
        scores = self.dense(x)
        if self.tied:
            scores = ops.matmul(x, ops.transpose(embedding.embeddings))
            scores = scores if self.dense.bias is None else scores + self.dense.bias
        return scores

    def tensors(self):
        found = from_keras.dense(self.dense, "output")
        if self.tied:
            del found["output.weight"]
        return found
