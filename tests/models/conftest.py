"""A run's settings, corpus and model for every model that is found by its file name."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from evenfuse import parts
from evenfuse.assembly.build import build_model, read_corpus
from evenfuse.batching.corpus import Corpus
from evenfuse.cache.reading import read_cache
from evenfuse.errors import EvenfuseError
from evenfuse.nn.model import SentimentModel
from evenfuse.nn.text import Tokenizer, load_bert
from evenfuse.settings.run import RunSettings, parse_run
from tests.models.small import SMALL


def run_settings(
    name: str, modalities: list[str], vocabulary: Path = Path(), **model: object
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
        "model": {"name": name, **SMALL.get(name, {}), **model},
        "balancing": {},
        "optimizer": {},
        # a squared loss: the signs of an absolute one can add up to a gradient of 0
        "training": {"batch_size": 16, "loss": "mse"},
    }
    return parse_run(values, "run")


def accepted(name: str, modalities: list[str]) -> bool:
    settings = run_settings(name, modalities).model
    try:
        settings.check_modalities(modalities)
    except EvenfuseError:
        return False
    return True


LISTS = (
    ["text", "audio", "video"],
    ["vectors", "audio", "video"],
    ["text", "audio"],
    ["audio", "video"],
    ["text"],
    ["vectors"],
)
Case = tuple[str, list[str]]
CASES: list[Case] = [(name, names) for name in sorted(parts.names("models")) for names in LISTS]
ACCEPTED = [case for case in CASES if accepted(*case)]
REFUSED = [case for case in CASES if case not in ACCEPTED]
# the first list that a model accepts stands for it
ONE_EACH: list[Case] = list({name: (name, names) for name, names in reversed(ACCEPTED)}.values())
LATE = [case for case in ONE_EACH if run_settings(*case).model.late_fusion]


def over(cases: list[Case]) -> pytest.MarkDecorator:
    """Run a test for every one of these models and lists of modalities."""
    ids = [f"{name}-{'+'.join(names)}" for name, names in cases]
    return pytest.mark.parametrize(("name", "modalities"), cases, ids=ids)


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
        bert = load_bert(str(vocabulary), settings.model.pooler) if reads_text else None
        tokenizer = Tokenizer(str(vocabulary)) if reads_text else None
        corpus = read_corpus(settings, read_cache(cache / "train.h5"), tokenizer)
        return build_model(settings, bert, corpus.widths()), corpus, settings

    return made
