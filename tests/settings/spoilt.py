"""Configs to be spoilt, and the sentence that then tells what is wrong."""

from functools import reduce
from pathlib import Path
from typing import Any

import pytest
import yaml

from evenfuse.errors import EvenfuseError
from evenfuse.settings.reading import config_files, load, read_files
from evenfuse.settings.trees import merge

CONFIG = Path(__file__).parents[2] / "config"
SMALL = """
study: {datasets: [d], optimizers: [o], variants: [v], seeds: [1]}
datasets:
  d:
    title: D
    files: {words: w.csd, labels: l.csd, audio: a.csd, video: null}
    modalities: [text, audio]
optimizers: {o: {}}
variants: {v: {model: {name: awf}}}
"""
Tree = dict[str, Any]


def shipped(*overlays: str) -> Tree:
    """The values of the shipped config, with some of its other files laid over it."""
    files = [*config_files(CONFIG), *(CONFIG / name for name in overlays)]
    return merge(*read_files(files).values())


def small() -> Tree:
    """A config that sets nothing of a run: every setting has its default."""
    return dict(yaml.safe_load(SMALL))


def put(tree: Tree, path: str, value: Any) -> Tree:
    """Set one value; what follows `grid` is one key."""
    before, grid, setting = path.partition(".grid.")
    *above, last = [*before.split("."), *(["grid", setting] if grid else [])]
    reduce(lambda below, key: below.setdefault(key, {}), above, tree)[last] = value
    return tree


def sentence(values: Tree) -> str:
    """The sentence that refuses a config."""
    with pytest.raises(EvenfuseError) as caught:
        load(values)
    assert "\n" not in str(caught.value)
    return str(caught.value)
