"""Small tokenizers of every kind, trained on the project's own sentences, and what SentencePiece makes of
hostile texts: tests/golden/tokenizers.

    pip install -r requirements-tokenizers.txt
    python golden_tokenizers.py
"""

import json
import random
import struct
import tempfile
from pathlib import Path

import sentencepiece
from sentencepiece import sentencepiece_model_pb2 as spm_model
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from tokenizers.trainers import BpeTrainer, UnigramTrainer, WordLevelTrainer, WordPieceTrainer

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "tests/golden/tokenizers"
SPECIALS = ["<pad>", "<s>", "</s>", "<unk>"]


def sentences():
    """English and French sentences, captions and orders, each once."""
    lines = {}
    for name in ["eng-fra", "scenes", "act"]:
        for line in (ROOT / f"models/{name}/dev.tsv").read_text(encoding="utf-8").splitlines():
            for part in line.split("\t")[:2]:
                if not part.isdigit():
                    lines[part] = None
    return list(lines)


def as_f32(number):
    """SentencePiece's scores have 32 bits, and so have ours."""
    return struct.unpack("f", struct.pack("f", number))[0]


def save(tokenizer, name):
    parts = json.loads(tokenizer.to_str())
    if parts["model"]["type"] == "Unigram":
        parts["model"]["vocab"] = [[piece, as_f32(score)] for piece, score in parts["model"]["vocab"]]
    (OUT / f"{name}.json").write_text(json.dumps(parts, ensure_ascii=False) + "\n", encoding="utf-8")


def sentencepiece_model(lines, name, **options):
    """A SentencePiece model, and its message."""
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder) / "text.txt"
        text.write_text("\n".join(lines) + "\n", encoding="utf-8")
        sentencepiece.SentencePieceTrainer.train(
            input=str(text), model_prefix=f"{folder}/{name}", minloglevel=2, character_coverage=1.0,
            hard_vocab_limit=False, pad_id=0, bos_id=1, eos_id=2, unk_id=3, **options)
        data = (Path(folder) / f"{name}.model").read_bytes()
    model = spm_model.ModelProto()
    model.ParseFromString(data)
    # What says where and from what it was trained is not needed.
    model.trainer_spec.ClearField("input")
    model.trainer_spec.ClearField("model_prefix")
    (OUT / f"{name}.model").write_bytes(model.SerializeToString(deterministic=True))
    return model


def unigram(lines):
    """SentencePiece's Unigram as `tokenizer.json`, as T5 has it, and trained by `tokenizers`."""
    spm = sentencepiece_model(lines, "unigram", vocab_size=500, model_type="unigram")
    pieces = [(piece.piece, piece.score) for piece in spm.pieces]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=3, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence([
        normalizers.Precompiled(spm.normalizer_spec.precompiled_charsmap),
        normalizers.Strip(left=False, right=True),
        normalizers.Replace(Regex(" {2,}"), "▁"),
    ])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.add_special_tokens(SPECIALS)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", special_tokens=[("</s>", 2)])
    save(tokenizer, "unigram")

    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.Lowercase(), normalizers.Replace("œ", "oe")])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()])
    tokenizer.decoder = decoders.Metaspace()
    trainer = UnigramTrainer(vocab_size=400, special_tokens=SPECIALS, unk_token="<unk>", show_progress=False)
    tokenizer.train_from_iterator(lines, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 1), ("</s>", 2)])
    save(tokenizer, "unigram-words")


