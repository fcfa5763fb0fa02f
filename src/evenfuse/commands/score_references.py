"""evenfuse score-references: labels, and perhaps a planted truth -> scores without a model."""

from pathlib import Path

import click

from evenfuse.cache.reading import read_cache
from evenfuse.evaluation.references import best_reachable, constant, training_mean
from evenfuse.records.references import References


@click.command()
@click.option("--train", type=Path, required=True, help="Cache of the training split.")
@click.option("--test", type=Path, required=True, help="Cache of the test split.")
@click.option("--metrics", required=True, help="Family of metrics, e.g. sentiment.")
@click.option("--planted", type=Path, help="Parquet of a planted truth.")
@click.option("--output", type=Path, required=True, help="JSON of the scores.")
def command(train: Path, test: Path, metrics: str, planted: Path | None, output: Path) -> None:
    """Score, on the test split, answers that need no model.

    They are the mean label of the training split and, where the truth was planted, the best
    predictors there can be: of one who knows the text's part only, and of one who knows all.
    """
    known, asked = read_cache(train, ()), read_cache(test, ())
    mean = training_mean(known, metrics)
    scores = {"training_mean": constant(mean, asked, metrics)}
    if planted:
        scores |= best_reachable(planted, asked, metrics)
    counts = {"n_train": len(known), "n_test": len(asked)}
    References(**counts, training_mean=mean, scores=scores).write(output)
