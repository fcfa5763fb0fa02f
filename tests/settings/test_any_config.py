"""No config ends in a traceback: trees and files by the thousand, and some known to hurt."""

import time
from copy import deepcopy
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from evenfuse.errors import EvenfuseError
from evenfuse.planning.arms import PlannedArm
from evenfuse.planning.datasets import PlannedDataset
from evenfuse.planning.shown import PlannedTable
from evenfuse.planning.sources import PlannedFile
from evenfuse.settings.documents import read_document
from evenfuse.settings.reading import load, read
from evenfuse.settings.trees import values_in

WHOLE = yaml.safe_load("""
study:
  {datasets: [d, e], optimizers: [o], variants: [v, v-gb], seeds: [1], tables: [t, s], figures: [f]}
tuning: {seeds: [7]}
mirror: m
text_encoder: null
local_cache: null
gpus: 1
runs_per_gpu: 1
tensorboard: null
scratch_encoder: {vocabulary_size: 1000, hidden_size: 64, layers: 1, heads: 2, max_tokens: 128}
datasets:
  d:
    title: D
    files: {words: w.csd, labels: l.csd, audio: a.csd, video: null}
    folds: f.json
    published: {train: 3}
    published_as: mosi
    pause: sp
    modalities: [text, audio]
    signed_log: [audio]
    threads: 1
    origin: d
    all_runs: {training: {epochs: 2, loss: l1}, optimizer: {learning_rate: 0.1, groups: {x: {}}}}
    per_optimizer: {o: {optimizer: {momentum: 0.5}}}
    per_model: {awf: {model: {hidden_size: 8}, per_optimizer: {o: {training: {batch_size: 3}}}}}
  e: {title: E, generate: {videos: 8, seed: 1}, modalities: [text, audio], metrics: sentiment}
  m: {title: M, format: manifest, folder: m, files: {manifest: m.csv}, modalities: [audio]}
optimizers: {o: {title: O, optimizer: {algorithm: adam}}}
variants:
  v: {title: V, model: {name: awf, a_fusion: true}, modalities: [text, audio], forms: [gb]}
  g: {model: {name: awf}, grid: {model.dropout: [0.1, 0.2]}, use_winner: true}
comparisons: [{without: v, having: v-gb}]
tables: {t: {title: T, published: [7], variants: [v]}, s: {title: S, kind: seconds}}
figures: {f: {title: F, panels: [[v, v-gb]]}, w: {title: W, kind: fusion_weights, panels: [[v]]}}
sources: {d: {homepage: h, licence: l, files: {w.csd: {addresses: ["http://x/w"], size: 3}}}}
""")
STRANGE = [
    *(
        "",
        "../x",
        "/x",
        "-x",
        "{input}",
        "a b",
        "$(touch x)",
        "a\nb",
        "\0",
        "\ud800",
        "\x1b[m",
        "é",
    ),
    *("no", "1e-3", "nan", "none", "gb", "text", "v", "awf", "b_fusion", "x" * 300),
]
TEXTS = st.one_of(st.text(max_size=12), st.sampled_from(STRANGE))
LARGE = [2**32, 10**30, -(2**63), 1e308]
NUMBERS = st.one_of(
    st.integers(-3, 3),
    st.integers(),
    st.floats(),
    st.sampled_from(LARGE),
    st.none().map(lambda _: 16**5000),  # cannot be printed
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda below: st.one_of(st.lists(below, max_size=3), st.dictionaries(TEXTS, below, max_size=3)),
    max_leaves=6,
)
PLACES = sorted({place[:length] for place in values_in(WHOLE) for length in range(1, 7)} - {()})


PIECES = [
    *(
        "study",
        ": ",
        ":",
        " ",
        "\n",
        "\n  ",
        "[",
        "]",
        "{",
        "}",
        ", ",
        "&a ",
        "*a",
        "- ",
        "? ",
        "<<",
    ),
    *(
        "!!int ",
        "!!set ",
        "'",
        '"',
        "\t",
        "#",
        "| ",
        "> ",
        "%",
        "@",
        "1",
        "no",
        "1:2",
        "=",
        "é",
        "\0",
    ),
]


