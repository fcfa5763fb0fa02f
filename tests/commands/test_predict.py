"""Clips without labels are predicted as segments of a cache are."""

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from evenfuse.assembly.build import build_model, read_corpus
from evenfuse.assembly.saved import save_model
from evenfuse.assembly.trained import TrainedModel
from evenfuse.cache.reading import read_cache
from evenfuse.cache.segments import Ragged, Segments
from evenfuse.errors import EvenfuseError
from evenfuse.nn.predict import predict
from evenfuse.nn.text import Tokenizer, load_bert
from evenfuse.settings.run import parse_run
from tests.conftest import run_command

MODALITIES = ["text", "audio", "video"]


@pytest.fixture(scope="module")
def segments(cache: Path) -> Segments:
    return read_cache(cache / "test.h5", MODALITIES)


def saved(folder: Path, segments: Segments, seed: int, encoder: Path | None, **other: Any) -> Path:
    """Save a model with random weights, as a run does; return its folder."""
    values = {
        **{"dataset": "demo", "optimizer_name": "adam", "variant": "gb", "seed": seed},
        **{"modalities": MODALITIES, "metrics": "sentiment", "text_encoder": "scratch"},
        **{"signed_log": [], "balancing": {}, "optimizer": {}, "training": {}},
        "model": {"name": "awf", "hidden_size": 8, "a_fusion": True},
        **other,
    }
    torch.manual_seed(seed)
    settings = parse_run(values, "run")
    tokenizer = Tokenizer(str(encoder)) if encoder else None
    corpus = read_corpus(settings, segments, tokenizer)
    model = build_model(settings, load_bert(str(encoder)) if encoder else None, corpus.widths())
    model.fusion_weights += torch.arange(len(settings.modalities)) * seed
    save_model(folder / "model", model, settings, corpus.widths(), tokenizer, "card")
    return folder / "model"


@pytest.fixture(scope="module")
def models(
    segments: Segments, vocabulary: Path, tmp_path_factory: pytest.TempPathFactory
) -> list[Path]:
    folder = tmp_path_factory.mktemp("runs")
    return [saved(folder / f"seed-{seed}", segments, seed, vocabulary) for seed in (1, 2)]


@pytest.fixture
def manifest(segments: Segments, tmp_path: Path) -> Path:
    """The segments of the cache as a table of clips and a file per clip and modality."""
    for name in ("audio", "video"):
        for row, clip in enumerate(segments.ids):
            file = tmp_path / name / f"{clip}.npy"
            file.parent.mkdir(exist_ok=True)
            np.save(file, segments.features[name][row])
    with (tmp_path / "clips.csv").open("w", newline="") as file:
        csv.writer(file).writerows(
            [["id", "text"], *zip(segments.ids, segments.sentences(), strict=True)]
        )
    return tmp_path / "clips.csv"


def predicted(models: list[Path], manifest: Path, name: str = "out.csv") -> pd.DataFrame:
    output = manifest.with_name(name)
    run_command("predict", *models, "--manifest", manifest, "--output", output)
    return pd.read_csv(output)


def test_clips_are_predicted_as_segments_are(
    models: list[Path], manifest: Path, segments: Segments, vocabulary: Path
) -> None:
    from evenfuse.assembly.saved import load_model

    outputs = []
    for folder in models:
        model, settings, tokenizer = load_model(folder)
        corpus = read_corpus(settings, segments, tokenizer)
        outputs.append(predict(model, corpus, torch.device("cpu")))
    table = predicted(models, manifest)
    first, second = (output.prediction[:, 0].numpy() for output in outputs)
    assert table["id"].tolist() == segments.ids
    np.testing.assert_allclose(table["prediction_1"], first, rtol=1e-6)
    np.testing.assert_allclose(table["prediction_2"], second, rtol=1e-6)
    np.testing.assert_allclose(table["prediction"], (first + second) / 2, rtol=1e-6)
    np.testing.assert_allclose(table["spread"], abs(first - second) / 2**0.5, rtol=1e-4)
    paid = torch.stack([output.attention for output in outputs]).mean(dim=0)  # type: ignore[arg-type]
    np.testing.assert_allclose(table[["a_text", "a_audio", "a_video"]], paid, rtol=1e-6)
    assert table[["w_text", "w_audio", "w_video"]].drop_duplicates().to_numpy().tolist() == [
        [1.0, 2.5, 4.0]
    ]
    words = np.select([table["prediction"] < -0.5, table["prediction"] > 0.5], [-1, 1], 0)
    assert table["class"].tolist() == [["neutral", "positive", "negative"][each] for each in words]


