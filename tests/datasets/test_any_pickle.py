"""Whatever a pickle holds: segments or one sentence, in the memory that docs/data.md promises."""

import pickle
import tempfile
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenfuse import parts
from evenfuse.cache.checks import SegmentChecks
from evenfuse.cache.segments import Segments
from evenfuse.errors import EvenfuseError
from evenfuse.settings.metrics.iemocap import FAMILY as IEMOCAP
from evenfuse.settings.metrics.sentiment import FAMILY as SENTIMENT
from tests.datasets.any_pickle import FORMATS, SPLITS, contents, damaged

METRICS = {"mmsa": SENTIMENT, "mult": IEMOCAP}


def take(raw: bytes, form: str) -> str:
    """Read a pickle as for a cache; return what is told if it cannot be read, else nothing."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "data.pkl"
        file.write_bytes(raw)
        checks = SegmentChecks({"labels": file}, METRICS[form])
        tracemalloc.start()
        try:
            for split, segments, counts in parts.code("datasets", form).read(file, ["vectors"]):
                taken, _ = checks.accept(split, segments, counts)
                check_taken(taken)
            checks.finish()
        except EvenfuseError as error:
            check_sentence(str(error), file)
            return str(error)
        finally:
            memory = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert memory < 30 * len(raw) + (1 << 30)
        return ""


def check_taken(segments: Segments) -> None:
    assert len(segments) == len(segments.labels) == len(segments.words.lengths()) > 0
    for sequence in segments.features.values():
        assert sequence.values.dtype == np.float32 and np.isfinite(sequence.values).all()
        assert sequence.lengths().sum() == len(sequence.values)
        assert len(sequence.lengths()) == len(segments) and sequence.lengths().min() >= 1


def check_sentence(told: str, file: Path) -> None:
    assert "\n" not in told and len(told) < 1000
    assert told.startswith((f"{file}: ", f"{file} "))


@pytest.mark.parametrize("form", FORMATS)
def test_without_a_change_it_is_taken(form: str) -> None:
    whole = {name: FORMATS[form](name, 3, 2, 2) for name in SPLITS}
    assert take(pickle.dumps(whole), form) == ""


@pytest.mark.parametrize("form", FORMATS)
@given(data=st.data())
def test_a_changed_pickle_is_taken_or_told(form: str, data: Any) -> None:
    take(pickle.dumps(data.draw(contents(form)), data.draw(st.integers(0, 5))), form)


@pytest.mark.parametrize("form", FORMATS)
@given(data=st.data())
def test_a_damaged_pickle_is_taken_or_told(form: str, data: Any) -> None:
    take(data.draw(damaged(form)), form)
