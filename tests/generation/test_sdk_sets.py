"""Stand-ins for the SDK's files: the real form, the known labels, and their way into the cache."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from evenfuse import sdk
from evenfuse.__main__ import cli
from evenfuse.cache.provenance import read_provenance
from evenfuse.cache.reading import read_cache
from evenfuse.datasets.csd_file import CsdFile
from evenfuse.generation.sdk_sets import SETS, _share_out
from evenfuse.generation.speakers import MOVED, MUSCLES, PITCH, PITCHED
from evenfuse.generation.speech import make_lexicon
from evenfuse.settings.reading import config_files, read_files
from evenfuse.settings.trees import merge

FILES = config_files(Path(__file__).parents[2] / "config")
CONFIG = merge(*read_files(FILES).values())
SPLITS = ("train", "valid", "test")
ROLES = ("words", "labels", "vectors", "audio", "video")
WIDTHS = {
    "mosi": {"words": 1, "labels": 1, "vectors": 300, "audio": 74, "video": 47},
    "mosei": {"words": 1, "labels": 1, "vectors": 300, "audio": 74, "video": 35},
}
SIZE = 150
REPAIRED = "NaN or infinite values of audio set to 0"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in arguments], catch_exceptions=False)


def fake(folder: Path, name: str, size: int = SIZE, seed: int = 0) -> dict[str, CsdFile]:
    options = ("--size", size, "--seed", seed, "--output", folder)
    result = run("fake", name, "--format", "csd", *options)
    assert result.exit_code == 0, result.output
    return {role: CsdFile(folder / CONFIG["datasets"][name]["files"][role]) for role in ROLES}


@pytest.fixture(scope="module", params=["mosi", "mosei"])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def files(name: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, CsdFile]:
    return fake(tmp_path_factory.mktemp(name), name)


def split_of(name: str) -> dict[str, str]:
    folds = sdk.folds(CONFIG["datasets"][name]["sdk"])
    return {video: split for split, videos in folds.items() for video in videos}


def segments_of(files: dict[str, CsdFile], name: str) -> Counter[str]:
    labels = files["labels"]
    splits = split_of(name)
    return Counter(splits[video] for video in labels.videos for _ in labels.read(video).features)


def test_files_are_those_of_the_config_and_say_that_they_are_generated(
    name: str, files: dict[str, CsdFile]
) -> None:
    made = {path.name for path in files["words"].path.parent.iterdir()}
    assert made == set(CONFIG["datasets"][name]["files"].values())
    assert all(file.generated() for file in files.values())


def test_widths_and_rates_are_the_real_ones(name: str, files: dict[str, CsdFile]) -> None:
    for video in files["labels"].videos:
        read = {role: file.read(video) for role, file in files.items()}
        assert {role: part.features.shape[1] for role, part in read.items()} == WIDTHS[name]
        for role, rate in (("audio", 100), ("video", 30)):
            start, end = read[role].intervals.T
            np.testing.assert_allclose(np.diff(start), 1 / rate)
            np.testing.assert_allclose(end - start, 1 / rate)
            assert start[0] == 0 and end[-1] >= read["labels"].intervals[-1, 1]


def test_videos_are_of_the_folds_and_every_split_has_its_share(
    name: str, files: dict[str, CsdFile]
) -> None:
    splits = split_of(name)
    videos = files["labels"].videos
    assert all(file.videos == videos for file in files.values())
    assert set(videos) <= set(splits)
    real, made = Counter(splits.values()), Counter(splits[video] for video in videos)
    for split in SPLITS:
        share = real[split] / len(splits)
        assert made[split] == pytest.approx(share * len(videos), abs=1)
        assert segments_of(files, name)[split] == pytest.approx(share * SIZE, abs=1)


@pytest.mark.parametrize("size", [3, 5, 40])
def test_the_size_is_the_number_of_segments(tmp_path: Path, size: int) -> None:
    for name in SETS:
        counts = segments_of(fake(tmp_path / name, name, size), name)
        assert set(counts) == set(SPLITS)
        assert counts.total() == pytest.approx(size, abs=1)


def test_more_segments_than_real_ones_make_longer_videos() -> None:
    shares = _share_out(500, ["a", "b", "c"], 23.6, np.random.default_rng(0))
    assert list(shares) == ["a", "b", "c"] and sum(shares.values()) == 500


def test_words_have_times_and_pauses(files: dict[str, CsdFile]) -> None:
    spoken = Counter[bytes]()
    for video in files["words"].videos:
        words, vectors = files["words"].read(video), files["vectors"].read(video)
        start, end = words.intervals.T
        assert (end > start).all() and (start[1:] >= end[:-1] - 1e-9).all()
        np.testing.assert_array_equal(words.intervals, vectors.intervals)
        pause = words.features[:, 0] == b"sp"
        assert (vectors.features.any(axis=1) == ~pause).all()
        spoken.update(words.features[:, 0].tolist())
    assert 0.02 < spoken[b"sp"] / spoken.total() < 0.12


def test_labels_are_the_known_function_of_the_content(files: dict[str, CsdFile]) -> None:
    lexicon = make_lexicon(300, np.random.default_rng(0))
    valence = dict(zip(lexicon.words, lexicon.valence, strict=True)) | {"sp": 0.0}
    labels, sums = [], []
    for video in files["labels"].videos:
        read = {role: file.read(video) for role, file in files.items()}
        for bounds, label in zip(read["labels"].intervals, read["labels"].features, strict=True):
            inside = {
                role: part.features[(mid >= bounds[0]) & (mid < bounds[1])]
                for role, part in read.items()
                for mid in [part.intervals.mean(axis=1)]
            }
            text = sum(valence[word.decode()] for word in inside["words"][:, 0])
            pitch, face = inside["audio"][:, 0], inside["video"]
            shown, rest = np.split(pitch, [round(PITCHED * len(pitch))])
            raised = (shown.mean() - rest.mean()) / PITCH
            face = face[: round(MOVED * len(face))]
            frown = np.mean(face[:, 0] - face[:, 1]) / 2 / MUSCLES
            sums.append(np.clip(text + raised + frown, -3, 3))
            labels.append(float(label[0]))
    assert np.abs(labels).max() == 3
    assert np.std(labels) > 1
    assert np.sqrt(np.mean(np.subtract(labels, sums) ** 2)) < 0.15


def test_the_sdks_folds_align_them(name: str, files: dict[str, CsdFile], tmp_path: Path) -> None:
    sources = [f"{role}={file.path}" for role, file in files.items()]
    folds = CONFIG["datasets"][name]["sdk"]
    result = run("align", *sources, "--sdk-folds", folds, "--output", tmp_path)
    assert result.exit_code == 0, result.output
    splits, audio = split_of(name), files["audio"]
    infinite = Counter[str]()
    for video in audio.videos:
        values = audio.read(video).features
        infinite[splits[video]] += int(np.isneginf(values).sum())
        assert not np.isnan(values).any() and not np.isposinf(values).any()
    for split, count in segments_of(files, name).items():
        kept = read_provenance(tmp_path / f"{split}.h5").counts
        assert kept["kept"] == kept["generated"] == count
        assert kept[REPAIRED] == infinite[split] > 0
        assert not [reason for reason in kept if reason.startswith("dropped") and kept[reason]]
        segments = read_cache(tmp_path / f"{split}.h5")
        assert {key: part.values.shape[1] for key, part in segments.features.items()} == {
            key: WIDTHS[name][key] for key in ("vectors", "audio", "video")
        }


def test_a_seed_is_a_content(tmp_path: Path) -> None:
    first, again, other = (
        fake(tmp_path / folder, "mosi", 20, seed)
        for folder, seed in (("first", 1), ("again", 1), ("other", 2))
    )
    for role, file in first.items():
        assert file.videos == again[role].videos
        for video in file.videos:
            parts = [files[role].read(video) for files in (first, again, other)]
            np.testing.assert_array_equal(parts[0].intervals, parts[1].intervals)
            np.testing.assert_array_equal(parts[0].features, parts[1].features)
            assert not np.array_equal(parts[0].features, parts[2].features)


def test_wrong_usage_is_reported_and_writes_nothing(tmp_path: Path) -> None:
    def told(*arguments: object) -> str:
        result = run("fake", *arguments)
        assert result.exit_code == 2
        return result.output

    new, file = tmp_path / "new", tmp_path / "file.pkl"
    file.write_text("mine")
    csd, mmsa = ("--format", "csd"), ("--format", "mmsa")
    assert "--aligned is for mmsa, not for csd" in told("mosi", *csd, "--aligned", "--output", new)
    assert "sims comes as mmsa" in told("sims", *csd, "--output", new)
    assert "mosi comes as mmsa or csd" in told("mosi", "--format", "mult", "--output", new)
    assert "should be a folder" in told("mosi", *csd, "--output", file)
    assert "should be a file" in told("mosi", *mmsa, "--output", tmp_path)
    assert list(tmp_path.iterdir()) == [file] and file.read_text() == "mine"