def test_the_attention_of_a_clip_is_its_own(models: list[Path], manifest: Path) -> None:
    table = predicted(models[1:], manifest)  # at the first seed, its hidden units are all off
    assert table["a_text"].nunique() > 1
    assert "spread" not in table and "prediction_1" not in table


def test_every_format_holds_the_same(models: list[Path], manifest: Path) -> None:
    table = predicted(models, manifest)
    for name in ("out.parquet", "out.json"):
        run_command(
            "predict", *models, "--manifest", manifest, "--output", manifest.with_name(name)
        )
    kept = pd.read_parquet(manifest.with_name("out.parquet"))
    listed = pd.DataFrame(json.loads(manifest.with_name("out.json").read_text()))
    for other in (kept, listed):
        assert list(other) == list(table)
        pd.testing.assert_frame_equal(other, table, check_dtype=False, rtol=1e-6)


def test_a_clip_is_predicted_alike_alone_and_among_others(
    models: list[Path], manifest: Path
) -> None:
    together = predicted(models, manifest).iloc[3]
    lines = manifest.read_text().splitlines()
    manifest.write_text(f"{lines[0]}\n{lines[4]}\n")
    alone = predicted(models, manifest).iloc[0]
    assert alone["id"] == together["id"]
    assert alone["prediction"] == pytest.approx(together["prediction"], abs=1e-5)


def test_values_that_are_no_numbers_are_told(
    models: list[Path], manifest: Path, segments: Segments
) -> None:
    file = manifest.parent / f"audio/{segments.ids[0]}.npy"
    spoilt = np.load(file)
    spoilt[0, :2] = np.nan, np.inf
    np.save(file, spoilt)
    output = manifest.with_name("out.csv")
    result = run_command("predict", models[0], "--manifest", manifest, "--output", output)
    assert "2 values of 'audio' were NaN or infinite and taken as 0" in result.output
    assert np.isfinite(pd.read_csv(output)["prediction"]).all()


def refusal(models: list[Path], manifest: Path, output: str = "out.csv") -> str:
    target = manifest.with_name(output)
    with pytest.raises(EvenfuseError) as caught:
        run_command("predict", *models, "--manifest", manifest, "--output", target)
    assert not target.exists()
    return str(caught.value)


def test_what_does_not_fit_is_told(
    models: list[Path], manifest: Path, segments: Segments, tmp_path: Path
) -> None:
    assert "out.txt should end in one of .csv, .parquet" in refusal(models, manifest, "out.txt")
    other = saved(tmp_path / "other", segments, 1, None, modalities=["audio", "video"])
    told = refusal([models[0], other], manifest)
    assert "predicts sentiment from audio, video, but" in told
    for clip in segments.ids:
        file = manifest.parent / f"audio/{clip}.npy"
        np.save(file, np.load(file)[:, :5])
    told = refusal(models, manifest)
    assert f"{manifest}: 'audio' has 5 features per row, but the model was trained with 12" in told


def one(models: list[Path], segments: Segments, folder: Path, row: int = 3) -> list[object]:
    """The arguments that predict a segment as a single clip."""
    arguments: list[object] = ["predict", *models, "--text", segments.sentences()[row]]
    for name in ("audio", "video"):
        np.save(folder / f"{name}.npy", segments.features[name][row])
        arguments += ["--features", f"{name}={folder / name}.npy"]
    return arguments


