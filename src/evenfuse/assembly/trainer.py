"""A trainer put together from the settings of a run."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from evenfuse.assembly.build import (
    MOST_UNKNOWN,
    build_balancer,
    build_model,
    build_objective,
    check_labels,
    fills,
    fit_standardizers,
    read_corpus,
)
from evenfuse.assembly.precision import resolved
from evenfuse.batching.corpus import Corpus
from evenfuse.batching.missing import ModalityDropout
from evenfuse.batching.order import held_out
from evenfuse.bert_files import SOURCE
from evenfuse.cache.reading import read_cache
from evenfuse.checksums import SUMS, check_sums
from evenfuse.damage import reading
from evenfuse.errors import EvenfuseError
from evenfuse.nn.text import Tokenizer, load_bert
from evenfuse.settings.run import RunSettings
from evenfuse.training.loop import Trainer
from evenfuse.training.optimizers import build_optimizer, build_schedule
from evenfuse.training.randomness import seed_everything
from evenfuse.training.selection import selection_of
from evenfuse.training.state import TrainingState
from evenfuse.training.step import Step


@dataclass(frozen=True)
class Data:
    """What all seeds of an arm share: both splits, and the text encoder that read the words."""

    train: Corpus
    valid: Corpus
    text_encoder: str
    tokenizer: Tokenizer | None


def read_data(run: RunSettings, train: Path, valid: Path, text_encoder: str | None) -> Data:
    """Read both splits from their caches; `text_encoder` takes the place of the settings'.

    Raises:
        EvenfuseError: if a cache or the text encoder cannot be used, or does not know the words.
    """
    source = text_encoder or run.text_encoder
    tokenizer = _tokenizer(run, source) if "text" in run.modalities else None
    splits = [read_cache(path, run.modalities, run.training.in_memory) for path in (train, valid)]
    for split in splits:
        check_labels(run, split)
    corpora = [read_corpus(run, split, tokenizer) for split in splits]
    if tokenizer:
        _check_words(tokenizer, corpora, source)
    return Data(corpora[0], corpora[1], source, tokenizer)


def prepare(run: RunSettings, data: Data, device: torch.device) -> Trainer:
    """Seed everything, build the model, and put it together with all that trains it."""
    seed_everything(run.seed)
    bert = load_bert(data.text_encoder, run.model.pooler) if data.tokenizer else None
    model = build_model(run, bert, data.train.widths())
    fit_standardizers(model, data.train)
    model.to(device)
    balancer = build_balancer(run, model).to(device)
    objective = build_objective(run, model, data.train).to(device)
    holdout = held_out(len(data.train), balancer.holdout, run.seed)
    optimizer = build_optimizer(run.optimizer, _trained(model, objective, balancer))
    schedule = build_schedule(run.optimizer, optimizer, _steps(run, len(data.train) - len(holdout)))
    step = Step(
        model=model,
        objective=objective,
        balancer=balancer,
        optimizer=optimizer,
        schedule=schedule,
        settings=run.optimizer,
        precision=resolved(run.training.precision, device, model),
    )
    order = torch.Generator().manual_seed(run.seed)
    state = TrainingState(model, objective, balancer, optimizer, schedule, order, selection_of(run))
    train = data.train.on_device_if_it_fits(device)
    dropout = ModalityDropout(run.training.modality_dropout, fills(model, data.tokenizer))
    return Trainer(run, step, state, train, data.valid, holdout, device, dropout)


def _tokenizer(run: RunSettings, source: str) -> Tokenizer:
    folder = Path(source)
    # a user's own folder may hold sums of another form, and is never set aside
    made_here = run.text_encoder == "scratch" or (folder / SOURCE).is_file()
    if made_here and (folder / SUMS).is_file():
        with reading("text encoder", folder):
            check_sums(folder)
    return Tokenizer(source)


def _check_words(tokenizer: Tokenizer, corpora: list[Corpus], source: str) -> None:
    unknown = tokenizer.unknown(torch.cat([c.sequences["text"].values for c in corpora]))
    if unknown > MOST_UNKNOWN:
        raise EvenfuseError(
            f"the text encoder '{source}' does not know {unknown:.0%} of the words of this corpus; "
            "take one of its language, or one from scratch with a larger "
            "scratch_encoder.vocabulary_size"
        )


def _trained(
    model: nn.Module, objective: nn.Module, balancer: nn.Module
) -> Iterator[tuple[str, nn.Parameter]]:
    yield from model.named_parameters()
    yield from objective.named_parameters("objective")
    yield from balancer.named_parameters("balancer")


def _steps(run: RunSettings, segments: int) -> int:
    per_step = run.training.batch_size * run.training.accumulate
    return run.training.epochs * -(-segments // per_step)
