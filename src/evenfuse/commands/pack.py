"""evenfuse pack: the folder of a trained model -> one file."""

from pathlib import Path

import click

from evenfuse.assembly.packing import pack
from evenfuse.errors import EvenfuseError
from evenfuse.files import check_writable
from evenfuse.records.arms import ArmResults
from evenfuse.records.models import SavedModel, read_saved
from evenfuse.records.runs import RunRecord
from evenfuse.report.card import model_card


@click.command()
@click.argument("model", type=Path)
@click.argument("output", type=Path)
def command(model: Path, output: Path) -> None:
    """Pack MODEL, a folder that a run has trained, into the file OUTPUT, to pass it on.

    evenfuse pack results/runs/demo_adam_gb/seed-1/model demo.zip

    The file holds checksums of all that is in it. Where the arm of the model has been evaluated
    (results/demo_adam_gb.json), the card in it has the test scores with their intervals.
    """
    check_writable(output.parent)
    if output.is_dir():
        raise EvenfuseError(f"{output} is a folder; name a file to write to, such as model.zip")
    saved = read_saved(model)
    card = _card(model.absolute().parent, saved)
    pack(model, output, card)
    kind = "with its test scores" if card else "with the card as it is"
    click.echo(f"packed {kind}: {output}")


def _card(run: Path, saved: SavedModel) -> str | None:
    """Return a card with test scores, if the workflow has evaluated just this run."""
    results = run.parents[2] / f"{run.parent.name}.json"
    if not (results.is_file() and (run / "run.json").is_file()):
        return None
    record, arm = RunRecord.read(run / "run.json"), ArmResults.read(results)
    if not _is_of(record, arm):
        raise EvenfuseError(f"{results} is of other runs than {run}; evaluate them again")
    return model_card(record, saved.widths, arm.provenance.data, arm)


def _is_of(run: RunRecord, arm: ArmResults) -> bool:
    tested = dict(zip(arm.seeds, arm.selection.scores, strict=True))
    return (
        arm.config == run.settings.arm() and tested.get(run.settings.seed) == run.selection.scores
    )
