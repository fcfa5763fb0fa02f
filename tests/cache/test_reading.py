"""The cache gives back what was written to it, or says that it cannot."""

import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest

from evenfuse.cache.provenance import read_provenance
from evenfuse.cache.reading import read_cache, read_fingerprint
from evenfuse.cache.segments import Ragged, Segments
from evenfuse.cache.writing import SCHEMA, CacheWriter
from evenfuse.errors import EvenfuseError
from evenfuse.records.caches import CacheProvenance
from tests.damage import damaged
from tests.test_damage import UNREADABLE

VIDEOS = {
    "first": [["I", "", "like"], ["it"]],
    "söcond": [["naïve", "日本", "😀"]],
    "third": [[""], ["so", "", "", "so"], ["end"]],
}
PROVENANCE = {
    "format": "csd",
    "split": "train",
    "generated": False,
    "counts": {"kept": 6},
    "sources": {"words": {"file": "Zoë.csd", "sha256": "ab"}},
    "versions": {},
}


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


def test_features_may_stay_in_the_file(path: Path) -> None:
    there, here = read_cache(path, in_memory=False), read_cache(path)
    for name, sequence in here.features.items():
        assert isinstance(there.features[name].values, np.memmap)
        assert not isinstance(sequence.values, np.memmap)
        np.testing.assert_array_equal(there.features[name].values, sequence.values)
        np.testing.assert_array_equal(there.features[name].offsets, sequence.offsets)


def test_only_the_named_features_are_read(path: Path) -> None:
    assert set(read_cache(path, ["audio", "text"]).features) == {"audio"}


def test_a_flipped_bit_is_noticed_in_the_file_as_well(path: Path) -> None:
    with h5py.File(path) as file:
        place = file["features/audio/values"].id.get_offset()
    content = bytearray(path.read_bytes())
    content[place + 5] ^= 1
    path.write_bytes(content)
    with pytest.raises(EvenfuseError, match="the checksum of features/audio/values is wrong"):
        read_cache(path, in_memory=False)


def test_offsets_run_on_from_video_to_video(path: Path) -> None:
    read = read_cache(path)
    for sequence in (read.words, *read.features.values()):
        assert sequence.offsets.tolist() == [0, 3, 4, 7, 8, 12, 13]
        assert sequence.lengths().tolist() == [3, 1, 3, 1, 4, 1]


def test_sentences_leave_the_pauses_out(path: Path) -> None:
    expected = ["I like", "it", "naïve 日本 😀", "", "so so", "end"]
    assert read_cache(path).sentences() == expected


def test_provenance_round_trip(path: Path) -> None:
    assert read_provenance(path) == CacheProvenance.model_validate(PROVENANCE)


def test_a_provenance_without_a_key_is_told_with_file_and_key(tmp_path: Path) -> None:
    writer = CacheWriter(tmp_path / "train.h5")
    writer.append(segments_of("a", [["I"]]))
    writer.close({name: value for name, value in PROVENANCE.items() if name != "generated"})
    with pytest.raises(EvenfuseError, match=r"train\.h5 cannot be used \(the key 'generated'"):
        read_provenance(tmp_path / "train.h5")


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


def write_text(path: Path) -> None:
    path.write_text("no HDF5")


@pytest.mark.parametrize("damage", [cut, write_text])
@pytest.mark.parametrize("read", [read_cache, read_provenance])
def test_a_file_that_is_not_whole_is_reported_and_set_aside(
    path: Path, damage: Callable[[Path], None], read: Callable[[Path], object]
) -> None:
    damage(path)
    with pytest.raises(EvenfuseError) as caught:
        read(path)
    assert str(caught.value).startswith(f"the cache {path} cannot be used (")
    assert str(caught.value).endswith("run the workflow again to make a new one")
    assert [file.name for file in path.parent.iterdir()] == [f"{path.name}.damaged"]


@pytest.mark.parametrize("read", [read_cache, read_provenance])
def test_a_file_that_is_not_there_is_reported(
    tmp_path: Path, read: Callable[[Path], object]
) -> None:
    with pytest.raises(EvenfuseError, match=r"there is no cache .*train\.h5; run the workflow"):
        read(tmp_path / "train.h5")


def names_of(path: Path) -> list[str]:
    names: list[str] = []
    with h5py.File(path) as file:
        file.visititems(lambda name, node: names.append(name) if hasattr(node, "dtype") else None)
    return names


def test_one_flipped_bit_in_any_array_is_noticed(path: Path) -> None:
    whole = path.read_bytes()
    names = names_of(path)
    assert len(names) == 11
    for name in names:
        with h5py.File(path) as file:
            place = file[name].id.get_offset()
        content = bytearray(whole)
        content[place + 5] ^= 1
        path.write_bytes(content)
        with pytest.raises(EvenfuseError, match=f"cannot be used .the checksum of {name} is wrong"):
            read_cache(path)
        path.write_bytes(whole)
    assert len(read_cache(path)) == 6


