"""What benchmarks/peer.py trains on: generated segments that both sides read, a BERT for both."""

import pickle
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from evenfuse.generation.mmsa import CLS, FIRST_WORD, SEP, SHAPES, generate_mmsa
from evenfuse.generation.padded import write_pickle

MOSI = SHAPES["mosi"]
WORDS = [*MOSI.valence, *MOSI.plain]
SPLITS = ("train", "valid", "test")
BERT = "bert-base-uncased"  # MMSA's bert_mag loads this name, which a folder may have
VOCABULARY = 30522
SPECIAL = {"[PAD]": 0, "[UNK]": 100, "[CLS]": CLS, "[SEP]": SEP, "[MASK]": 103}
Split = dict[str, Any]


class Pickles(NamedTuple):
    """The same segments for each side."""

    ours: Path
    mmsa: Path


def unaligned(folder: Path, segments: int) -> Pickles:
    """Write unaligned segments; their lengths are within the arrays, or MMSA would not start."""
    path = folder / f"{segments}.pkl"
    write_pickle(path, _changed(_generated(path, segments, aligned=False), _sound_lengths))
    return Pickles(path, path)


def aligned(folder: Path, segments: int) -> Pickles:
    """Write aligned segments, as word vectors."""
    path = folder / f"{segments}-aligned.pkl"
    _generated(path, segments, aligned=True)
    return Pickles(path, path)


def of_tokens(folder: Path, segments: int) -> Pickles:
    """Write aligned segments with their tokens; a word is one token, and has a row with us."""
    path = folder / f"{segments}-tokens.pkl"
    content = _generated(path, segments, aligned=True)
    ours = path.with_stem(f"{segments}-words")
    write_pickle(ours, _changed(content, _without_ends))
    write_pickle(path, _changed(content, _with_tokens))
    return Pickles(ours, path)


def make_bert(folder: Path) -> Path:
    """Write a BERT with random weights, whose tokenizer gives the words the ids in the pickles."""
    from transformers import BertConfig, BertModel

    shape = BertConfig(num_hidden_layers=4, hidden_size=768, vocab_size=VOCABULARY)
    BertModel(shape).save_pretrained(folder / BERT)
    ids = SPECIAL | {word.lower(): FIRST_WORD + number for number, word in enumerate(WORDS)}
    pieces = {number: piece for piece, number in ids.items()}
    lines = [pieces.get(number, f"[unused{number}]") for number in range(VOCABULARY)]
    (folder / BERT / "vocab.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder / BERT


def _generated(path: Path, segments: int, aligned: bool) -> dict[str, Any]:
    """Write segments of CMU-MOSI's shapes, so many of them for training; return what is in them."""
    size = round(segments * sum(MOSI.splits) / MOSI.splits[0])
    generate_mmsa(path, "mosi", size, aligned, seed=0)
    content: dict[str, Any] = pickle.loads(path.read_bytes())
    return content


def _changed(content: dict[str, Any], change: Callable[[Split], Split]) -> dict[str, Any]:
    return {split: {**content[split], **change(content[split])} for split in SPLITS}


def _sound_lengths(split: Split) -> Split:
    return {
        f"{key}_lengths": np.clip(split[f"{key}_lengths"], 1, split[key].shape[1]).tolist()
        for key in ("audio", "vision")
    }


def _without_ends(split: Split) -> Split:
    """Drop the rows of [CLS] and [SEP]."""
    words = np.array([len(text.split()) for text in split["raw_text"]])
    kept = np.arange(1, split["text"].shape[1]) <= words[:, None]
    return {
        key: np.where(kept[:, :, None], split[key][:, 1:], np.float32(0))
        for key in ("text", "audio", "vision")
    }


def _with_tokens(split: Split) -> Split:
    """Add ids, mask and token types (segment, 3, token)."""
    texts: Sequence[str] = split["raw_text"]
    tokens = np.zeros((len(texts), 3, split["text"].shape[1]), dtype=np.float32)
    for row, text in zip(tokens, texts, strict=True):
        ids = [CLS, *(FIRST_WORD + WORDS.index(word) for word in text.split()), SEP]
        row[0, : len(ids)], row[1, : len(ids)] = ids, 1
    return {"text_bert": tokens}
