"""The cache gives back what was written to it, or says that it cannot."""

from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from evenfuse.errors import EvenfuseError
from evenfuse.storage.cache import (
    SCHEMA,
    CacheWriter,
    Ragged,
    Segments,
    read_cache,
    read_provenance,
)

VIDEOS = {
    "first": [["I", "", "like"], ["it"]],
    "söcond": [["naïve", "日本", "😀"]],
    "third": [[""], ["so", "", "", "so"], ["end"]],
}
PROVENANCE = {"split": "train", "counts": {"kept": 6}, "name": "Zoë"}


def segments_of(video: str, sentences: list[list[str]]) -> Segments:
    """Segments with these words; every other value differs from all others."""
    rng = np.random.default_rng(len(video))
    offsets = np.cumsum([0, *map(len, sentences)])
    words = np.array([word for sentence in sentences for word in sentence], dtype=object)
    return Segments(
        ids=[f"{video}[{index}]" for index in range(len(sentences))],
        intervals=rng.random((len(sentences), 2)),
        labels=rng.random((len(sentences), 3), dtype=np.float32),
        words=Ragged(words, offsets),
        features={
            "audio": Ragged(rng.random((len(words), 5), dtype=np.float32), offsets),
            "video": Ragged(rng.random((len(words), 1), dtype=np.float32), offsets),
        },
    )


@pytest.fixture
def parts() -> list[Segments]:
    return [segments_of(video, sentences) for video, sentences in VIDEOS.items()]


@pytest.fixture
def path(tmp_path: Path, parts: list[Segments]) -> Path:
    """A cache of three videos."""
    writer = CacheWriter(tmp_path / "train.h5")
    for part in parts:
        writer.append(part)
    writer.close(PROVENANCE)
    return tmp_path / "train.h5"


def test_round_trip_of_what_belongs_to_a_segment(path: Path, parts: list[Segments]) -> None:
    read = read_cache(path)
    assert len(read) == 6
    assert read.ids == [name for part in parts for name in part.ids]
    np.testing.assert_array_equal(read.intervals, np.concatenate([p.intervals for p in parts]))
    np.testing.assert_array_equal(read.labels, np.concatenate([p.labels for p in parts]))


def test_round_trip_of_what_belongs_to_a_word(path: Path, parts: list[Segments]) -> None:
    read = read_cache(path)
    originals = [(part, index) for part in parts for index in range(len(part))]
    for index, (part, own) in enumerate(originals):
        assert read.words[index].tolist() == part.words[own].tolist()
        for name, sequence in part.features.items():
            np.testing.assert_array_equal(read.features[name][index], sequence[own])
            assert read.features[name].values.dtype == np.float32


def test_offsets_run_on_from_video_to_video(path: Path) -> None:
    read = read_cache(path)
    for sequence in (read.words, *read.features.values()):
        assert sequence.offsets.tolist() == [0, 3, 4, 7, 8, 12, 13]
        assert sequence.lengths().tolist() == [3, 1, 3, 1, 4, 1]


def test_sentences_leave_the_pauses_out(path: Path) -> None:
    expected = ["I like", "it", "naïve 日本 😀", "", "so so", "end"]
    assert read_cache(path).sentences() == expected


def test_provenance_round_trip(path: Path) -> None:
    assert read_provenance(path) == PROVENANCE


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


def delete(path: Path) -> None:
    path.unlink()


def write_text(path: Path) -> None:
    path.write_text("no HDF5")


@pytest.mark.parametrize("damage", [cut, delete, write_text])
@pytest.mark.parametrize("read", [read_cache, read_provenance])
def test_a_file_that_is_not_whole_is_told(
    path: Path, damage: Callable[[Path], None], read: Callable[[Path], object]
) -> None:
    damage(path)
    with pytest.raises(EvenfuseError) as caught:
        read(path)
    assert str(caught.value).startswith(f"the cache {path} cannot be read (")
    assert str(caught.value).endswith("; delete it and run again")


@pytest.mark.parametrize(
    "name",
    ["segments/label", "segments/interval", "words/offsets"]
    + [f"features/{name}/{part}" for name in ("audio", "video") for part in ("values", "offsets")],
)
def test_one_flipped_bit_is_noticed(path: Path, name: str) -> None:
    with h5py.File(path) as file:
        chunk = file[name].id.get_chunk_info(0)
    content = bytearray(path.read_bytes())
    content[chunk.byte_offset + 5] ^= 1
    path.write_bytes(content)
    with pytest.raises(EvenfuseError, match=f"the cache {path} cannot be read"):
        read_cache(path)


@pytest.mark.parametrize("name", ["segments/id", "words", "features/audio/values"])
def test_a_part_that_is_not_there_is_told(path: Path, name: str) -> None:
    with h5py.File(path, "a") as file:
        del file[name]
    with pytest.raises(EvenfuseError, match=f"the cache {path} cannot be read"):
        read_cache(path)


@pytest.mark.parametrize("schema", [SCHEMA - 1, SCHEMA + 1, None])
def test_another_schema_is_refused(path: Path, schema: int | None) -> None:
    with h5py.File(path, "a") as file:
        if schema is None:
            del file.attrs["schema"]
        else:
            file.attrs["schema"] = schema
    with pytest.raises(EvenfuseError) as caught:
        read_cache(path)
    assert str(caught.value) == f"{path} has another cache schema; delete it and run again"