def bpe(lines):
    """SentencePiece's BPE with pieces of bytes, as Llama has it as `tokenizer.json`; GPT-2's; and one whose
    letters may be unknown."""
    spm = sentencepiece_model(
        lines, "bpe", vocab_size=700, model_type="bpe", byte_fallback=True,
        normalization_rule_name="identity", remove_extra_whitespaces=False)
    vocab = {piece.piece: i for i, piece in enumerate(spm.pieces)}
    normal = {piece.piece: piece.score for piece in spm.pieces if piece.type == 1}
    merges = []
    for piece, score in normal.items():
        splits = [(piece[:i], piece[i:]) for i in range(1, len(piece))]
        known = [(left, right) for left, right in splits if left in normal and right in normal]
        known.sort(key=lambda pair: (vocab[pair[0]], vocab[pair[1]]))
        merges += [(score, len(left), len(right), left, right) for left, right in known]
    merges.sort(key=lambda merge: (-merge[0], merge[1], merge[2]))
    tokenizer = Tokenizer(models.BPE(
        vocab, [(left, right) for *_, left, right in merges], unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.decoder = decoders.Sequence([
        decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    tokenizer.add_special_tokens(SPECIALS)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 1), ("</s>", 2)])
    save(tokenizer, "bpe")

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = BpeTrainer(
        vocab_size=600, special_tokens=SPECIALS, show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(lines, trainer)
    tokenizer.post_processor = processors.RobertaProcessing(sep=("</s>", 2), cls=("<s>", 1))
    save(tokenizer, "bpe-bytes")

    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.train_from_iterator(
        lines, BpeTrainer(vocab_size=400, special_tokens=SPECIALS, show_progress=False))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", special_tokens=[("</s>", 2)])
    save(tokenizer, "bpe-lower")


def words(lines):
    """BERT's WordPiece, and whole words."""
    specials = ["[PAD]", "[CLS]", "[SEP]", "[UNK]"]
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.train_from_iterator(
        lines, WordPieceTrainer(vocab_size=400, special_tokens=specials, show_progress=False))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 2)])
    save(tokenizer, "wordpiece")
    names = sorted(tokenizer.get_vocab().items(), key=lambda pair: pair[1])
    (OUT / "vocab.txt").write_text("".join(f"{word}\n" for word, _ in names), encoding="utf-8")

    tokenizer = Tokenizer(models.WordLevel(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.train_from_iterator(
        lines, WordLevelTrainer(vocab_size=300, special_tokens=SPECIALS, show_progress=False))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", special_tokens=[("</s>", 2)])
    save(tokenizer, "words")


def hostile(lines, count):
    """Real sentences, spoiled: letters of all of Unicode, marks, blanks, signs, long words."""
    noise = random.Random(7)
    blanks = " \t\n\r\u00a0\u2003\u200b\u3000\u2028"
    marks = "".join(map(chr, range(0x300, 0x370))) + "\u20d0\u0483\u200d\ufe0f"
    letters = "aeiouyAEnÉéœﬁＡｂ①½Ⅷ㌀ǅẞ😀👍中文한글ᄒ\u1161ｶ\uff9eคำहि٣"
    texts = []
    for _ in range(count):
        text = list(noise.choice(lines))
        for _ in range(noise.randrange(12)):
            at = noise.randrange(len(text) + 1)
            kind = noise.randrange(6)
            if kind == 0:
                new = noise.choice(blanks) * noise.randrange(1, 4)
            elif kind == 1:
                new = noise.choice(letters) + noise.choice(marks) * noise.randrange(3)
            elif kind == 2:
                code = noise.choice([noise.randrange(0x20, 0x3000), noise.randrange(0x20, 0x110000)])
                new = chr(code) if not 0xD800 <= code < 0xE000 else "�"
            elif kind == 3:
                new = noise.choice("!?,.;:-'\"()[]…«»")
            elif kind == 4:
                new = noise.choice(letters) * noise.randrange(1, 40)
            else:
                new = "".join(noise.choice(text) for _ in range(3)) if text else ""
            text[at:at] = new
        texts.append("".join(text))
    # SentencePiece drops ▁ at the end of a text as it drops blanks, which the engine does not.
    return [text for text in texts if "▁" not in text and "\0" not in text]


def expected(lines):
    """What SentencePiece itself makes of hostile texts."""
    texts = ["", " ", "a", "  a  b ", *hostile(lines, 200)]
    for name in ["unigram", "bpe"]:
        processor = sentencepiece.SentencePieceProcessor(model_file=str(OUT / f"{name}.model"))
        cases = [[text, processor.encode(text)] for text in texts]
        lines_out = ",\n".join(json.dumps(case, ensure_ascii=True) for case in cases)
        (OUT / f"{name}.expected.json").write_text(f"[\n{lines_out}\n]\n", encoding="utf-8")


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    lines = sentences()
    unigram(lines)
    bpe(lines)
    words(lines)
    expected(lines)
    for path in sorted(OUT.iterdir()):
        print(f"{path.stat().st_size:8} {path.name}")


if __name__ == "__main__":
    main()
