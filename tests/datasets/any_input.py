"""What may come of any input: caches or one sentence, in time and in little memory."""

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from hypothesis import strategies as st

from evenfuse.cache.reading import read_cache
from evenfuse.errors import EvenfuseError
from evenfuse.settings.splits import SPLITS
from tests.conftest import run_command

SECONDS = 20
MEBIBYTES = 200  # small files, as all generated ones are, take less


def sentence_of(output: Path, *arguments: object) -> str | None:
    """Run a command that writes caches; return why it refuses its input, or None if it does not."""
    with in_time(), in_little_memory():
        try:
            assert run_command(*arguments, "--output", output).exit_code == 0
        except EvenfuseError as error:
            assert not output.exists() or not list(output.iterdir())
            return one_sentence(str(error))
    for split in SPLITS:
        assert len(read_cache(output / f"{split}.h5"))
    return None


def outcome(told: str | None) -> str:
    return "refused" if told else "cached"


def one_sentence(text: str) -> str:
    assert text.isprintable()
    assert 10 < len(text) < 2000
    return text


@contextmanager
def in_time() -> Iterator[None]:
    def too_late(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"not done after {SECONDS} seconds")

    before = signal.signal(signal.SIGALRM, too_late)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def in_little_memory() -> Iterator[None]:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    yield
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < before + MEBIBYTES * 1024


def damaged(content: bytes) -> st.SearchStrategy[bytes]:
    """The content with a few bytes changed, or cut, or longer."""
    place = st.integers(0, len(content) - 1)
    byte = st.sampled_from([0, 1, 2, 64, 127, 128, 254, 255])
    changes = st.lists(st.tuples(place, byte), min_size=1, max_size=6)
    return st.one_of(
        changes.map(lambda each: _changed(content, each)),
        place.map(lambda end: content[:end]),
        st.binary(min_size=1, max_size=20).map(lambda more: content + more),
    )


def _changed(content: bytes, changes: list[tuple[int, int]]) -> bytes:
    changed = bytearray(content)
    for place, value in changes:
        changed[place] = value
    return bytes(changed)