def test_a_single_clip_needs_no_manifest(
    models: list[Path], manifest: Path, segments: Segments, tmp_path: Path
) -> None:
    among = predicted(models, manifest).iloc[3]
    arguments = one(models, segments, tmp_path)
    run_command(*arguments, "--output", tmp_path / "one.csv")
    (alone,) = pd.read_csv(tmp_path / "one.csv").to_dict("records")
    assert alone["id"] == "clip"
    assert alone["prediction"] == pytest.approx(among["prediction"], abs=1e-5)
    assert alone["class"] == among["class"]
    shown = dict(line.split(": ") for line in run_command(*arguments).output.splitlines())
    assert list(shown) == list(alone)
    assert float(shown["prediction"]) == pytest.approx(alone["prediction"], rel=1e-6)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--text", "a"], "the clip has text, but the model reads text, audio, video; give it"),
        (["--features", "audio=none.npy"], "the clip has audio, but the model reads text, audio"),
        (
            ["--text", "a", "--features", "audio=none.npy", "--features", "video=none.npy"],
            "there is no file none.npy",
        ),
    ],
)
def test_a_single_clip_that_cannot_be_used_is_told(
    models: list[Path], arguments: list[str], told: str
) -> None:
    with pytest.raises(EvenfuseError, match=told):
        run_command("predict", *models, *arguments)


def test_a_manifest_or_a_single_clip_is_needed(models: list[Path], manifest: Path) -> None:
    for arguments in ([], ["--manifest", manifest, "--text", "a"]):
        result = run_command("predict", *models, *arguments, "--output", "out.csv")
        assert (result.exit_code, "give either --manifest, or" in result.output) == (2, True)
    result = run_command("predict", *models, "--manifest", manifest)
    assert (result.exit_code, "Missing option '--output'" in result.output) == (2, True)


def test_words_that_the_model_does_not_know_are_told(
    models: list[Path], manifest: Path, segments: Segments
) -> None:
    rows = [[clip, "Ωραία Ταινία"] for clip in segments.ids]
    with manifest.open("w", newline="") as file:
        csv.writer(file).writerows([["id", "text"], *rows])
    told = refusal(models, manifest)
    assert f"{manifest}: the model does not know 100% of the words; give it texts in" in told


def test_what_does_not_fit_a_later_model_is_told_before_the_first_computes(
    models: list[Path],
    manifest: Path,
    segments: Segments,
    tmp_path: Path,
    vocabulary: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    narrow = segments.features["audio"]
    features = {**segments.features, "audio": Ragged(narrow.values[:, :5], narrow.offsets)}
    other = saved(tmp_path / "other", replace(segments, features=features), 3, vocabulary)
    monkeypatch.setattr(TrainedModel, "answer", lambda *given: pytest.fail("it computes"))
    assert "'audio' has 12 features per row" in refusal([*models, other], manifest)


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("id\na\n", "has no column 'text'; it has id"),
        ("id,text\n", "has no clips; give it a row for each, with an id"),
        ("id,text\na,x\na,y\n", ", line 3: the id 'a' is there twice; rename one"),
        ("id,text\n../a,x\n", ", line 2: the id '../a' leads out of"),
        ("id,text\nnobody,x\n", "there is no file"),
    ],
)
def test_a_table_that_cannot_be_used_is_told(
    models: list[Path], manifest: Path, table: str, told: str
) -> None:
    manifest.write_text(table)
    assert told in refusal(models, manifest)


def test_a_modality_without_features_is_told(models: list[Path], manifest: Path) -> None:
    (manifest.parent / "video").rename(manifest.parent / "videos")
    told = refusal(models, manifest)
    assert "has neither video.csd nor a folder video with one .npy per id" in told
