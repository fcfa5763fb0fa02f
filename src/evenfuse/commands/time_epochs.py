"""evenfuse time-epochs: several models and a training split -> seconds per epoch."""

import platform
from pathlib import Path

import click
import torch

from evenfuse.assembly.trainer import prepare, read_data
from evenfuse.cache.provenance import read_provenance
from evenfuse.cache.reading import read_fingerprint
from evenfuse.cache.staging import staged
from evenfuse.commands.options import COUNT, LIST, computing_options
from evenfuse.files import check_writable
from evenfuse.provenance import software
from evenfuse.records.timings import TimedModel, Timing, TimingProvenance
from evenfuse.running.devices import leased_device
from evenfuse.settings.run import parse_run
from evenfuse.settings.trees import Tree
from evenfuse.training.loop import Trainer
from evenfuse.training.timing import seconds_in_turns


@click.command()
@click.option("--settings", type=LIST, required=True, help="JSON list of settings, one per model.")
@click.option("--train", "train_cache", type=Path, required=True, help="Cache of the split.")
@click.option("--valid", "valid_cache", type=Path, required=True, help="Cache of the split.")
@click.option("--text-encoder", help="BERT folder or hub name, in place of the settings'.")
@click.option("--epochs", type=COUNT, default=3, show_default=True, help="Of each, after one more.")
@click.option("--output", type=Path, required=True, help="JSON of the seconds.")
@computing_options
def command(
    settings: list[Tree],
    train_cache: Path,
    valid_cache: Path,
    text_encoder: str | None,
    epochs: int,
    output: Path,
    threads: int,
    runs_per_gpu: int,
    local_cache: Path | None,
) -> None:
    """Measure the seconds per epoch of several models, in this one process and in turns.

    Only training is measured, no validation; what is trained is thrown away.
    """
    runs = [parse_run({**values, "seed": 0}, "run") for values in settings]
    check_writable(output.parent)
    train, valid = (staged(path, local_cache) for path in (train_cache, valid_cache))
    with leased_device(threads, runs_per_gpu) as device:
        trainers = [
            prepare(run, read_data(run, train, valid, text_encoder), device) for run in runs
        ]
        seconds = seconds_in_turns(trainers, epochs)
        models = [_model(*measured) for measured in zip(trainers, seconds, strict=True)]
        _timing(trainers[0], train_cache, threads, models).write(output)


def _timing(trainer: Trainer, train: Path, threads: int, models: list[TimedModel]) -> Timing:
    return Timing(
        dataset=trainer.settings.dataset,
        generated_data=read_provenance(train).generated,
        n_train=len(trainer.train),
        device=_device_name(trainer.device),
        threads=threads,
        provenance=TimingProvenance(caches={train.name: read_fingerprint(train)}, **software()),
        models=models,
    )


def _model(trainer: Trainer, seconds: list[float]) -> TimedModel:
    settings = trainer.settings
    return TimedModel(
        optimizer=settings.optimizer_name,
        algorithm=settings.optimizer.algorithm,
        variant=settings.variant,
        parameters=sum(p.numel() for p in trainer.state.model.parameters()),
        precision=trainer.step.precision,
        seconds=seconds,
    )


def _device_name(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"CPU ({platform.machine()})"
