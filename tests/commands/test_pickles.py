"""A pickle on its way into the cache: made, read, cached, and as it was made."""

import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from evenfuse.__main__ import cli
from evenfuse.cache.provenance import read_provenance
from evenfuse.cache.reading import read_cache
from evenfuse.cache.segments import Segments
from evenfuse.errors import EvenfuseError
from evenfuse.files import sha256
from evenfuse.generation import mmsa
from evenfuse.pickles.loading import load_pickle

SPLITS = ("train", "valid", "test")
# name, aligned: steps and widths of text, audio, vision
SHAPES = {
    ("mosi", False): ((50, 768), (500, 5), (375, 20)),
    ("mosi", True): ((50, 768), (50, 5), (50, 20)),
    ("mosei", False): ((50, 768), (500, 74), (375, 35)),
    ("mosei", True): ((50, 768), (50, 74), (50, 35)),
    ("sims", False): ((39, 768), (400, 33), (55, 709)),
}
KEYS = [
    *("raw_text", "audio", "vision", "id", "text", "text_bert", "audio_lengths", "vision_lengths"),
    *("annotations", "classification_labels", "regression_labels"),
]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in arguments], catch_exceptions=False)


def fake(path: Path, name: str, form: str, *options: object, size: int = 40) -> Any:
    result = run("fake", name, "--format", form, "--size", size, *options, "--output", path)
    assert result.exit_code == 0, result.output
    return load_pickle(path)


def cached(path: Path, form: str, *options: str) -> dict[str, Segments]:
    folder = path.parent / "cache"
    result = run("cache", path, "--format", form, *options, "--output", folder)
    assert result.exit_code == 0, result.output
    return {split: read_cache(folder / f"{split}.h5") for split in SPLITS}


@pytest.mark.parametrize(("name", "aligned"), SHAPES, ids=str)
def test_generated_pickles_have_the_form_of_the_real_ones(
    tmp_path: Path, name: str, aligned: bool
) -> None:
    content = fake(tmp_path / "a.pkl", name, "mmsa", *(["--aligned"] if aligned else []), size=20)
    keys = KEYS + [f"regression_labels_{m}" for m in "TAV" if name == "sims"]
    newer = {"text_bert", "audio_lengths", "vision_lengths"}
    assert list(content) == [*SPLITS, "generated"]
    for split in (content[name] for name in SPLITS):
        assert set(split) == set(keys) - (newer if aligned else set())
        count, text, audio, vision = len(split["id"]), *SHAPES[name, aligned]
        assert split["text"].shape == (count, *text)
        assert split["audio"].shape == (count, *audio)
        assert split["vision"].shape == (count, *vision)
        assert split["regression_labels"].shape == ((count, 1) if aligned else (count,))


def test_generated_pickles_are_odd_as_the_real_ones_are(tmp_path: Path) -> None:
    content = fake(tmp_path / "a.pkl", "mosi", "mmsa")
    for split in (content[name] for name in SPLITS):
        assert split["text_bert"].shape == (len(split["id"]), 3, 50)
        assert type(split["audio_lengths"]) is type(split["vision_lengths"]) is list
        assert (split["audio_lengths"][0], split["vision_lengths"][-1]) == (0, 400)
        assert not split["audio"][0].any() and split["vision"][-1, -1].any()
        assert np.isneginf(split["audio"][1, 0, -1])
        for index, end in enumerate(split["audio_lengths"]):
            assert not split["audio"][index, end:].any()
            assert end == 0 or split["audio"][index, end - 1].any()
    written = (tmp_path / "a.pkl").read_bytes()
    assert b"numpy.core.multiarray" in written and b"numpy._core" not in written
    older = fake(tmp_path / "a.pkl", "mosi", "mmsa", "--aligned")
    assert older["train"]["id"].dtype.kind == "S"


def test_an_aligned_pickle_ends_where_its_text_does(tmp_path: Path) -> None:
    made = fake(tmp_path / "a.pkl", "mosi", "mmsa", "--aligned")["train"]
    segments = cached(tmp_path / "a.pkl", "mmsa")["train"]
    assert segments.ids == [name.decode() for name in made["id"]]
    words = [len(sentence.split(" ")) + 2 for sentence in made["raw_text"]]
    assert segments.features["audio"].lengths().tolist() == words
    assert segments.features["video"].lengths().tolist() == words
    counts = read_provenance(tmp_path / "cache/train.h5").counts
    assert counts["lengths of audio from the padding of the text"] == len(words)


