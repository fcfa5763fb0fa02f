"""The trained runs of an arm, and what they predict, put together."""

from collections.abc import Sequence
from pathlib import Path

import torch

from evenfuse.assembly.build import columns
from evenfuse.cache.segments import Segments
from evenfuse.evaluation.predictions import Predictions
from evenfuse.nn.model import Output
from evenfuse.records.runs import RunRecord


def in_order(runs: Sequence[Path]) -> tuple[list[Path], list[RunRecord]]:
    """Return the run.json of the seeds of an arm, and what they hold, in the order of the seeds."""
    records = {run: RunRecord.read(run) for run in runs}
    ordered = sorted(runs, key=lambda run: records[run].settings.seed)
    return ordered, [records[run] for run in ordered]


def arm_predictions(
    records: Sequence[RunRecord], segments: Segments, outputs: Sequence[Output]
) -> Predictions:
    """Return what the models of the runs, or others made from them, predict of segments."""
    names = columns(records[0].settings)
    return Predictions(
        ids=segments.ids,
        columns=names,
        seeds=[record.settings.seed for record in records],
        truth=segments.labels[:, : len(names)],
        predicted=torch.stack([output.prediction for output in outputs]).numpy(),
        others={
            network: torch.stack([output.others[network] for output in outputs]).numpy()
            for network in outputs[0].others
        },
    )