@st.composite
def trees(draw: st.DrawFn) -> dict[str, Any]:
    """The whole config with something put, added or removed at up to three places."""
    tree = deepcopy(WHOLE)
    for place in draw(st.lists(st.sampled_from(PLACES), min_size=1, max_size=3)):
        try:
            above = reduce(lambda below, key: below[key], place[:-1], tree)
            how = draw(st.sampled_from(["put", "put", "add", "remove"]))
            if how == "remove":
                del above[place[-1]]
            else:
                above[place[-1] if how == "put" else draw(TEXTS)] = draw(VALUES)
        except (KeyError, TypeError):
            continue  # an earlier change has taken the place away
    return tree


def plan(values: dict[str, Any]) -> None:
    """Load a config and plan all that it asks for, as the workflow does."""
    config = load(values)
    config.titles()
    for arm in config.trained_arms():
        planned = PlannedArm(config, *arm)
        planned.settings_json(), planned.given(), planned.runs()
    for name, data in config.datasets.items():
        dataset = PlannedDataset(config, name)
        dataset.raw_files() if data.facts.aligned else dataset.one_file()
        dataset.roles(), dataset.modalities(), dataset.published()
        [PlannedFile(config, name, file).places() for file in data.sources().values()]
    for table in config.study.tables:
        PlannedTable(config, table).arguments(), PlannedTable(config, table).caption()


def test_the_whole_config_is_right() -> None:
    plan(WHOLE)


@given(trees())
def test_no_tree_ends_in_a_traceback(values: dict[str, Any]) -> None:
    try:
        plan(values)
    except EvenfuseError as error:
        assert "\n" not in str(error)
        assert len(str(error)) > 10


@given(st.one_of(st.binary(max_size=200), st.lists(st.sampled_from(PIECES)).map("".join)))
def test_no_file_ends_in_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, content: bytes | str
) -> None:
    file = tmp_path_factory.getbasetemp() / "any.yaml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    try:
        read([file])
    except EvenfuseError as error:
        assert str(file) in str(error) or "setting" in str(error)


def laughs(merged: bool) -> str:
    """A billion of them."""
    first = "a0: &a0 {k: x}\n" if merged else "a0: &a0 [x, x]\n"
    start, end = ("{<<: [", "]}") if merged else ("[", "]")
    lines = [f"a{i}: &a{i} {start}{','.join([f'*a{i - 1}'] * 10)}{end}\n" for i in range(1, 12)]
    return first + "".join(lines)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\x80\x81", "it is not text in UTF-8"),
        ("study: {}".encode("utf-16"), "it is not text in UTF-8"),
        (b"", "should hold settings, one 'key: value' per line"),
        (b"- a", "should hold settings"),
        (b"3", "should hold settings"),
        (b"a: " + b"[" * 40, "line 1: settings are within one another more than 30 times"),
        (b"a: " + b"[" * 100_000, "line 1: "),  # some versions of libyaml end there by themselves
        (b"- " * 100_000, "settings are within one another more than 30 times"),
        (laughs(merged=False).encode(), "line 5: this stands for more than 20000 values"),
        (laughs(merged=True).encode(), "line 5: this stands for more than 20000 values"),
        (b"a: &a [*a]", "an anchor stands within itself"),
        (b"a: " + b"x" * 1_000_000, "has more than 1000000 bytes"),
        (b"a: 1\n\tb: 2", "line 2: this is no YAML (found a tab character"),
        (b"a: !!python/object/apply:os.system [touch x]", "of the kind !!python/object/apply"),
        (b"a: 2020-13-45", "of the kind !!timestamp; put a word into quotes"),
        (b"a: " + b"9" * 6000, "it has a value that is none"),
        (b"a: !!bool x", "it has a value that is none"),
        (b"no: 1", "line 1: the key no is no word; put it into quotes"),
        (b"a:\n  1: 2", "line 2: the key 1 is no word; put it into quotes"),
        (b"? [a]\n: 1", "a key is a list or a mapping"),
        (b"a: {b: 1,\n b: 2}", "has the key 'b' twice, in lines 1 and 2: remove one"),
        (b"__use_yte__: true", "a config is no template; remove __use_yte__"),
        (b"a: 1\n---\nb: 2", "line 2: this is no YAML (but found another document)"),
    ],
)
def test_a_file_that_hurts_is_told_at_once(tmp_path: Path, content: bytes, told: str) -> None:
    file, start = tmp_path / "mine.yaml", time.monotonic()
    file.write_bytes(content)
    with pytest.raises(EvenfuseError) as caught:
        read_document(file)
    assert str(caught.value).startswith(str(file))
    assert told in str(caught.value)
    assert time.monotonic() - start < 5


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(EvenfuseError, match="cannot be read: Is a directory"):
        read_document(tmp_path)
