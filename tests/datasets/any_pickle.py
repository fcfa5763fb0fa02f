"""Hypothesis strategies: pickles in the form of the field's, with some of their values changed."""

import copy
import pickle
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np
from hypothesis import strategies as st

from tests.pickles.hostile import nested

Tree = dict[str, Any]
SPLITS = ("train", "valid", "test")
DTYPES = ["?", "i1", "u8", ">i2", "f2", "f4", ">f8", "g", "c8", "S3", "U4", "O"]
TEXTS = ["", " ", "../../x", "/etc/passwd", "a\0b", "\ud800", "x" * 2000, "a/b", "{a}", "$(x)"]
NUMBERS = [np.nan, np.inf, -np.inf, 1e300, -1, 99, 0.5, 2**70, 2**63, "1", b"1", None]
OTHERS = [None, {}, [], 3, "x", b"x", (), {"a": 1}, np.float32(1), np.ones(()), 1e300]


def mmsa_split(name: str, count: int, steps: int, width: int) -> Tree:
    values = np.random.default_rng(count).normal(size=(count, steps, width))
    labels = np.linspace(-1, 1, count)
    return {
        "raw_text": [f"so good {n}" for n in range(count)],
        "id": [f"{name}$_${n}" for n in range(count)],
        "audio": values.astype(np.float32),
        "vision": values,
        "text": values.astype(np.float32),
        "text_bert": np.ones((count, 3, steps)),
        "audio_lengths": [steps] * count,
        "vision_lengths": np.full(count, steps),
        "annotations": ["Positive"] * count,
        **{f"regression_labels{part}": labels for part in ("", "_T", "_A", "_V")},
    }


def mult_split(name: str, count: int, steps: int, width: int) -> Tree:
    values = np.random.default_rng(count).normal(size=(count, steps, width))
    present = np.arange(count * 4).reshape(count, 4) % 3 == 0
    labels = np.stack([~present, present], axis=2).astype(int)
    return {"text": values, "audio": values * 2, "vision": values - 1, "labels": labels}


FORMATS: dict[str, Callable[..., Tree]] = {"mmsa": mmsa_split, "mult": mult_split}


def having(value: Any, number: int, entries: list[Any]) -> Any:
    """Put one of the entries in the place of a value."""
    changed = np.array(value, dtype=object)
    changed.flat[number % changed.size] = entries[number % len(entries)]
    return changed.tolist()


def cyclic() -> list[Any]:
    value: list[Any] = []
    value += [value, value]
    return value


CHANGES: dict[str, Callable[[Any, int], Any]] = {
    "cut": lambda value, number: value[: number % 3],
    "longer": lambda value, number: [*value, *value[:1]],
    "twice": lambda value, number: np.concatenate([value, value]),
    "a list": lambda value, number: np.asarray(value).tolist(),
    "a list of arrays": lambda value, number: list(value),
    "a tuple": lambda value, number: tuple(value),
    "ragged": lambda value, number: [np.asarray(value).tolist(), [1], []],
    "of another dtype": lambda value, number: np.asarray(value).astype(DTYPES[number % 12]),
    "one axis more": lambda value, number: np.asarray(value)[:, None],
    "one axis less": lambda value, number: np.asarray(value).reshape(-1),
    "of width 0": lambda value, number: np.asarray(value)[..., :0],
    "turned": lambda value, number: np.asarray(value).T,
    "wider": lambda value, number: np.concatenate([value, value], axis=-1),
    "all NaN": lambda value, number: np.full(np.shape(value), np.nan),
    "all 0": lambda value, number: np.zeros(np.shape(value)),
    "all the same": lambda value, number: [value[0]] * len(value),
    "a nasty number": lambda value, number: having(value, number, NUMBERS),
    "NaN in an array": lambda value, number: np.array(having(value, number, NUMBERS[:6]), "f8"),
    "a nasty text": lambda value, number: having(value, number, TEXTS),
    "nested": lambda value, number: nested(value, depth=number % 12 + 1),
    "itself": lambda value, number: cyclic(),
    "many of one": lambda value, number: [value] * 10**5,
    "many of a long text": lambda value, number: ["a b " * 50_000] * 1000,
    "a long text among numbers": lambda value, number: ["a" * 10**6, *([0] * 10**5)],
    "something else": lambda value, number: OTHERS[number % len(OTHERS)],
}


@st.composite
def contents(draw: st.DrawFn, form: str) -> Any:
    """What a pickle of this form may hold: all right, or with up to three changes."""
    steps, width = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    whole: Tree = {
        name: FORMATS[form](name, draw(st.integers(1, 4)), steps, width) for name in SPLITS
    }
    places = [(split, key) for split in SPLITS for key in sorted(whole[split])]
    for split, key in draw(st.lists(st.sampled_from(places), max_size=3, unique=True)):
        change(draw, whole[split], key)
    if draw(st.integers(0, 9)) == 0:
        name = draw(st.sampled_from(["dev", "generated", "train", "test"]))
        whole[name] = draw(st.sampled_from([*OTHERS, copy.copy(whole["valid"]), np.ones(2)]))
    return whole


def change(draw: st.DrawFn, split: Tree, key: str) -> None:
    """Change what is under a key, or remove it; not every change can be made of every value."""
    name, number = draw(st.sampled_from(["missing", *CHANGES])), draw(st.integers(0, 200))
    if name == "missing":
        del split[key]
    else:
        with suppress(TypeError, ValueError, IndexError, OverflowError):
            split[key] = CHANGES[name](split[key], number)


@st.composite
def damaged(draw: st.DrawFn, form: str) -> bytes:
    """The bytes of such a pickle, some of them changed or missing."""
    raw = bytearray(pickle.dumps(draw(contents(form)), draw(st.integers(0, 5))))
    for place in draw(st.lists(st.integers(0, len(raw) - 1), max_size=3)):
        raw[place] = draw(st.integers(0, 255))
    start = draw(st.integers(0, len(raw)))
    missing = draw(st.sampled_from([0, 0, 1, 8, 1000]))
    return bytes(raw[:start] + raw[start + missing :])
