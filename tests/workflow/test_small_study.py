"""From nothing to tables, once and for real; then what runs again and what does not."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest

from evenfuse.metrics.sentiment import scores
from tests.edits import HARMFUL, HARMLESS, apply
from tests.workflow.conftest import Project

KEYS = {
    "dataset",
    "optimizer",
    "variant",
    "model",
    "modalities",
    "n_seeds",
    "seeds",
    "metrics",
    "selection",
    "n_train",
    "n_valid",
    "n_test",
    "parameters",
    "seconds_per_epoch",
    "provenance",
}
PARTS = {"evaluate_arm", "tabulate", "all"}


def test_results_are_those_of_the_predictions(finished: Project) -> None:
    results = json.loads((finished.folder / "results/demo_adam_gb.json").read_text())
    predictions = pd.read_parquet(finished.folder / "results/demo_adam_gb.predictions.parquet")
    assert set(results) >= KEYS
    assert results["seeds"] == sorted(predictions["seed"].unique()) == [1, 2]
    for seed, mae in zip(results["seeds"], results["metrics"]["mae"]["per_seed"], strict=True):
        own = predictions[predictions["seed"] == seed]
        assert len(own) == results["n_test"]
        assert scores(own["truth"].to_numpy(), own["prediction"].to_numpy())["mae"] == mae
    assert results["metrics"]["mae"]["mean"] == np.mean(results["metrics"]["mae"]["per_seed"])
    assert results["generated_data"] is True


def test_the_selected_epoch_is_the_best_on_validation(finished: Project) -> None:
    results = json.loads((finished.folder / "results/demo_adam_gb.json").read_text())
    for seed, epoch in zip(results["seeds"], results["selection"]["best_epochs"], strict=True):
        run = finished.folder / f"results/runs/demo_adam_gb/seed-{seed}"
        history = pd.read_parquet(run / "epochs.parquet")
        assert history.loc[history["valid_mae"].idxmin(), "epoch"] == epoch


def test_history_has_what_the_method_moves(finished: Project) -> None:
    run = finished.folder / "results/runs/demo_adam_gb/seed-1"
    history = pd.read_parquet(run / "epochs.parquet")
    expected = {f"{number}_{m}" for number in "grwa" for m in ("text", "audio", "video")}
    assert expected | {"train_loss", "weight_loss", "valid_mae", "seconds"} <= set(history)
    assert (history[["w_text", "w_audio", "w_video"]].iloc[-1] != 1).all()


def test_tables_and_figures_are_there(finished: Project) -> None:
    results = finished.folder / "results"
    table = (results / "tables/ablation.md").read_text()
    assert "Demo numbers" in table
    assert "best reachable" in table
    assert "training mean" in table
    assert r"\toprule" in (results / "tables/ablation.tex").read_text()
    assert len(pd.read_csv(results / "tables/ablation.csv")) == 2 * 8
    for name in ("gradients", "fusion_weights"):
        assert (results / f"figures/{name}.svg").read_text().startswith("<?xml")
        assert (results / f"figures/{name}.png").read_bytes()[1:4] == b"PNG"


def test_nothing_is_done_twice(finished: Project) -> None:
    result = finished.study("all")
    assert "Nothing to be done" in result.stdout + result.stderr


def test_training_never_gets_the_test_split(finished: Project) -> None:
    lines = finished.study("--detailed-summary", "all").stdout.splitlines()
    table = pd.DataFrame([line.split("\t") for line in lines[1:]], columns=lines[0].split("\t"))
    by_rule = table.groupby("rule")["input-file(s)"].agg(",".join)
    assert "train.h5" in by_rule["train_seeds"]
    readers = {rule for rule, inputs in by_rule.items() if "test.h5" in inputs}
    assert readers == {"evaluate_arm", "score_references"}
    assert by_rule["learn_vocabulary"] == "data/cache/demo/train.h5"


def test_what_changes_no_number_runs_nothing(edited: Project) -> None:
    for edit in HARMLESS:
        apply(edited.folder / "src/evenfuse", edit)
    model = edited.folder / "src/evenfuse/models/awf.py"
    model.write_text("# a remark\n" + model.read_text())
    assert edited.jobs("all") == {}


@pytest.mark.parametrize(
    ("kind", "trained"), [("optimizer", 2), ("loss", 2), ("model", 2), ("balancer", 1)]
)
def test_what_changes_a_number_trains_its_arms_again_and_keeps_the_cache(
    edited: Project, kind: str, trained: int
) -> None:
    (edit,) = (edit for edit in HARMFUL if edit.kind == kind)
    apply(edited.folder / "src/evenfuse", edit)
    jobs = edited.jobs("all")
    assert jobs["train_seeds"] == trained
    assert set(jobs) == PARTS | {"train_seeds", "plot"}


def test_editing_a_caption_trains_nothing(edited: Project) -> None:
    caption = edited.folder / "workflow/report/shown.rst"
    caption.write_text("Another caption.\n")
    assert "train_seeds" not in edited.jobs("all")


def test_editing_the_papers_numbers_makes_the_tables_again(edited: Project) -> None:
    numbers = edited.folder / "src/evenfuse/report/published.csv"
    numbers.write_text(numbers.read_text() + "4,mosi,another,,acc2,50.0\n")
    assert set(edited.jobs("all")) == {"tabulate", "all"}


def test_editing_a_figure_draws_it_again(edited: Project) -> None:
    gradients = edited.folder / "src/evenfuse/report/figures/gradients.py"
    code = gradients.read_text()
    assert "(10⁻³)" in code
    gradients.write_text(code.replace("(10⁻³)", "(thousandths)"))
    assert edited.jobs("all") == {"plot": 1, "all": 1}  # the other kind of figure stays


def numbers(project: Project) -> dict[str, object]:
    """All that an arm has on disk in numbers, without its times."""
    results = project.folder / "results"
    content = json.loads((results / "demo_adam_gb.json").read_text())
    histories = [
        pd.read_parquet(results / f"runs/demo_adam_gb/seed-{seed}/epochs.parquet")
        for seed in (1, 2)
    ]
    predictions = pd.read_parquet(results / "demo_adam_gb.predictions.parquet")
    for measured in ("seconds_per_epoch", "seal"):
        content.pop(measured)
    return {
        "results": content,
        "histories": [history.drop(columns="seconds").to_dict() for history in histories],
        "predictions": predictions.to_dict(),
    }


def test_a_process_per_seed_gives_the_same_numbers(finished: Project, edited: Project) -> None:
    shutil.rmtree(edited.folder / "results")
    apart = edited.folder / "apart.yaml"
    apart.write_text("datasets: {demo: {one_process: false}}")
    options = ("--configfile", "study.yaml", "apart.yaml", "--", "results/demo_adam_gb.json")
    jobs = edited.jobs(*options)
    assert (jobs["train_run"], "train_seeds" in jobs) == (2, False)
    result = edited.study(*options)
    assert result.returncode == 0, result.stdout + result.stderr
    assert numbers(edited) == numbers(finished)


def test_snakemake_looks_at_the_jobs_once_for_each_that_starts(edited: Project) -> None:
    arms = [f"results/demo_adam_{variant}.json" for variant in ("gb", "no-gb")]
    for arm in arms:
        (edited.folder / arm).unlink()
    result = edited.study("--cores", "1", "--verbose", "--", *arms)  # one waits for the other
    assert result.stderr.count("Ready jobs: ") == 2, result.stderr


def test_the_report_holds_tables_and_figures(finished: Project) -> None:
    result = finished.study("--report", "report.html", "all")
    assert result.returncode == 0, result.stderr
    page = (finished.folder / "report.html").read_text()
    for name in ("ablation.md", "gradients.svg", "fusion_weights.svg", "demo_adam_gb.json"):
        assert name in page


def test_a_damaged_cache_is_made_anew_and_never_trained_on(edited: Project) -> None:
    cache = edited.folder / "data/cache/demo/train.h5"
    content = bytearray(cache.read_bytes())
    content[len(content) // 2] ^= 1
    cache.write_bytes(content)
    shutil.rmtree(edited.folder / "results/runs/demo_adam_gb/seed-1")
    wanted = "results/runs/demo_adam_gb/seed-1/run.json"
    first = edited.study("--", wanted)
    assert first.returncode != 0
    assert "was set aside as train.h5.damaged" in first.stdout + first.stderr
    assert not (edited.folder / wanted).exists()
    assert edited.study("--", wanted).returncode == 0
    assert (edited.folder / wanted).exists()
