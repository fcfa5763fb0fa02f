"""What tests of pickles share: reading one from bytes, and the message about it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evenfuse.errors import EvenfuseError
from evenfuse.pickles.loading import load_pickle

OLD = sorted(Path(__file__).parent.glob("data/*.pkl"))


class Call:
    """Pickles as a call of a function, with a state to be set on what it returns."""

    def __init__(self, function: Callable[..., Any], *arguments: Any, state: Any = None):
        self.parts = (function, arguments, state)

    def __reduce__(self) -> tuple[Any, ...]:
        return self.parts


def loaded(folder: Path, content: bytes) -> Any:
    (folder / "data.pkl").write_bytes(content)
    return load_pickle(folder / "data.pkl")


def sentence(folder: Path, content: bytes) -> str:
    with pytest.raises(EvenfuseError) as caught:
        loaded(folder, content)
    assert str(caught.value).startswith(f"{folder / 'data.pkl'} ")
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix(f"{folder / 'data.pkl'} ")


def refused(tries: str) -> str:
    return f"tries {tries}, which no data file needs; do not use it"
