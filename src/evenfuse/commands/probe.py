"""evenfuse probe: trained runs of an arm, a planted truth -> what each modality has learnt."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import click
import torch

from evenfuse.assembly.arm import in_order
from evenfuse.assembly.build import read_corpus
from evenfuse.assembly.saved import load_model
from evenfuse.cache.reading import read_cache
from evenfuse.cache.segments import Segments
from evenfuse.cache.staging import staged
from evenfuse.commands.options import computing_options, each_once
from evenfuse.evaluation.planted import read_planted
from evenfuse.evaluation.probe import shares_carried
from evenfuse.files import check_writable
from evenfuse.nn.late_fusion import LateFusion
from evenfuse.nn.predict import represent
from evenfuse.records.shares import ArmShares
from evenfuse.running.devices import leased_device


@click.command()
@click.argument("runs", type=Path, nargs=-1, required=True, callback=each_once)
@click.option("--train", type=Path, required=True, help="Cache of the training split.")
@click.option("--test", type=Path, required=True, help="Cache of the test split.")
@click.option("--planted", type=Path, help="Parquet of a planted truth.")
@click.option("--output", type=Path, required=True, help="JSON of the shares.")
@computing_options
def command(
    runs: tuple[Path, ...],
    train: Path,
    test: Path,
    planted: Path | None,
    output: Path,
    threads: int,
    runs_per_gpu: int,
    local_cache: Path | None,
) -> None:
    """Read the planted parts from the Z_i of the RUNS of an arm (run.json, one per seed).

    A linear probe is fitted on the training split and read on the test split. Without a planted
    truth, or if the model has no Z_i, there are no shares.
    """
    check_writable(output.parent)
    ordered, records = in_order(runs)
    settings = records[0].settings
    splits = [read_cache(staged(path, local_cache), settings.modalities) for path in (train, test)]
    with leased_device(threads, runs_per_gpu) as device:
        found = [_shares(run, splits, planted, device) for run in ordered] if planted else [{}]
    ArmShares(
        dataset=settings.dataset,
        optimizer=settings.optimizer_name,
        variant=settings.variant,
        seeds=[record.settings.seed for record in records],
        n_train=len(splits[0]),
        n_test=len(splits[1]),
        shares={modality: [seed[modality] for seed in found] for modality in found[0]},
    ).write(output)


def _shares(
    run: Path, splits: Sequence[Segments], planted: Path, device: torch.device
) -> Mapping[str, float]:
    model, settings, tokenizer = load_model(run.with_name("model"))
    if not isinstance(model, LateFusion):
        return {}
    model.to(device)
    corpora = [read_corpus(settings, split, tokenizer) for split in splits]
    carried = [represent(model, corpus, device) for corpus in corpora]
    train, test = ({name: z.numpy() for name, z in split.items()} for split in carried)
    return shares_carried(train, test, *(read_planted(planted, split.ids) for split in splits))
