"""Scores of answers without a model: results/{dataset}.references.json."""

from evenfuse.records.record import Record


class References(Record):
    """Answer -> metric -> score on the test split, and the training mean as a prediction."""

    n_train: int
    n_test: int
    training_mean: list[float]
    scores: dict[str, dict[str, float]]
