"""What is to be known of checkpoints without torch: which is the newest, and of which run."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evenfuse.records.record import Record
from evenfuse.records.runs import AnyRunSettings

LOCK = "lock"  # the file that the process that trains a run holds
EPOCH = re.compile(r"epoch-\d+")


class Identity(Record):
    """What a checkpoint must have been made with; of caches and BERT digests of their content."""

    settings: AnyRunSettings
    code: str
    caches: dict[str, str]
    text_encoder: str | None = None


def newest_epoch(folder: Path) -> Path | None:
    """Return the folder of the newest complete checkpoint of a run, if it has one."""
    epochs = [path for path in folder.glob("epoch-*") if EPOCH.fullmatch(path.name)]
    return max(epochs, key=lambda path: int(path.name.removeprefix("epoch-")), default=None)


def first_difference(saved: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """Name the first entry that differs between two trees, with both values; or return ''."""
    before, after = _flat(saved), _flat(now)
    for key in (*after, *before):
        if before.get(key) != after.get(key):
            return f"{key} was {before.get(key)} and is {after.get(key)} now"
    return ""


def _flat(tree: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in tree.items():
        path = f"{above}{key}"
        flat |= _flat(value, f"{path}.") if isinstance(value, Mapping) else {path: value}
    return flat
