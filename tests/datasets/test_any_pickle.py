"""Whatever a pickle holds: a cache or one sentence, in the memory that docs/data.md promises."""

import pickle
import tempfile
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenfuse.cache.reading import read_cache
from evenfuse.errors import EvenfuseError
from tests.conftest import run_command
from tests.datasets.any_pickle import FORMATS, SPLITS, contents, damaged

METRICS = {"mmsa": "sentiment", "mult": "iemocap"}


def cache(raw: bytes, form: str) -> str:
    """Make the caches of a pickle; return what is told if they cannot be made, else nothing."""
    with tempfile.TemporaryDirectory() as folder:
        file, output = Path(folder) / "data.pkl", Path(folder) / "cache"
        file.write_bytes(raw)
        options = ["--format", form, "--metrics", METRICS[form], "--modality", "vectors"]
        tracemalloc.start()
        try:
            run_command("cache", file, *options, "--output", output)
        except EvenfuseError as error:
            check_sentence(str(error), file)
            assert not output.exists() or list(output.iterdir()) == []
            return str(error)
        finally:
            memory = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert memory < 30 * len(raw) + (1 << 30)
        for split in SPLITS:
            assert len(read_cache(output / f"{split}.h5")) > 0
        return ""


def check_sentence(told: str, file: Path) -> None:
    assert "\n" not in told and len(told) < 1000
    assert told.startswith((f"{file}: ", f"{file} ")) or "has no segments left" in told


@pytest.mark.parametrize("form", FORMATS)
def test_without_a_change_it_is_cached(form: str) -> None:
    whole = {name: FORMATS[form](name, 3, 2, 2) for name in SPLITS}
    assert cache(pickle.dumps(whole), form) == ""


@pytest.mark.parametrize("form", FORMATS)
@given(data=st.data())
def test_a_changed_pickle_is_cached_or_told(form: str, data: Any) -> None:
    cache(pickle.dumps(data.draw(contents(form)), data.draw(st.integers(0, 5))), form)


@pytest.mark.parametrize("form", FORMATS)
@given(data=st.data())
def test_a_damaged_pickle_is_cached_or_told(form: str, data: Any) -> None:
    cache(data.draw(damaged(form)), form)