@pytest.mark.parametrize("name", mmsa.SHAPES)
def test_mmsa_into_the_cache_and_back(tmp_path: Path, name: str) -> None:
    content = fake(tmp_path / "a.pkl", name, "mmsa")
    for split, segments in cached(tmp_path / "a.pkl", "mmsa", "--modality", "vectors").items():
        made = content[split]
        assert segments.ids == made["id"]
        assert segments.sentences() == made["raw_text"].tolist()
        np.testing.assert_array_equal(segments.labels[:, 0], made["regression_labels"])
        assert segments.labels.shape[1] == (4 if name == "sims" else 1)
        lengths = {n: made[f"{k}_lengths"] for n, k in (("audio", "audio"), ("video", "vision"))}
        lengths["vectors"] = made["text_bert"][:, 1].sum(axis=1).astype(int)
        for feature, key in (("audio", "audio"), ("video", "vision"), ("vectors", "text")):
            ends = np.clip(lengths[feature], 1, made[key].shape[1])  # one row of zeros for none
            assert segments.features[feature].lengths().tolist() == ends.tolist()
            for index, end in enumerate(ends):
                rows = made[key][index, :end]
                expected = np.where(np.isfinite(rows), rows, 0)
                np.testing.assert_array_equal(segments.features[feature][index], expected)


@pytest.mark.parametrize("name", mmsa.SHAPES)
def test_labels_are_the_known_function_of_the_content(tmp_path: Path, name: str) -> None:
    fake(tmp_path / "a.pkl", name, "mmsa")
    shape = mmsa.SHAPES[name]
    for segments in cached(tmp_path / "a.pkl", "mmsa").values():
        for index, sentence in enumerate(segments.sentences()):
            found = [v * sentence.count(word) for word, v in shape.valence.items()]
            audio, video = (segments.features[n][index][:, 0].mean() for n in ("audio", "video"))
            parts = np.array([sum(found), audio, video])
            label = np.clip(parts.sum(), -1, 1) * shape.scale
            expected = [label, *np.clip(parts, -1, 1)][: segments.labels.shape[1]]
            np.testing.assert_allclose(segments.labels[index], expected, atol=1e-5)


def test_mult_into_the_cache_and_back(tmp_path: Path) -> None:
    content = fake(tmp_path / "a.pkl", "iemocap", "mult")
    for split, segments in cached(tmp_path / "a.pkl", "mult").items():
        made, count = content[split], len(segments)
        shapes = {key: array.shape for key, array in made.items()}
        assert shapes == {
            "vision": (count, 20, 35),
            "text": (count, 20, 300),
            "audio": (count, 20, 74),
            "labels": (count, 4, 2),
        }
        assert segments.labels.tolist() == made["labels"].argmax(axis=2).tolist()
        places = [("vectors", 0), ("video", 0), ("audio", 0), ("vectors", 1)]
        for emotion, (feature, column) in enumerate(places):
            means = [segments.features[feature][i][:, column].mean() for i in range(count)]
            assert (segments.labels[:, emotion] == (np.array(means) > 0)).all()


def test_splits_have_the_real_proportions_and_both_sides(tmp_path: Path) -> None:
    content = fake(tmp_path / "a.pkl", "iemocap", "mult", size=445)
    assert [len(content[split]["labels"]) for split in SPLITS] == [272, 79, 94]
    positive = content["train"]["labels"].argmax(axis=2).mean(axis=0)
    assert ((positive > 0.05) & (positive < 0.6)).all()


@pytest.mark.parametrize(("name", "form"), [("mosi", "mmsa"), ("iemocap", "mult")])
def test_a_seed_is_a_file(tmp_path: Path, name: str, form: str) -> None:
    for file, seed in (("a", 1), ("b", 1), ("c", 2)):
        fake(tmp_path / file, name, form, "--seed", seed, size=9)
    first, again, other = ((tmp_path / file).read_bytes() for file in "abc")
    assert first == again != other


