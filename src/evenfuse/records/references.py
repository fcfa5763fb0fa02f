"""Scores of answers without a model: results/{dataset}.references.json."""

from evenfuse.records.record import Record


class References(Record):
    """Answer -> metric -> score on the test split."""

    n_train: int
    n_test: int
    scores: dict[str, dict[str, float]]
