"""Which files tables and figures are made of, by what their kinds need."""

import subprocess
import sys
from typing import Any

import pytest

from evenfuse.errors import EvenfuseError
from evenfuse.planning.shown import PlannedFigure, PlannedTable
from evenfuse.settings.config import Config
from evenfuse.settings.figures.gradients import Settings as Gradients
from evenfuse.settings.reading import load

CONFIG: dict[str, Any] = {
    "study": {"datasets": ["a", "b"], "optimizers": ["o"], "variants": ["v"], "seeds": [1, 2]},
    "datasets": {
        name: {"title": name, "files": {"words": "w", "labels": "l"}, "modalities": ["text"]}
        for name in ("a", "b")
    },
    "optimizers": {"o": {}},
    "variants": {"v": {"model": {"name": "awf"}}},
    "tables": {"t": {"title": "both"}, "s": {"title": "fast", "kind": "seconds"}},
    "figures": {"f": {"title": "lines", "panels": [["v"]]}},
}


@pytest.fixture
def config() -> Config:
    return load(CONFIG)


def test_scores_are_made_of_results_with_predictions_and_references(config: Config) -> None:
    assert PlannedTable(config, "t").files() == {
        "results": ["results/a_o_v.json", "results/b_o_v.json"],
        "predictions": [f"results/{d}_o_v.predictions.parquet" for d in "ab"],
        "references": ["results/a.references.json", "results/b.references.json"],
    }


def test_seconds_are_measured_for_their_table(config: Config) -> None:
    told = [f"seconds=results/seconds/s/{dataset}.json" for dataset in "ab"]
    assert PlannedTable(config, "s").arguments() == told


def test_figures_over_the_epochs_have_every_seed(config: Config) -> None:
    runs = [f"results/runs/{d}_o_v/seed-{seed}/epochs.parquet" for d in "ab" for seed in (1, 2)]
    assert PlannedFigure(config, "f").files() == {"epochs": runs}


def test_a_kind_has_its_caption_and_its_code(config: Config) -> None:
    scores, seconds = PlannedTable(config, "t"), PlannedTable(config, "s")
    assert scores.caption().startswith("Both. Mean ± standard deviation over the seeds")
    assert scores.code() != seconds.code()


def test_a_need_that_nothing_meets_is_told(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Gradients, "needs", ("seconds",))
    with pytest.raises(EvenfuseError) as caught:
        PlannedFigure(config, "f").files()
    assert str(caught.value).startswith("unknown need 'seconds'; choose from: results, ")


def test_planning_imports_nothing_heavy() -> None:
    code = f"""
import sys
from evenfuse.planning.shown import PlannedFigure, PlannedTable
from evenfuse.settings.reading import load

config = load({CONFIG!r})
config.titles()
for planned in (PlannedTable(config, "t"), PlannedTable(config, "s"), PlannedFigure(config, "f")):
    planned.arguments(), planned.code(), planned.caption()
print(*{{"torch", "pandas", "numpy", "h5py", "matplotlib"}} & set(sys.modules))
"""
    command = [sys.executable, "-c", code]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "\n"