def test_provenance_and_counts_are_reported_and_kept(tmp_path: Path) -> None:
    content = fake(tmp_path / "a.pkl", "mosi", "mmsa")
    content["valid"]["audio_lengths"][2] = 0
    (tmp_path / "a.pkl").write_bytes(pickle.dumps(content))
    terms = ["--terms", "for research (http://localhost)"]
    result = run("cache", tmp_path / "a.pkl", "--format", "mmsa", "--output", tmp_path, *terms)
    kept = {split: len(content[split]["id"]) for split in SPLITS}
    assert result.output.splitlines() == [
        f"{split}: {kept[split]} kept, {kept[split]} generated, {silent} without audio, "
        "1 lengths of video above the array's, "
        f"{infinite} NaN or infinite values of audio set to 0"
        for split, silent, infinite in zip(SPLITS, (1, 2, 1), (2, 1, 1), strict=True)
    ]
    provenance = read_provenance(tmp_path / "valid.h5")
    source = provenance.sources["pickle"]
    assert provenance.format == "mmsa"
    assert (source.file, source.sha256) == ("a.pkl", sha256(tmp_path / "a.pkl"))
    assert provenance.generated
    assert provenance.terms == "for research (http://localhost)"
    assert provenance.counts["without audio"] == 2 and provenance.split == "valid"
    assert set(provenance.versions) == {"evenfuse", "numpy", "h5py"}


def test_a_video_in_two_splits_is_reported(tmp_path: Path) -> None:
    content = fake(tmp_path / "a.pkl", "mosi", "mmsa", size=30)
    content["test"]["id"][:2] = [content["train"]["id"][n] + "a" for n in (0, 1)]
    (tmp_path / "a.pkl").write_bytes(pickle.dumps(content))
    lines = run(
        "cache", tmp_path / "a.pkl", "--format", "mmsa", "--output", tmp_path
    ).output.splitlines()
    assert lines[2].endswith("2 of videos that another split shares")
    assert "another split" not in lines[1]


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("vision", np.nan, "every value of 'video' in the split 'test' is NaN, infinite or 0; co"),
        (
            "regression_labels",
            1.5,
            "the label 1.5 of 'simstest000\\$_\\$0' in the split 'test' is not",
        ),
    ],
)
def test_what_the_checks_refuse_leaves_no_cache(
    tmp_path: Path, key: str, value: float, told: str
) -> None:
    content = fake(tmp_path / "a.pkl", "sims", "mmsa", size=9)
    content["test"][key] = np.full_like(content["test"][key], value)
    (tmp_path / "a.pkl").write_bytes(pickle.dumps(content))
    with pytest.raises(EvenfuseError, match=f"{tmp_path / 'a.pkl'}: {told}"):
        cached(tmp_path / "a.pkl", "mmsa", "--metrics", "sims")
    assert not (tmp_path / "cache").exists()


def test_a_mistake_in_the_last_split_leaves_no_cache(tmp_path: Path) -> None:
    content = fake(tmp_path / "a.pkl", "mosi", "mmsa", size=9)
    content["test"]["regression_labels"][0] = np.nan
    (tmp_path / "a.pkl").write_bytes(pickle.dumps(content))
    with pytest.raises(EvenfuseError, match="not a number, of segment 0;"):
        cached(tmp_path / "a.pkl", "mmsa")
    assert not (tmp_path / "cache").exists()


class Trap:
    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, ("sprung",)


def test_a_trap_is_named_and_not_sprung(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    content = fake(tmp_path / "a.pkl", "mosi", "mmsa", size=9)
    content["test"]["id"][0] = Trap()
    (tmp_path / "a.pkl").write_bytes(pickle.dumps(content))
    with pytest.raises(EvenfuseError, match=r"a.pkl tries to run \w+.mkdir, which no data file"):
        cached(tmp_path / "a.pkl", "mmsa")
    assert not (tmp_path / "sprung").exists()


def test_a_missing_file_and_a_wrong_format_are_reported(tmp_path: Path) -> None:
    with pytest.raises(EvenfuseError, match="unknown format 'mmsaa'; choose from: csd, "):
        cached(tmp_path / "a.pkl", "mmsaa")
    with pytest.raises(EvenfuseError, match="csd are aligned first: use `evenfuse align`"):
        cached(tmp_path / "a.csd", "csd")
    with pytest.raises(EvenfuseError, match="there is no file"):
        cached(tmp_path / "none.pkl", "mmsa")
    with pytest.raises(EvenfuseError, match="is not a file but a folder"):
        cached(tmp_path, "mult")
    output = tmp_path / "a.pkl"
    result = run("fake", "iemocap", "--format", "mmsa", "--output", output)
    assert result.exit_code == 2 and "iemocap comes as mult" in result.output
