"""The public face: what docs/library.md prints runs as it is printed."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import evenfuse
from evenfuse.assembly.build import build_model, read_corpus
from evenfuse.assembly.saved import save_model
from evenfuse.cache.reading import read_cache
from evenfuse.nn.predict import predict
from evenfuse.settings.run import parse_run

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/library.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"^## (.*?)\n.*?```python\n(.*?)```", PAGE, re.M | re.S))


def run_block(title: str) -> dict[str, Any]:
    """Run the block below a title of the page; return its variables."""
    names: dict[str, Any] = {}
    exec(compile(BLOCKS[title], f"docs/library.md, {title}", "exec"), names)
    return names


def test_every_block_of_the_page_is_run_here() -> None:
    assert len(BLOCKS) == PAGE.count("```python") == 4


@pytest.mark.parametrize("seed", range(3))
def test_b_fusion_moves_the_weights_of_a_plain_training_loop(
    seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    torch.manual_seed(seed)
    names = run_block("B-fusion in your own training loop")
    text, audio, video = names["weights"].tolist()
    assert text < 0.95 < 1.05 < min(audio, video)
    assert names["weights"] is names["balancer"].weights
    assert "tensor" in capsys.readouterr().out


def test_scores() -> None:
    names = run_block("Metrics")
    answer = names["scores"]("sentiment", names["truth"], names["truth"])
    assert answer["mae"] == 0
    assert answer["acc7"] == answer["acc2_non0"] == 1


@pytest.fixture
def working(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with the demo's caches where the page reads them."""
    shutil.copytree(cache, tmp_path / "data/cache/demo")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_cache_is_read(working: Path) -> None:
    names = run_block("A cache")
    segments = names["segments"]
    assert segments.labels.shape == (len(segments), 1)
    shown = "audio (12), vectors (32), video (8)"
    assert repr(segments) == f"<Segments: {len(segments)} of {shown}>"


def test_a_trained_model_predicts(working: Path) -> None:
    torch.manual_seed(0)
    values = {
        **{"dataset": "demo", "optimizer_name": "adam", "variant": "gb", "seed": 1},
        **{"modalities": ["audio", "video"], "metrics": "sentiment", "text_encoder": "scratch"},
        **{"signed_log": [], "model": {"name": "awf", "hidden_size": 8}, "balancing": {}},
        **{"optimizer": {}, "training": {}},
    }
    settings = parse_run(values, "run")
    corpus = read_corpus(settings, read_cache(working / "data/cache/demo/test.h5"), None)
    model = build_model(settings, None, corpus.widths())
    folder = working / "results/runs/demo_adam_gb/seed-1/model"
    save_model(folder, model, settings, corpus.widths(), None, "card")
    names = run_block("A trained model")
    np.testing.assert_array_equal(
        names["predicted"], predict(model, corpus, torch.device("cpu")).prediction.numpy()
    )
    expected = "TrainedModel(name='awf', modalities=('audio', 'video'), outputs=('sentiment',))"
    assert repr(names["model"]) == expected


@pytest.mark.parametrize("name", evenfuse.__all__)
def test_every_public_name_is_there_and_explained(name: str) -> None:
    assert getattr(evenfuse, name).__doc__
    assert name in dir(evenfuse)


def test_a_name_that_is_not_there_is_an_ordinary_error() -> None:
    with pytest.raises(AttributeError, match="module 'evenfuse' has no attribute 'BFuson'"):
        _ = evenfuse.BFuson


@pytest.mark.parametrize(
    ("line", "absent"),
    [
        ("import evenfuse", {"torch", "numpy", "h5py", "pydantic"}),
        ("from evenfuse import read_cache, scores", {"torch", "transformers"}),
        ("from evenfuse import BFusion, Forward", {"transformers", "pandas", "h5py"}),
    ],
)
def test_only_what_is_used_is_imported(line: str, absent: set[str]) -> None:
    code = f"import sys; {line}; print(*{absent} & set(sys.modules))"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == ""
