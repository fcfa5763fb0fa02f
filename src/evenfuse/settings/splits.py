"""The splits of every dataset."""

from typing import Literal, get_args

SplitName = Literal["train", "valid", "test"]
SPLITS: tuple[str, ...] = get_args(SplitName)
