"""A file in parts on a hub, and what tests of it want, get and are told."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from huggingface_hub import constants

from evenfuse.downloads.download import Patience
from evenfuse.downloads.fetch import fetch
from evenfuse.downloads.specs import FileSpec, check_data
from evenfuse.errors import EvenfuseError
from evenfuse.settings.sources import Source
from tests.downloads.data_hub import REPOSITORY

QUICK = Patience(attempts=2, pause=0.01, longest_pause=0.02, stall=0.3)
WHOLE = np.random.default_rng(1).bytes(48_000)
DIGEST = hashlib.sha256(WHOLE).hexdigest()
SIZE = 4000
PARTS = {f"big/big.pkl.part{i}": WHOLE[i * SIZE : (i + 1) * SIZE] for i in range(12)}
ORDER = [f"big.pkl.part{i}" for i in range(12)]
IN_PARTS = f"hf://datasets/{REPOSITORY}/big/big.pkl.part*"


def ask_at(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    template = f"{endpoint}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
    monkeypatch.setattr(constants, "ENDPOINT", endpoint)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)


def want(target: Path, store: Path, address: str = IN_PARTS, **known: object) -> FileSpec:
    values = {"unofficial": [address], "sha256": DIGEST, **known}
    return FileSpec(target.name, Source.model_validate(values), store, check_data)


def get(target: Path, wanted: FileSpec) -> str:
    return fetch(target, [], wanted, QUICK)


def sentence(target: Path, wanted: FileSpec) -> str:
    with pytest.raises(EvenfuseError) as caught:
        get(target, wanted)
    assert not target.exists()
    return str(caught.value)


def left(store: Path) -> list[str]:
    return sorted(path.name for path in store.iterdir() if not path.name.startswith("."))
