"""What repeats itself to the last bit, and what differs by rounding alone."""

from pathlib import Path

import pandas as pd
import pytest
import torch

from evenfuse.assembly.saved import load_model
from evenfuse.batching.corpus import Corpus
from evenfuse.cache.reading import read_cache
from evenfuse.files import read_json
from evenfuse.nn import predict as prediction
from evenfuse.settings.run import RunSettings
from evenfuse.training.randomness import random_tensors, random_values, restore_random
from tests.processes import train
from tests.training.conftest import CPU, run_settings


@pytest.fixture(scope="module")
def run(vocabulary: Path) -> RunSettings:
    """A run with everything that is random: text, dropout, the order of the data."""
    return run_settings(
        modalities=["text", "audio", "video"],
        text_encoder=str(vocabulary),
        model={"name": "awf", "hidden_size": 32, "post_dim": 32, "dropout": 0.3},
        training={"epochs": 2, "batch_size": 16},
    )


@pytest.fixture(scope="module")
def trained(run: RunSettings, cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seeds 1 and 2, one after the other in one process; seed 1 is a folder of its results."""
    project = tmp_path_factory.mktemp("together")
    train(run, cache, project, "--seed", 1, "--seed", 2)
    return project / "results"


def history(folder: Path) -> pd.DataFrame:
    return pd.read_parquet(folder / "epochs.parquet").drop(columns="seconds")


def predicted(folder: Path, cache: Path) -> torch.Tensor:
    model, settings, tokenizer = load_model(folder / "model")
    segments = read_cache(cache / "valid.h5", settings.modalities)
    corpus = Corpus.from_segments(segments, settings.modalities, tokenizer)
    return prediction.predict(model, corpus, CPU).prediction


def test_another_process_repeats_every_bit_though_it_trains_no_other_seed(
    run: RunSettings, trained: Path, cache: Path, tmp_path: Path
) -> None:
    train(run, cache, tmp_path, "--seed", 2)
    ours, theirs = tmp_path / "results/seed-2", trained / "seed-2"
    weights = [folder / "model/weights.safetensors" for folder in (ours, theirs)]
    assert weights[0].read_bytes() == weights[1].read_bytes()
    pd.testing.assert_frame_equal(history(ours), history(theirs), check_exact=True)
    assert torch.equal(predicted(ours, cache), predicted(theirs, cache))
    records = [read_json(folder / "run.json") for folder in (ours, theirs)]
    for record in records:
        del record["seconds_per_epoch"], record["seal"]
    assert records[0] == records[1]


def test_another_seed_gives_other_numbers(trained: Path) -> None:
    one, two = (history(trained / f"seed-{seed}") for seed in (1, 2))
    assert (one["train_loss"] != two["train_loss"]).all()


def test_another_number_of_threads_differs_by_rounding_alone(
    run: RunSettings, trained: Path, cache: Path, tmp_path: Path
) -> None:
    train(run, cache, tmp_path, "--seed", 1, "--threads", 2)
    logged = ["train_loss", "valid_mae", "g_text", "w_text", "w_audio", "w_video"]
    two, one = (history(folder / "seed-1")[logged] for folder in (tmp_path / "results", trained))
    pd.testing.assert_frame_equal(two, one, rtol=1e-3)


def test_another_batch_size_of_prediction_differs_by_rounding_alone(
    trained: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = predicted(trained / "seed-1", cache)
    monkeypatch.setattr(prediction, "BATCH_SIZE", 3)
    few = predicted(trained / "seed-1", cache)
    torch.testing.assert_close(few, many, rtol=1e-5, atol=1e-6)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU here")
def test_the_random_state_of_the_gpu_comes_back() -> None:
    torch.rand(3, device="cuda")
    tensors, values = random_tensors(), random_values()
    expected = torch.rand(3, device="cuda")
    restore_random(tensors, values)
    assert torch.equal(torch.rand(3, device="cuda"), expected)
