"""A trainer put together from the settings of a run."""

from dataclasses import dataclass
from pathlib import Path

import torch

from evenfuse.assembly.build import build, fit_standardizers
from evenfuse.balancing import build as build_balancer
from evenfuse.batching.corpus import Corpus, corpus_from
from evenfuse.metrics import family
from evenfuse.nn.text import Tokenizer, load_bert
from evenfuse.settings.modules import known
from evenfuse.settings.run import RunSettings
from evenfuse.storage.cache import read_cache
from evenfuse.training.loop import Trainer
from evenfuse.training.optimizers import build_optimizer, build_schedule
from evenfuse.training.randomness import seed_everything
from evenfuse.training.selection import Selection
from evenfuse.training.state import TrainingState
from evenfuse.training.step import LOSSES, Step


@dataclass(frozen=True)
class Data:
    """What all seeds of an arm share: both splits, and the text encoder that read the words."""

    train: Corpus
    valid: Corpus
    text_encoder: str
    tokenizer: Tokenizer | None


def read_data(run: RunSettings, train: Path, valid: Path, text_encoder: str | None) -> Data:
    """Read both splits from their caches; `text_encoder` takes the place of the settings'."""
    source = text_encoder or run.text_encoder
    tokenizer = Tokenizer(source) if "text" in run.modalities else None
    columns = len(family(run.metrics).COLUMNS)
    splits = (read_cache(path, run.modalities, run.training.in_memory) for path in (train, valid))
    corpora = [corpus_from(split, run.modalities, tokenizer, columns) for split in splits]
    return Data(corpora[0], corpora[1], source, tokenizer)


def prepare(run: RunSettings, data: Data, device: torch.device) -> Trainer:
    """Seed everything, build the model, and put it together with all that trains it."""
    seed_everything(run.seed)
    bert = load_bert(data.text_encoder) if data.tokenizer else None
    model = build(run, bert, data.train.widths())
    fit_standardizers(model, data.train)
    model.to(device)
    training = run.training
    optimizer = build_optimizer(run.optimizer, model)
    per_step = training.batch_size * training.accumulate
    steps = training.epochs * -(-len(data.train) // per_step)
    schedule = build_schedule(run.optimizer, optimizer, steps)
    balancer = build_balancer(run.balancing, model.fusion_weights)
    step = Step(
        model=model,
        balancer=balancer,
        optimizer=optimizer,
        schedule=schedule,
        loss=LOSSES[training.loss],
        clip_norm=run.optimizer.clip_norm,
        precision=_resolved(training.precision, device),
    )
    order = torch.Generator().manual_seed(run.seed)
    state = TrainingState(model, optimizer, schedule, order, _selection(run))
    train = data.train.on_device_if_it_fits(device)
    return Trainer(run, step, state, train, data.valid, device)


def _selection(run: RunSettings) -> Selection:
    metric = run.training.selection_metric
    directions = family(run.metrics).HIGHER_IS_BETTER
    higher = known("selection_metric", metric, directions)
    return Selection(metric, higher, run.training.patience)


def _resolved(precision: str, device: torch.device) -> str:
    if precision != "auto":
        return precision
    # emulated bfloat16, on older GPUs, is slower than float32
    fast = device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
    return "bfloat16" if fast else "float32"
