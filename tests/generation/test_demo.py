"""The generated corpus: repeatable, and its planted truth is the truth."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from evenfuse.cache.reading import read_cache
from evenfuse.datasets.csd_file import CsdFile
from evenfuse.files import read_json
from evenfuse.generation import demo
from evenfuse.generation.demo import SHAPE, generate
from evenfuse.generation.speech import make_lexicon
from evenfuse.settings.generated import PLANTED

ROLES = ("words", "labels", "vectors", "audio", "video")
PARTS = ["text", "audio", "video"]


def truth_and_labels(folder: Path) -> pd.DataFrame:
    """Return the planted truth of every segment, and its label."""
    table = pd.read_parquet(folder / PLANTED).set_index("id")
    file = CsdFile(folder / "demo_labels.csd")
    labels = {
        f"{video}[{index}]": float(label)
        for video in file.videos
        for index, label in enumerate(file.read(video).features[:, 0])
    }
    assert set(labels) == set(table.index)
    table["label"] = pd.Series(labels)
    return table


@pytest.fixture(scope="module")
def planted(generated: Path) -> pd.DataFrame:
    return truth_and_labels(generated)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """The truth of a corpus of the demo's size."""
    folder = tmp_path_factory.mktemp("whole")
    generate(folder, videos=93, seed=0)
    return truth_and_labels(folder)


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two corpora of one seed and one of another."""
    folders = {name: tmp_path_factory.mktemp(name) for name in ("first", "again", "other")}
    for name, folder in folders.items():
        generate(folder, videos=6, seed=2 if name == "other" else 1)
    return folders


@pytest.mark.parametrize("role", ROLES)
def test_a_seed_decides_every_value(corpora: dict[str, Path], role: str) -> None:
    files = {name: CsdFile(folder / f"demo_{role}.csd") for name, folder in corpora.items()}
    for video in files["first"].videos:
        first, again, other = (file.read(video) for file in files.values())
        np.testing.assert_array_equal(first.intervals, again.intervals)
        np.testing.assert_array_equal(first.features, again.features)
        assert not np.array_equal(first.features, other.features)
    assert files["first"].videos == files["again"].videos


def test_a_seed_decides_the_planted_truth(corpora: dict[str, Path]) -> None:
    first, again, other = (pd.read_parquet(f / "demo_planted.parquet") for f in corpora.values())
    pd.testing.assert_frame_equal(first, again, check_exact=True)
    assert not first["text"].equals(other["text"])


def test_a_silent_modality_carries_nothing_and_all_else_stays(
    corpora: dict[str, Path], tmp_path: Path
) -> None:
    generate(tmp_path, videos=6, seed=1, silent=["audio"])
    loud, silent = (pd.read_parquet(f / PLANTED) for f in (corpora["first"], tmp_path))
    assert (silent["audio"] == 0).all()
    pd.testing.assert_frame_equal(loud[["id", "text", "video"]], silent[["id", "text", "video"]])
    for role in ("words", "vectors", "video"):
        files = [CsdFile(f / f"demo_{role}.csd") for f in (corpora["first"], tmp_path)]
        for video in files[0].videos:
            first, second = (file.read(video).features for file in files)
            np.testing.assert_array_equal(first, second)
    best = silent["best_all"].to_numpy() - silent["text"].to_numpy() - silent["video"].to_numpy()
    assert np.abs(best[silent["best_all"].abs() < 3]).max() < 1e-12


@pytest.mark.parametrize("videos", [6, 8, 93, 100])
def test_folds_are_disjoint_cover_all_videos_and_none_is_empty(videos: int) -> None:
    names = [f"demo{index:03d}" for index in range(videos)]
    folds = demo._folds(names)
    assert list(folds) == ["train", "valid", "test"]
    assert [name for split in folds.values() for name in split] == names
    assert min(len(split) for split in folds.values()) > 0
    if videos == 93:
        assert [len(split) for split in folds.values()] == [52, 10, 31]


def test_folds_are_of_the_videos_in_the_files(generated: Path) -> None:
    folds = read_json(generated / "demo_folds.json")
    listed = [video for split in folds.values() for video in split]
    assert sorted(listed) == sorted(CsdFile(generated / "demo_labels.csd").videos)


def test_the_planted_table_has_the_ids_of_the_caches(planted: pd.DataFrame, cache: Path) -> None:
    caches = [read_cache(cache / f"{split}.h5") for split in ("train", "valid", "test")]
    ids = [name for segments in caches for name in segments.ids]
    assert len(set(ids)) == len(ids)
    assert set(ids) == set(planted.index)
    labels = np.concatenate([segments.labels[:, 0] for segments in caches])
    np.testing.assert_array_equal(planted.loc[ids, "label"].to_numpy(np.float32), labels)


def test_a_label_is_the_sum_of_its_parts_and_noise(planted: pd.DataFrame) -> None:
    inside = planted[planted["label"].abs() < 2.5]
    rest = inside["label"] - inside[PARTS].sum(axis=1)
    assert len(inside) > 100
    assert rest.std() == pytest.approx(SHAPE.noise, rel=0.2)
    assert abs(rest.mean()) < 4 * SHAPE.noise / len(inside) ** 0.5
    assert rest.abs().max() < 5 * SHAPE.noise
    assert planted["label"].abs().max() == 3
    outside = planted[planted["label"].abs() == 3]
    assert (outside["label"] * outside[PARTS].sum(axis=1) > 3 * (3 - 5 * SHAPE.noise)).all()


def test_the_words_tell_the_text_part(planted: pd.DataFrame, cache: Path) -> None:
    lexicon = make_lexicon(SHAPE.vectors, np.random.default_rng(0))
    valence = dict(zip(lexicon.words, lexicon.valence, strict=True)) | {"": 0.0}
    segments = read_cache(cache / "train.h5")
    sums = [sum(valence[word] for word in segments.words[i]) for i in range(len(segments))]
    np.testing.assert_allclose(planted.loc[segments.ids, "text"], sums, atol=1e-12)


def test_audio_and_video_tell_their_parts(planted: pd.DataFrame, cache: Path) -> None:
    segments = read_cache(cache / "train.h5")
    raised, frown = [], []
    for index, length in enumerate(segments.words.lengths()):
        pitch, face = segments.features["audio"][index][:, 0], segments.features["video"][index]
        shown = np.arange(length) < length / 2
        raised.append(pitch[shown].mean() - pitch[-1])  # the last word tells the speaker's own
        frown.append(np.mean(face[shown, 0] - face[shown, 1]) / 2)
    truth = planted.loc[segments.ids]
    assert np.corrcoef(raised, truth["audio"])[0, 1] > 0.8
    assert np.corrcoef(frown, truth["video"])[0, 1] > 0.8
    assert abs(truth[PARTS].corr().to_numpy()[np.triu_indices(3, 1)]).max() < 0.25


def test_knowing_all_parts_beats_knowing_one(planted: pd.DataFrame) -> None:
    error, correlation = {}, {}
    for name in ("all", *(f"{part}_only" for part in PARTS)):
        error[name] = (planted[f"best_{name}"] - planted["label"]).abs().mean()
        correlation[name] = planted[f"best_{name}"].corr(planted["label"])
    assert error["all"] < error["text_only"] / 2
    assert error["text_only"] < min(error["audio_only"], error["video_only"])
    assert correlation["text_only"] + 0.05 < correlation["all"]
    assert min(correlation["audio_only"], correlation["video_only"]) > 0.3


def test_no_shifted_or_scaled_prediction_has_a_lower_error(whole: pd.DataFrame) -> None:
    for name in ("best_all", *(f"best_{part}_only" for part in PARTS)):
        best = (whole[name] - whole["label"]).abs().mean()
        for scale, shift in ((0.8, 0), (1.2, 0), (1, 0.2), (1, -0.2)):
            other = (whole[name] * scale + shift - whole["label"]).abs().mean()
            assert best < other
