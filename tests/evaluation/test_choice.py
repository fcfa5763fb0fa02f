"""The winner of a grid, from runs whose scores are known."""

import pytest

from evenfuse.errors import EvenfuseError
from evenfuse.evaluation.choice import choose, table
from evenfuse.records.runs import RunRecord
from tests.records.made import run_record

TRIED = ["model.dropout", "optimizer.learning_rate"]


def run(
    dropout: float, rate: float, seed: int, score: float, metric: str = "mae", epoch: int = 3
) -> RunRecord:
    settings = {"model": {"dropout": dropout}, "optimizer": {"learning_rate": rate}}
    return run_record(seed, score, metric, epoch, **settings)


def test_a_choice_worked_by_hand() -> None:
    runs = [
        run(0.0, 0.1, 102, 0.9, epoch=5),
        run(0.0, 0.1, 101, 0.7, epoch=4),
        run(0.5, 0.1, 101, 0.5),
        run(0.5, 0.1, 102, 1.3),
    ]
    choice = choose(runs, TRIED)
    first, second = choice.points
    assert choice.winner == {"model.dropout": 0.0, "optimizer.learning_rate": 0.1}
    assert (choice.metric, choice.split, choice.n_valid) == ("mae", "valid", 30)
    assert choice.seeds == [101, 102]
    assert first.mean == pytest.approx(0.8)
    assert first.std == pytest.approx(0.02**0.5)
    assert first.scores == [0.7, 0.9]  # in the order of the seeds, as the epochs
    assert first.best_epochs == [4, 5]
    assert second.mean == pytest.approx(0.9)  # its best seed is the best of all, its mean is not


@pytest.mark.parametrize(("metric", "winner"), [("mae", 0.1), ("corr", 0.2)])
def test_the_winner_is_the_lowest_or_the_highest_as_the_metric_says(
    metric: str, winner: float
) -> None:
    runs = [run(0.0, 0.1, 101, 0.3, metric), run(0.0, 0.2, 101, 0.6, metric)]
    assert choose(runs, TRIED).winner["optimizer.learning_rate"] == winner


def test_of_equal_points_the_first_of_the_grid_wins() -> None:
    runs = [run(0.5, 0.1, 101, 0.4), run(0.0, 0.1, 101, 0.4)]
    assert choose(runs, TRIED).winner["model.dropout"] == 0.5


def test_points_with_other_seeds_are_refused() -> None:
    runs = [run(0.0, 0.1, 101, 0.3), run(0.0, 0.1, 102, 0.3), run(0.5, 0.1, 101, 0.3)]
    with pytest.raises(EvenfuseError, match="were trained with different seeds"):
        choose(runs, TRIED)


def test_the_table_marks_the_winner() -> None:
    runs = [run(0.0, 0.1, 101, 0.3), run(0.5, 0.1, 101, 0.2, epoch=7)]
    rows = table(choose(runs, TRIED))
    assert rows.columns.tolist() == [*TRIED, "valid mae", "std", "best epochs", "winner"]
    assert rows["winner"].tolist() == ["", "*"]
    assert rows["best epochs"].tolist() == ["3", "7"]
