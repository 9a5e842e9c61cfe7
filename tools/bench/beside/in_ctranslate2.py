"""The model in CTranslate2: its own int8, one thread, greedy."""

from pathlib import Path

import ctranslate2
import numpy as np
from ctranslate2.specs import TransformerSpec
from ctranslate2.specs.common_spec import Activation

from trained import Trained

NAME = f"ctranslate2 {ctranslate2.__version__} int8"


def _layer_norm(spec, model: Trained, name: str) -> None:
    spec.gamma, spec.beta = model.linear(name)


def _linear(spec, model: Trained, *names: str) -> None:
    """Layers that read the same, one below the other."""
    weights, biases = zip(*(model.linear(name) for name in names), strict=True)
    spec.weight, spec.bias = np.concatenate(weights), np.concatenate(biases)


def _attention(spec, model: Trained, name: str, cross: bool) -> None:
    _layer_norm(spec.layer_norm, model, f"{name}_norm")
    query, key, value = (f"{name}.{part}" for part in ("query", "key", "value"))
    if cross:
        _linear(spec.linear[0], model, query)
        _linear(spec.linear[1], model, key, value)
    else:
        _linear(spec.linear[0], model, query, key, value)
    _linear(spec.linear[-1], model, f"{name}.output")


def _side(spec, model: Trained, side: str) -> None:
    embeddings = spec.embeddings[0] if isinstance(spec.embeddings, list) else spec.embeddings
    embeddings.weight = model.weights[f"{side}.embedding.weight"]
    longest = model.config["max_source_len" if side == "encoder" else "max_target_len"]
    spec.position_encodings.encodings = model.positions(longest)
    _layer_norm(spec.layer_norm, model, f"{side}.norm")
    for index in model.side(side):
        layer, name = spec.layer[index], f"{side}.layers.{index}"
        _attention(layer.self_attention, model, f"{name}.self_attention", cross=False)
        if side == "decoder":
            _attention(layer.attention, model, f"{name}.cross_attention", cross=True)
        _layer_norm(layer.ffn.layer_norm, model, f"{name}.feed_forward_norm")
        _linear(layer.ffn.linear_0, model, f"{name}.feed_forward.up")
        _linear(layer.ffn.linear_1, model, f"{name}.feed_forward.down")


def convert(model: Trained, folder: Path) -> None:
    """Writes the model as CTranslate2 reads it. Its weights are not usable then: they are scaled."""
    config = model.config
    spec = TransformerSpec.from_config(
        (config["encoder_layers"], config["decoder_layers"]),
        config["n_heads"],
        pre_norm=True,
        activation=Activation.RELU,
    )
    _side(spec.encoder, model, "encoder")
    _side(spec.decoder, model, "decoder")
    spec.decoder.projection.weight, spec.decoder.projection.bias = model.output()
    spec.register_source_vocabulary(list(model.source))
    spec.register_target_vocabulary(list(model.target))
    spec.config.add_source_eos = False
    spec.config.bos_token = spec.config.decoder_start_token = model.target[config["target"]["bos"]]
    spec.config.eos_token = model.target[config["target"]["eos"]]
    spec.config.unk_token = model.target[config["target"]["pad"]]
    spec.config.layer_norm_epsilon = config["norm_epsilon"]
    spec.validate()
    spec.optimize(quantization="int8")
    folder.mkdir(parents=True, exist_ok=True)
    spec.save(str(folder))


class Engine:
    """Translates a sentence."""

    def __init__(self, model: Trained, folder: Path):
        convert(model, folder)
        self.end = model.source[model.config["source"]["eos"]]
        self.longest = model.config["max_target_len"]
        self.translator = ctranslate2.Translator(
            str(folder), device="cpu", compute_type="int8", inter_threads=1, intra_threads=1
        )

    def translate(self, sentence: str) -> str:
        """Words with spaces between."""
        results = self.translator.translate_batch(
            [[*sentence.split(), self.end]], beam_size=1, max_decoding_length=self.longest
        )
        return " ".join(results[0].hypotheses[0])
