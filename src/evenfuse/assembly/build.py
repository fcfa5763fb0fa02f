"""Models, balancers, objectives and corpora from the settings of a run."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from evenfuse import parts
from evenfuse.balancers import Balancer, Fusion
from evenfuse.batching.corpus import Corpus
from evenfuse.batching.parsing import Parser
from evenfuse.cache.segments import Segments
from evenfuse.errors import EvenfuseError
from evenfuse.nn.late_fusion import LateFusion
from evenfuse.nn.model import SentimentModel
from evenfuse.nn.objective import Objective, Task
from evenfuse.nn.readers import Frames, Reader
from evenfuse.nn.text import Tokenizer, Tokens
from evenfuse.settings.run import RunSettings

MOST_UNKNOWN = 0.5  # of the words of a corpus; beyond it, a model learns little from text


def build_model(
    settings: RunSettings, bert: nn.Module | None, widths: Mapping[str, int]
) -> SentimentModel:
    """Build the model of a run; `widths` are the features per frame of all modalities but text."""
    readers = {name: _reader(name, settings, bert, widths) for name in settings.modalities}
    module = parts.code("models", settings.model.name)
    model: SentimentModel = module.Model(settings.model, readers, len(columns(settings)))
    return model


def build_balancer(settings: RunSettings, model: SentimentModel) -> Balancer:
    """Build the balancer of a run over the fusion weights of its model."""
    kind: type[Balancer] = parts.code("balancers", settings.balancing.name).Balancer
    widths = model.widths() if isinstance(model, LateFusion) else []
    fusion = Fusion(model.fusion_weights, widths, len(columns(settings)))
    with torch.random.fork_rng(devices=[]):  # the model trains as it would without a balancer
        torch.manual_seed(settings.seed)
        return kind.build(settings.balancing, fusion)


def build_objective(settings: RunSettings, model: SentimentModel, train: Corpus) -> Objective:
    """Build what the run lowers: the class `Objective` of the model's file, or the task alone."""
    module = parts.code("models", settings.model.name)
    kind: type[Objective] = getattr(module, "Objective", Objective)
    return kind(settings.model, Task(settings.training.loss), model, train)


def fit_standardizers(model: SentimentModel, train: Corpus) -> None:
    """Standardise all modalities but text by the training split."""
    for name, reader in model.readers.items():
        if isinstance(reader, Frames):
            reader.fit(train.sequences[name])


def fills(model: SentimentModel, tokenizer: Tokenizer | None) -> dict[str, Tensor]:
    """Return what stands in place of a missing row of each modality."""
    words = {"text": torch.tensor(tokenizer.unknown_token)} if tokenizer else {}
    readers = model.readers.items()
    frames = {name: each.mean_frame().cpu() for name, each in readers if isinstance(each, Frames)}
    return {**words, **frames}


def read_corpus(settings: RunSettings, segments: Segments, tokenizer: Tokenizer | None) -> Corpus:
    """Return segments as the model of a run sees them.

    Raises:
        EvenfuseError: if they lack a modality that the model reads.
    """
    for name in settings.modalities:
        if name not in segments.features and not (name == "text" and tokenizer):
            reads = ", ".join(settings.modalities)
            raise EvenfuseError(f"the segments have no '{name}', but the model reads {reads}")
    parsed_by = settings.model.parsed_by()
    return Corpus.from_segments(
        segments,
        settings.modalities,
        tokenizer,
        settings.model.word_rows,
        Parser(parsed_by) if parsed_by else None,
    )


def check_labels(settings: RunSettings, segments: Segments) -> None:
    """Raise EvenfuseError if a split has fewer label columns than the metrics of a run need."""
    needed, there = len(columns(settings)), segments.labels.shape[1]
    if there < needed:
        raise EvenfuseError(
            f"the metrics '{settings.metrics}' need {needed} labels per segment, the cache has "
            f"{there}; give the dataset other metrics"
        )


def columns(settings: RunSettings) -> tuple[str, ...]:
    """Return the names of what a run predicts."""
    named: tuple[str, ...] = parts.facts("metrics", settings.metrics).FAMILY.columns
    return named


def _reader(
    modality: str, settings: RunSettings, bert: nn.Module | None, widths: Mapping[str, int]
) -> Reader:
    if modality == "text" and bert is not None:
        return Tokens(bert)
    return Frames(widths[modality], modality in settings.signed_log)
