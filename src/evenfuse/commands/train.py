"""evenfuse train: training and validation split -> a model, its history, its selection."""

import json
from pathlib import Path
from statistics import median
from typing import Any

import click
from tqdm import tqdm

from evenfuse.assembly.build import build, fit_standardizers
from evenfuse.assembly.saved import save_model
from evenfuse.balancing import build as build_balancer
from evenfuse.batching.corpus import corpus_from
from evenfuse.metrics import family
from evenfuse.nn.text import Tokenizer, load_text_encoder
from evenfuse.provenance import git_commit, versions
from evenfuse.settings.run import RunSettings, parse_run
from evenfuse.storage.cache import read_cache
from evenfuse.storage.files import sha256, write_json
from evenfuse.training.history import Row, write_history
from evenfuse.training.loop import Selection, Trainer
from evenfuse.training.optimizers import build_optimizer
from evenfuse.training.seeds import device_for_run, seed_everything


@click.command()
@click.option("--settings", required=True, help="JSON of the run's settings.")
@click.option("--train", "train_cache", type=Path, required=True, help="Cache of the split.")
@click.option("--valid", "valid_cache", type=Path, required=True, help="Cache of the split.")
@click.option("--text-encoder", help="BERT folder or hub name, in place of the settings'.")
@click.option("--threads", default=1, show_default=True, help="CPU threads.")
@click.option("--output", type=Path, required=True, help="Folder of the run.")
def command(
    settings: str,
    train_cache: Path,
    valid_cache: Path,
    text_encoder: str | None,
    threads: int,
    output: Path,
) -> None:
    """Train one run and keep the epoch that is best on the validation split.

    Writes model/, epochs.parquet and run.json. There is no way to give it the test split.
    """
    run = parse_run(json.loads(settings), "run")
    trainer, tokenizer = _prepare(run, text_encoder, (train_cache, valid_cache), threads)
    rows, selection = _fit_with_progress(trainer)
    save_model(output / "model", trainer.model, run, trainer.train.widths(), tokenizer)
    write_history(output / "epochs.parquet", rows)
    record = {
        "settings": run.model_dump(),
        "selection": _selection(selection, rows),
        "n_train": len(trainer.train),
        "n_valid": len(trainer.valid),
        "parameters": sum(parameter.numel() for parameter in trainer.model.parameters()),
        "seconds_per_epoch": median(row["seconds"] for row in rows),
        "device": trainer.device.type,
        "threads": threads,
        "caches": {path.name: sha256(path) for path in (train_cache, valid_cache)},
        "git_commit": git_commit(Path(__file__).parent),
        "versions": versions("evenfuse", "torch", "transformers", "numpy", "h5py"),
    }
    write_json(output / "run.json", record)


def _prepare(
    run: RunSettings, text_encoder: str | None, caches: tuple[Path, Path], threads: int
) -> tuple[Trainer, Tokenizer | None]:
    seed_everything(run.seed)
    device = device_for_run(threads)
    source = text_encoder or run.text_encoder
    columns = len(family(run.metrics).COLUMNS)
    bert, tokenizer = load_text_encoder(source) if "text" in run.modalities else (None, None)
    splits = (read_cache(path, run.modalities, run.training.in_memory) for path in caches)
    train, valid = (corpus_from(split, run.modalities, tokenizer, columns) for split in splits)
    model = build(run, bert, train.widths()).to(device)
    fit_standardizers(model, train)
    trainer = Trainer(
        settings=run,
        model=model,
        balancer=build_balancer(run.balancing, model.fusion_weights),
        optimizer=build_optimizer(run.optimizer, model),
        train=train,
        valid=valid,
        device=device,
    )
    return trainer, tokenizer


def _fit_with_progress(trainer: Trainer) -> tuple[list[Row], Selection]:
    metric = trainer.settings.training.selection_metric
    with tqdm(total=trainer.settings.training.epochs, desc="training", unit="epoch") as bar:

        def report(row: Row) -> None:
            scores = {"loss": row["train_loss"], f"valid {metric}": row[f"valid_{metric}"]}
            bar.set_postfix({name: f"{value:.3f}" for name, value in scores.items()})
            bar.update()

        return trainer.fit(report)


def _selection(selection: Selection, rows: list[Row]) -> dict[str, Any]:
    best = rows[selection.epoch - 1]
    return {
        "split": "valid",
        "metric": selection.metric,
        "epoch": selection.epoch,
        "epochs_trained": len(rows),
        "scores": {
            name.removeprefix("valid_"): score
            for name, score in best.items()
            if name.startswith("valid_")
        },
    }
