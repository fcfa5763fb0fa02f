"""evenfuse compare: two files of predictions -> their gap, and what it is worth."""

import json
from pathlib import Path

import click

from evenfuse import parts
from evenfuse.damage import DamagedError
from evenfuse.errors import EvenfuseError, choose
from evenfuse.evaluation.comparison import Gap, compare
from evenfuse.evaluation.prediction_files import read_predictions
from evenfuse.evaluation.predictions import Predictions
from evenfuse.report.gap_words import in_words
from evenfuse.settings.metrics import Family


@click.command()
@click.argument("first", type=Path)
@click.argument("second", type=Path)
@click.option("--metric", help="Of the family; its main metric by default.")
@click.option("--family", default="sentiment", show_default=True, help="Family of metrics.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, proportions as fractions.")
def command(first: Path, second: Path, metric: str | None, family: str, as_json: bool) -> None:
    """Say whether FIRST is better than SECOND, by their predictions of the same test segments.

    Each is a Parquet or CSV file of any software, with a row per segment and seed and the columns
    id, truth, prediction and seed; `evenfuse evaluate` writes such files. Where a family predicts
    several columns, each is named: truth_happy, prediction_happy.

    Prints the gap of the means over seeds (FIRST minus SECOND), its 95 % interval, p, and what
    they mean. Segments and seeds are both taken as draws, so a lucky seed is no effect. At least
    one file needs two seeds or more; the more seeds, the smaller the gaps that can be found.

    JSON has the keys metric, gap, low, high, p, n (segments that the metric counts) and seeds (of
    the file that has fewer).
    """
    facts: Family = parts.facts("metrics", family).FAMILY
    metric = metric or facts.shown[0]
    known = choose("metric", metric, facts.metrics)
    arms = (_read(first, facts), _read(second, facts))
    (gap,) = compare((str(first), str(second)), arms, family, [metric])
    if max(gap.found.seeds) == 1:
        raise EvenfuseError(
            f"{first} and {second} have one seed each, which cannot tell a better method from a "
            "lucky seed; give at least one of them two seeds or more"
        )
    click.echo(json.dumps(_values(gap)) if as_json else in_words(gap, known))


def _read(path: Path, family: Family) -> Predictions:
    try:
        return read_predictions(path, family.columns)
    except DamagedError as error:
        raise EvenfuseError(f"{path} is damaged or no table: {error}") from None


def _values(gap: Gap) -> dict[str, str | float]:
    found = gap.found
    return {
        "metric": gap.metric,
        "gap": found.value,
        "low": found.low,
        "high": found.high,
        "p": found.p,
        "n": found.segments,
        "seeds": min(found.seeds),
    }
