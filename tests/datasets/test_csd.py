"""Computational sequences: what is read, what the SDK reads, and what is refused."""

import os
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
from mmsdk.mmdatasdk import mmdataset
from mmsdk.mmdatasdk.configurations.metadataconfigs import featuresetMetadataTemplate

from evenfuse.datasets.csd import CsdCorpus
from evenfuse.datasets.csd_file import CsdFile, check_csd
from evenfuse.errors import EvenfuseError
from evenfuse.generation.csd import Track, write_csd

TIMES = np.array([[0.0, 1.0], [1.0, 2.5], [3.0, 4.0]])
FLOATS = np.arange(6.0).reshape(3, 2)


def track(features: object, times: object = TIMES) -> Track:
    return np.asarray(times, dtype=np.float64), np.asarray(features)


def corpus_of(folder: Path, **roles: dict[str, Track]) -> CsdCorpus:
    """A corpus of words and labels, and of what is given, one file per role."""
    tracks = {"words": {"v": track([[b"a"], [b"b"], [b"c"]])}, "labels": {"v": track(FLOATS)}}
    tracks |= roles
    for role, videos in tracks.items():
        write_csd(folder / f"{role}.csd", role, "test", videos)
    return CsdCorpus({role: folder / f"{role}.csd" for role in tracks})


