"""A run's settings, corpus and model for every model that is found by its file name."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from evenfuse.assembly.build import build
from evenfuse.batching.corpus import Corpus, corpus_from
from evenfuse.nn.model import SentimentModel
from evenfuse.nn.text import Tokenizer, load_bert
from evenfuse.settings.modules import modules_of
from evenfuse.settings.run import RunSettings, parse_run
from evenfuse.storage.cache import read_cache

MODALITIES = (["text", "audio", "video"], ["text", "audio"], ["audio", "video"], ["text"])


@pytest.fixture(params=sorted(modules_of("models")))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=MODALITIES, ids="+".join)
def modalities(request: pytest.FixtureRequest) -> list[str]:
    return list(request.param)


def run_settings(
    name: str, modalities: list[str], vocabulary: Path, **model: object
) -> RunSettings:
    values = {
        "dataset": "demo",
        "optimizer_name": "adam",
        "variant": "any",
        "seed": 3,
        "modalities": modalities,
        "metrics": "sentiment",
        "text_encoder": str(vocabulary),
        "signed_log": ["audio"],
        "model": {"name": name, "hidden_size": 12, "post_dim": 8, **model},
        "balancing": {},
        "optimizer": {},
        "training": {"batch_size": 16},
    }
    return parse_run(values, "run")


Make = Callable[..., tuple[SentimentModel, Corpus, RunSettings]]


@pytest.fixture
def make(cache: Path, vocabulary: Path) -> Make:
    """Return a function: name, modalities, model settings -> model, training split, settings."""

    def made(
        name: str, modalities: list[str], **model: object
    ) -> tuple[SentimentModel, Corpus, RunSettings]:
        torch.manual_seed(0)
        settings = run_settings(name, modalities, vocabulary, **model)
        reads_text = "text" in modalities
        bert = load_bert(str(vocabulary)) if reads_text else None
        tokenizer = Tokenizer(str(vocabulary)) if reads_text else None
        corpus = corpus_from(read_cache(cache / "train.h5"), modalities, tokenizer, 1)
        return build(settings, bert, corpus.widths()), corpus, settings

    return made