def test_every_damage_is_found_or_does_no_harm(path: Path, parts: list[Segments]) -> None:
    """HDF5 leaves room between the parts of a file, which nobody reads."""
    whole, content = path.read_bytes(), repr_of(path)
    found = 0
    for changed in damaged(whole, 300):
        path.write_bytes(changed)
        try:
            assert repr_of(path) == content
        except EvenfuseError as error:
            assert "was set aside" in str(error)
            found += 1
    assert found > 450


def repr_of(path: Path) -> str:
    """All that a cache says."""
    segments = read_cache(path)
    features = {name: rows.values.tolist() for name, rows in segments.features.items()}
    labels, words = segments.labels.tolist(), segments.words.values.tolist()
    return repr([segments.ids, labels, words, features, read_provenance(path)])


@pytest.mark.parametrize("read", [read_cache, read_provenance, read_fingerprint])
def test_a_file_that_cannot_be_read_stays(tmp_path: Path, read: Callable[[Path], object]) -> None:
    (tmp_path / "train.h5").symlink_to(UNREADABLE)
    with pytest.raises(EvenfuseError, match=r"train\.h5 cannot be read \(Input/output error\)"):
        read(tmp_path / "train.h5")
    assert [file.name for file in tmp_path.iterdir()] == ["train.h5"]


def test_a_folder_in_place_of_a_file_stays(tmp_path: Path) -> None:
    (tmp_path / "train.h5").mkdir()
    with pytest.raises(EvenfuseError, match=r"train\.h5 cannot be read \(Is a directory\)"):
        read_cache(tmp_path / "train.h5")
    assert (tmp_path / "train.h5").is_dir()


def test_the_same_content_is_the_same_bytes(tmp_path: Path, parts: list[Segments]) -> None:
    for name in ("one.h5", "two.h5"):
        writer = CacheWriter(tmp_path / name)
        for part in parts:
            writer.append(part)
        writer.close(PROVENANCE)
    assert (tmp_path / "one.h5").read_bytes() == (tmp_path / "two.h5").read_bytes()


def test_videos_whose_features_differ_in_width_are_refused(tmp_path: Path) -> None:
    first, second = (segments_of(video, [["a", "b"]]) for video in ("first", "second"))
    narrow = Ragged(second.features["audio"].values[:, :4], second.features["audio"].offsets)
    writer = CacheWriter(tmp_path / "train.h5")
    writer.append(first)
    with pytest.raises(EvenfuseError, match=r"'features/audio/values' change .*\(5,\).*\(4,\)"):
        writer.append(replace(second, features={"audio": narrow}))


def test_a_video_without_segments_changes_nothing(tmp_path: Path, parts: list[Segments]) -> None:
    writer = CacheWriter(tmp_path / "train.h5")
    for part in (segments_of("empty", []), *parts, segments_of("empty", [])):
        writer.append(part)
    writer.close(PROVENANCE)
    read = read_cache(tmp_path / "train.h5")
    assert read.words.offsets.tolist() == [0, 3, 4, 7, 8, 12, 13]
    assert read.sentences()[0] == "I like"


def test_a_cache_without_segments_is_read_back(tmp_path: Path) -> None:
    writer = CacheWriter(tmp_path / "train.h5")
    writer.append(segments_of("empty", []))
    writer.close(PROVENANCE)
    read = read_cache(tmp_path / "train.h5")
    assert len(read) == 0
    assert read.features["audio"].values.shape == (0, 5)


def test_memory_does_not_grow_with_the_videos(tmp_path: Path) -> None:
    segments = segments_of("long", [["word"] * 50_000])
    megabytes = segments.features["audio"].values.nbytes / 1e6
    writer = CacheWriter(tmp_path / "train.h5")
    writer.append(segments)
    tracemalloc.start()
    for _ in range(10):
        writer.append(segments)
    writer.close(PROVENANCE)
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    assert (tmp_path / "train.h5").stat().st_size / 1e6 > 10 * megabytes
    assert peak < 10 * megabytes


@pytest.mark.parametrize("name", ["segments/id", "words", "features/audio/values"])
def test_a_part_that_is_not_there_is_reported(path: Path, name: str) -> None:
    with h5py.File(path, "a") as file:
        del file[name]
    with pytest.raises(EvenfuseError, match=f"the cache {path} cannot be used"):
        read_cache(path)


@pytest.mark.parametrize("schema", [SCHEMA - 1, SCHEMA + 1])
def test_another_schema_is_refused(path: Path, schema: int) -> None:
    with h5py.File(path, "a") as file:
        file.attrs["schema"] = schema
    with pytest.raises(EvenfuseError) as caught:
        read_cache(path)
    assert f"(its schema is {schema}, this version reads {SCHEMA})" in str(caught.value)
    assert not path.exists()
