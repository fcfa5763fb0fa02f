"""evenfuse train: training and validation split -> models, their histories, their selection."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import click
import torch

from evenfuse.assembly.saved import save_model
from evenfuse.assembly.trainer import Data, prepare, read_data
from evenfuse.cache.provenance import read_provenance
from evenfuse.cache.reading import read_fingerprint
from evenfuse.cache.staging import staged
from evenfuse.commands.options import OBJECT, SEED, computing_options, each_once
from evenfuse.digests import training_code
from evenfuse.errors import EvenfuseError
from evenfuse.files import check_writable
from evenfuse.provenance import software
from evenfuse.records.caches import CacheProvenance
from evenfuse.records.checkpoints import Identity
from evenfuse.records.choices import Choice
from evenfuse.records.epochs import write_epochs
from evenfuse.records.runs import RunRecord, Selection
from evenfuse.report.card import model_card
from evenfuse.running.devices import leased_device
from evenfuse.running.event_files import EventFiles
from evenfuse.running.progress import ProgressLines
from evenfuse.settings.run import RunSettings, parse_run
from evenfuse.settings.trees import Tree
from evenfuse.settings.tuning import with_point
from evenfuse.training.checkpoint import Checkpoints
from evenfuse.training.loop import Observer, Trainer


@click.command()
@click.option("--settings", type=OBJECT, required=True, help="JSON of the settings of the runs.")
@click.option(
    "--seed", "seeds", type=SEED, multiple=True, required=True, callback=each_once, help="One run."
)
@click.option("--train", "train_cache", type=Path, required=True, help="Cache of the split.")
@click.option("--valid", "valid_cache", type=Path, required=True, help="Cache of the split.")
@click.option("--winner", type=Path, help="JSON of `evenfuse choose`; its best point is used.")
@click.option("--text-encoder", help="BERT folder or hub name, in place of the settings'.")
@click.option("--tensorboard", type=Path, help="Folder for event files, if any are wanted.")
@click.option("--checkpoints", type=Path, required=True, help="Folder, with seed-N per run.")
@click.option("--output", type=Path, required=True, help="Folder, with seed-N per run.")
@computing_options
def command(
    settings: Tree,
    seeds: tuple[int, ...],
    train_cache: Path,
    valid_cache: Path,
    winner: Path | None,
    text_encoder: str | None,
    tensorboard: Path | None,
    checkpoints: Path,
    output: Path,
    threads: int,
    runs_per_gpu: int,
    local_cache: Path | None,
) -> None:
    """Train one run per seed and keep the epoch that is best on the validation split.

    Writes model/, epochs.parquet and run.json into a folder per seed. A run that was interrupted
    goes on after its last whole epoch. There is no way to give it the test split.
    """
    values = with_point(settings, Choice.read(winner).winner if winner else {})
    runs = [parse_run({**values, "seed": seed}, "run") for seed in seeds]
    for run in runs:
        check_writable(checkpoints / f"seed-{run.seed}")
        check_writable(output / f"seed-{run.seed}")
    caches = {path.name: read_fingerprint(path) for path in (train_cache, valid_cache)}
    provenance = read_provenance(train_cache)
    train, valid = (staged(path, local_cache) for path in (train_cache, valid_cache))
    data = read_data(runs[0], train, valid, text_encoder)
    identities = list(_identities(runs, caches, data))
    with leased_device(threads, runs_per_gpu) as device, _out_of_memory_as_error(runs[0]):
        for run, identity in zip(runs, identities, strict=True):
            name = f"seed-{run.seed}"
            with Checkpoints(checkpoints / name, identity.values()) as kept:
                trainer = prepare(run, data, device)
                trainer.fit(kept, _watchers(run, tensorboard))
                record = _record(trainer, threads, identity)
                _write_run(output / name, trainer, data, record, provenance)
    # all at the end: if this process is killed, the workflow removes the output of every run
    for run in runs:
        shutil.rmtree(checkpoints / f"seed-{run.seed}")


def _identities(
    runs: Sequence[RunSettings], caches: dict[str, str], data: Data
) -> Iterator[Identity]:
    encoder = data.tokenizer.digest() if data.tokenizer else None
    for run in runs:
        code = training_code(run)
        yield Identity(settings=run, code=code, caches=caches, text_encoder=encoder)


def _watchers(run: RunSettings, tensorboard: Path | None) -> Sequence[Observer]:
    lines = ProgressLines(run)
    return [lines, EventFiles(tensorboard / f"seed-{run.seed}")] if tensorboard else [lines]


def _write_run(
    folder: Path, trainer: Trainer, data: Data, record: RunRecord, provenance: CacheProvenance
) -> None:
    model, widths = trainer.state.model, data.train.widths()
    card = model_card(record, widths, provenance)
    save_model(folder / "model", model, trainer.settings, widths, data.tokenizer, card)
    write_epochs(folder / "epochs.parquet", trainer.state.rows)
    record.write(folder / "run.json")


def _record(trainer: Trainer, threads: int, identity: Identity) -> RunRecord:
    model, rows = trainer.state.model, trainer.state.rows
    return RunRecord(
        settings=trainer.settings,
        selection=_selection(trainer),
        n_train=len(trainer.train),
        n_valid=len(trainer.valid),
        parameters=sum(parameter.numel() for parameter in model.parameters()),
        seconds_per_epoch=median(row["seconds"] for row in rows),
        device=trainer.device.type,
        precision=trainer.step.precision,
        threads=threads,
        caches=identity.caches,
        text_encoder=identity.text_encoder,
        **software(),
    )


def _selection(trainer: Trainer) -> Selection:
    selection, rows = trainer.state.selection, trainer.state.rows
    scores = {
        name.removeprefix("valid_"): score
        for name, score in rows[selection.epoch - 1].items()
        if name.startswith("valid_")
    }
    return Selection(
        metric=selection.metric, epoch=selection.epoch, epochs_trained=len(rows), scores=scores
    )


@contextmanager
def _out_of_memory_as_error(run: RunSettings) -> Iterator[None]:
    """Turn a device without memory into its one sentence."""
    try:
        yield
    except torch.OutOfMemoryError:
        raise EvenfuseError(
            f"the device has too little memory for training.batch_size {run.training.batch_size}: "
            "halve it and double training.accumulate, which trains the same way"
        ) from None
