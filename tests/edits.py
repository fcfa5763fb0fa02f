"""Edits of a copy of the package: some can change the numbers of a run, others can not."""

from pathlib import Path
from typing import NamedTuple


class Edit(NamedTuple):
    """A text in a file of the package, and what takes its place."""

    kind: str
    file: str
    old: str
    new: str


HARMLESS = [
    Edit("docstring", "training/loop.py", '"""The one training', '"""Our training'),
    Edit("message", "training/loop.py", "lower the learning", "reduce the learning"),
    Edit("what a message tells", "training/loop.py", "in epoch {epoch}; ", "; "),
    Edit("description", "settings/run.py", '"at most")', '"no more")'),
    Edit("sentences", "errors.py", "choose from", "take one of"),
    Edit("version", "__init__.py", "__version__ = ", "__version__ = OTHER = "),
    Edit("checkpoint", "training/checkpoint.py", "timeout=1", "timeout=2"),
    Edit("progress line", "running/progress.py", "train {run", "training {run"),
    Edit("lease", "running/devices.py", "PAUSE = 1.0", "PAUSE = 2.0"),
    Edit("event file", "running/event_files.py", '"/", 1', '"|", 1'),
    Edit("command", "commands/train.py", "    return [lines, Ev", "    return [lines, *[], Ev"),
]
HARMFUL = [
    Edit("optimizer", "training/optimizers.py", "fused=True", "fused=False"),
    Edit("loss", "nn/objective.py", '"mse": functional.mse_loss', '"mse": functional.l1_loss'),
    Edit("model", "models/awf.py", "nn.ReLU()", "nn.GELU()"),
    Edit("balancer", "balancers/b_fusion.py", ".abs().sum()", ".square().sum()"),
    Edit("default", "settings/models/awf.py", '"cls", d', '"mean", d'),
    Edit("metric", "metrics/sentiment.py", "mean_absolute_error(", "abs(0) + mean_absolute_error("),
]


def apply(package: Path, edit: Edit) -> None:
    """Edit a file of a copy of the package; what is replaced must be there."""
    file = package / edit.file
    code = file.read_text(encoding="utf-8")
    assert edit.old in code, edit
    file.write_text(code.replace(edit.old, edit.new), encoding="utf-8")
