"""Pickles that attack the machine are refused, in little time and memory."""

import time
import tracemalloc
from pathlib import Path

import pytest

from evenfuse.pickles import limits
from evenfuse.pickles.limits import MOST_VALUES
from tests.pickles.hostile import GREEDY, HOSTILE
from tests.pickles.pickled import refused, sentence


def peak(folder: Path, content: bytes) -> tuple[str, int]:
    """Return what is told of a pickle, and the most memory that was used to read it."""
    tracemalloc.start()
    try:
        return sentence(folder, content), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("content", "told"), HOSTILE.values(), ids=HOSTILE)
def test_an_attack_is_refused_at_once(tmp_path: Path, content: bytes, told: str) -> None:
    start = time.process_time()
    found, memory = peak(tmp_path, content)
    assert found == told
    assert time.process_time() - start < 20
    assert memory < 6 * len(content) + (1 << 24)


@pytest.mark.parametrize("operation", GREEDY.values(), ids=GREEDY)
def test_a_value_takes_some_100_bytes_and_their_number_is_limited(
    tmp_path: Path, operation: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST_VALUES == 10_000_000
    monkeypatch.setattr(limits, "MOST_VALUES", 100_000)
    told, memory = peak(tmp_path, b"\x80\x04Nq\x05" + operation * 200_000 + b".")
    assert told == refused("to make more than 100,000 values outside of arrays")
    assert memory < 100_000 * 150 + (1 << 21)