def test_what_was_written_is_read(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    videos = {
        name: track(rng.random((rows, 4), dtype=np.float32), rng.random((rows, 2)))
        for name, rows in (("later", 1), ("Earlier-_", 300))
    }
    write_csd(tmp_path / "a.csd", "root name", "test", videos)
    file = CsdFile(tmp_path / "a.csd")
    assert set(file.videos) == set(videos)
    for name, (intervals, features) in videos.items():
        np.testing.assert_array_equal(file.read(name).intervals, intervals)
        np.testing.assert_array_equal(file.read(name).features, features)
    file.close()


@pytest.mark.parametrize("role", ["words", "labels", "vectors", "audio", "video"])
def test_the_sdk_reads_a_generated_file_alike(generated: Path, role: str) -> None:
    path = generated / f"demo_{role}.csd"
    theirs, ours = mmdataset({role: str(path)})[role], CsdFile(path)
    assert list(theirs.keys()) == ours.videos
    assert len(ours.videos) == 8
    assert theirs.metadata["root name"] == f"demo_{role}".encode()
    assert set(featuresetMetadataTemplate) <= set(theirs.metadata)
    for video in ours.videos:
        np.testing.assert_array_equal(theirs[video]["intervals"][:], ours.read(video).intervals)
        np.testing.assert_array_equal(theirs[video]["features"][:], ours.read(video).features)
        assert theirs[video]["features"].ndim == 2
    ours.close()


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def write_html(path: Path) -> None:
    path.write_text("<html>404</html>")


def leave_root_out(path: Path) -> None:
    with h5py.File(path, "a") as file:
        del file["words"]


def leave_data_out(path: Path) -> None:
    with h5py.File(path, "a") as file:
        del file["words/data"]


@pytest.mark.parametrize("damage", [cut, write_html, leave_root_out, leave_data_out])
def test_a_file_that_is_not_whole_is_refused(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    path = tmp_path / "words.csd"
    write_csd(path, "words", "test", {"v": track(FLOATS)})
    check_csd(path)
    damage(path)
    with pytest.raises(EvenfuseError) as caught:
        CsdFile(path)
    assert str(caught.value).startswith(f"{path} is not a whole .csd file (")
    with pytest.raises(EvenfuseError, match=r"^not a whole .csd file$"):
        check_csd(path)


def test_a_file_that_is_not_there_is_told_and_none_stays_open(tmp_path: Path) -> None:
    write_csd(tmp_path / "labels.csd", "labels", "test", {"v": track(FLOATS)})
    files = {"labels": tmp_path / "labels.csd", "words": tmp_path / "words.csd"}
    with pytest.raises(EvenfuseError) as caught:
        CsdCorpus(files)
    with h5py.File(files["labels"], "a") as file:  # refused while it is open for reading
        assert list(file) == ["labels"]
    assert str(caught.value) == f"there is no file {files['words']}"


@pytest.mark.parametrize(
    ("times", "features", "what"),
    [
        (TIMES, FLOATS[:2], "for every frame, but has intervals (3, 2), features (2, 2)"),
        (TIMES[:, :1], FLOATS, "for every frame, but has intervals (3, 1), features (3, 2)"),
        (TIMES[:, 0], FLOATS, "for every frame, but has intervals (3,), features (3, 2)"),
        ([[0, np.nan]], FLOATS[:1], "has a start or an end that is too large or not a number"),
        ([[0, np.inf]], FLOATS[:1], "has a start or an end that is too large or not a number"),
    ],
)
def test_wrong_shapes_and_times_are_refused(
    tmp_path: Path, times: object, features: object, what: str
) -> None:
    corpus = corpus_of(tmp_path, audio={"v": track(features, times)})
    with corpus, pytest.raises(EvenfuseError) as caught:
        corpus.frames("audio", "v")
    assert str(caught.value).startswith(f"{tmp_path / 'audio.csd'}: video 'v' ")
    assert str(caught.value).endswith(what)


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_a_label_that_is_no_number_is_named(tmp_path: Path, wrong: float) -> None:
    labels = {"good": track([[1.0], [2.0], [3.0]]), "bad": track([[1.0], [wrong], [wrong]])}
    with corpus_of(tmp_path, labels=labels) as corpus:
        assert corpus.labels("good").features.tolist() == [[1], [2], [3]]
        with pytest.raises(EvenfuseError) as caught:
            corpus.labels("bad")
    expected = f"{tmp_path / 'labels.csd'}: segment 1 of video 'bad' has a label that is not"
    assert str(caught.value).startswith(expected)


def test_values_of_a_track_that_are_no_numbers_become_0_and_are_counted(tmp_path: Path) -> None:
    videos = {"v": track([[1, np.nan], [-np.inf, 4], [np.inf, 6]]), "w": track(FLOATS)}
    with corpus_of(tmp_path, audio=videos) as corpus:
        read, repaired = corpus.frames("audio", "v")
        whole, none_repaired = corpus.frames("audio", "w")
    assert (read.features.tolist(), repaired) == ([[1, 0], [0, 4], [0, 6]], 3)
    assert (whole.features.tolist(), none_repaired) == (FLOATS.tolist(), 0)
    assert read.features.dtype == np.float32


@pytest.mark.parametrize("shape", [(3,), (3, 1)])
@pytest.mark.parametrize("kind", [h5py.string_dtype("utf-8"), h5py.string_dtype("ascii"), "S12"])
def test_words_are_text_however_they_are_stored(
    tmp_path: Path, kind: object, shape: tuple[int, ...]
) -> None:
    spoken = np.array([b"I", b"sp", "naïve".encode()], dtype=object).reshape(shape)
    with corpus_of(tmp_path, words={"v": track(spoken.astype(kind))}) as corpus:
        words = corpus.words("v")[0].features
    assert words.tolist() == ["I", "sp", "naïve"]
    assert {type(word) for word in words} == {str}


def test_a_video_that_a_file_lacks_is_missing_there(tmp_path: Path) -> None:
    both = {"v": track(FLOATS), "w": track(FLOATS)}
    with corpus_of(tmp_path, labels=both, audio=both, video={"v": both["v"]}) as corpus:
        assert corpus.videos == ["v", "w"]
        assert corpus.missing("v") == []
        assert corpus.missing("w") == ["words", "video"]
        with pytest.raises(EvenfuseError, match=r"video\.csd: video 'w' is missing"):
            corpus.frames("video", "w")


def array_in_place_of_root(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file["root"] = np.zeros(3)


def array_in_place_of_data(path: Path) -> None:
    with h5py.File(path, "w") as file:
        file["root/data"] = np.zeros(3)


@pytest.mark.parametrize("damage", [array_in_place_of_root, array_in_place_of_data])
def test_an_array_in_place_of_a_group_is_refused(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    damage(tmp_path / "file.csd")
    with pytest.raises(EvenfuseError, match="is not a whole"):
        CsdFile(tmp_path / "file.csd")


def test_a_video_without_frames_has_none(tmp_path: Path) -> None:
    none = (np.zeros((0, 2)), np.zeros((0, 3), np.float32))
    words = (np.zeros((0, 2)), np.zeros((0, 1), "S4"))
    with corpus_of(tmp_path, labels={"v": none}, words={"v": words}, audio={"v": none}) as corpus:
        assert corpus.words("v")[0].features.shape == (0,)
        assert corpus.frames("audio", "v")[0].features.shape == (0, 3)
        assert corpus.labels("v").features.shape == (0, 3)


def test_numbers_without_a_second_axis_are_a_column(tmp_path: Path) -> None:
    with corpus_of(tmp_path, audio={"v": track([1, 2, 3])}) as corpus:
        assert corpus.frames("audio", "v")[0].features.tolist() == [[1], [2], [3]]


def test_large_finite_values_are_left_as_they_are(tmp_path: Path) -> None:
    large = np.full((3, 4), 3e38, dtype=np.float32)  # their sum is infinite
    with corpus_of(tmp_path, audio={"v": track(large)}) as corpus:
        sequence, repaired = corpus.frames("audio", "v")
    assert repaired == 0
    np.testing.assert_array_equal(sequence.features, large)


def test_a_video_is_missing_by_its_whole_id(tmp_path: Path) -> None:
    with corpus_of(tmp_path, audio={"vv": track(FLOATS)}) as corpus:
        assert corpus.missing("v") == ["audio"]


def test_reopening_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evenfuse.datasets.csd_file.REOPEN_AFTER", 2)
    tracks = {f"v{i}": (np.array([[0.0, 1.0]]), np.array([[float(i)]])) for i in range(7)}
    write_csd(tmp_path / "a.csd", "a", "test", tracks)
    file = CsdFile(tmp_path / "a.csd")
    assert [file.read(f"v{i}").features.item() for i in range(7)] == list(range(7))
    file.close()
    with h5py.File(tmp_path / "a.csd", "a"):  # nobody holds it open
        assert file.videos == list(tracks)


@pytest.mark.parametrize(
    ("role", "features", "told"),
    [
        ("audio", np.array([[b"x"]] * 3), "should hold plain numbers, but holds |S1"),
        ("labels", np.array([[b"x"]] * 3), "should hold plain numbers, but holds |S1"),
        ("words", FLOATS[:, :1], "should hold words, but is (3, 1) of float64"),
        ("words", np.array([[b"x", b"y"]] * 3), "should hold words, but is (3, 2) of |S1"),
    ],
)
def test_features_of_another_kind_are_refused(
    tmp_path: Path, role: str, features: object, told: str
) -> None:
    corpus = corpus_of(tmp_path, **{"audio": {"v": track(FLOATS)}, role: {"v": track(features)}})
    read = {"audio": lambda video: corpus.frames("audio", video)}
    read |= {"labels": corpus.labels, "words": corpus.words}
    with corpus, pytest.raises(EvenfuseError) as caught:
        read[role]("v")
    assert str(caught.value) == f"{tmp_path}/{role}.csd: video 'v' {told}"


@pytest.mark.parametrize(
    ("width", "told"),
    [
        (1, "video 'w' has 1 features per frame, but video 'v' has 2"),
        (0, "video 'w' has frames without features"),
    ],
)
def test_videos_of_another_width_are_refused(tmp_path: Path, width: int, told: str) -> None:
    audio = {"v": track(FLOATS), "w": track(FLOATS[:, :width])}
    with corpus_of(tmp_path, audio=audio) as corpus:
        corpus.frames("audio", "v")
        with pytest.raises(EvenfuseError) as caught:
            corpus.frames("audio", "w")
    assert str(caught.value) == f"{tmp_path}/audio.csd: {told}"


def test_words_that_are_not_utf_8_are_read_as_far_as_they_can_be(tmp_path: Path) -> None:
    spoken = track([["na\u00efve".encode("latin-1")], [b"so"], ["na\u00efve".encode()]])
    with corpus_of(tmp_path, words={"v": spoken}) as corpus:
        words, wrong = corpus.words("v")
    assert (words.features.tolist(), wrong) == (["na\ufffdve", "so", "na\u00efve"], 1)


def test_no_words_may_be_of_any_kind(tmp_path: Path) -> None:
    with corpus_of(tmp_path, words={"v": track(np.zeros(0), np.zeros((0, 2)))}) as corpus:
        assert corpus.words("v")[0].features.shape == (0,)


@pytest.mark.parametrize("role", ["words", "labels"])
def test_a_corpus_without_a_role_is_told(role: str) -> None:
    files = {name: Path(f"{name}.csd") for name in ("words", "labels", "audio") if name != role}
    with pytest.raises(EvenfuseError, match=f"the role '{role}' is missing; give {role}=FILE.csd"):
        CsdCorpus(files)


@pytest.mark.parametrize("creator", ["generated", [b"someone"], [1.0], [[b"generated"]]])
def test_only_the_project_makes_generated_files(tmp_path: Path, creator: object) -> None:
    write_csd(tmp_path / "a.csd", "a", "test", {"v": track(FLOATS)})
    assert CsdFile(tmp_path / "a.csd").generated()
    with h5py.File(tmp_path / "a.csd", "a") as file:
        del file["a/metadata/creator"]
        file["a/metadata/creator"] = creator
    assert CsdFile(tmp_path / "a.csd").generated() == ("generated" in str(creator))


@pytest.mark.parametrize("form", ["folder", "pipe"])
def test_what_is_no_file_is_told(tmp_path: Path, form: str) -> None:
    path = tmp_path / "a.csd"
    path.mkdir() if form == "folder" else os.mkfifo(path)
    with pytest.raises(EvenfuseError, match="is not a file but a folder, a pipe or a device"):
        CsdFile(path)
