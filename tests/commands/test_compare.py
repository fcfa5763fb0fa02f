"""evenfuse compare: two files of predictions, of this project or of any other software."""

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from evenfuse.errors import EvenfuseError
from evenfuse.evaluation.comparison import compare
from evenfuse.evaluation.predictions import Predictions
from evenfuse.metrics import family
from tests.conftest import run_command
from tests.pages import blocks


def arm(noise: float, seeds: list[int], metrics: str = "sentiment", first: int = 0) -> Predictions:
    """The truth of 80 segments with noise; another `first` gives other noise."""
    facts, rng = family(metrics).facts, np.random.default_rng(0)
    truth = rng.uniform(-3, 3, (80, 1))
    if len(facts.columns) > 1:
        truth = np.eye(4)[rng.integers(4, size=80)]
    errors = np.random.default_rng(first + seeds[0]).normal(size=(len(seeds), *truth.shape))
    ids = [f"v[{i}]" for i in range(80)]
    return Predictions(ids, facts.columns, seeds, truth, truth - facts.zero + noise * errors)


def as_csv(made: Predictions, path: Path) -> Path:
    made.write(path)
    pd.read_parquet(path).sample(frac=1, random_state=0).to_csv(path, index=False)
    return path


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """A good arm of three seeds as the project writes it, and a bad one of four in CSV."""
    arm(0.5, [1, 2, 3]).write(tmp_path / "good.parquet")
    return tmp_path / "good.parquet", as_csv(arm(3.0, [7, 8, 9, 10]), tmp_path / "bad.csv")


def test_programs_get_the_numbers_of_the_test(files: tuple[Path, Path]) -> None:
    arms = arm(0.5, [1, 2, 3]), arm(3.0, [7, 8, 9, 10])
    for metric in ("acc2_non0", "mae", "corr", "f1_has0"):
        (gap,) = compare(("", ""), arms, "sentiment", [metric])
        found = json.loads(run_command("compare", *files, "--metric", metric, "--json").stdout)
        assert list(found) == ["metric", "gap", "low", "high", "p", "n", "seeds"]
        expected = (gap.found.value, gap.found.low, gap.found.high, gap.found.p)
        assert [found[key] for key in ("gap", "low", "high", "p")] == pytest.approx(expected)
        assert (found["metric"], found["n"], found["seeds"]) == (metric, 80, 3)


def words(*arguments: object) -> str:
    """What the command says, without its line breaks."""
    return " ".join(run_command("compare", *arguments).stdout.split())


def test_people_get_sentences(files: tuple[Path, Path]) -> None:
    good, bad = files
    said = words(good, bad)
    assert said.startswith("acc2_non0, higher is better gap ")
    assert re.search(rf"gap \+\d+\.\d\d points, {good} minus {bad}", said)
    assert re.search(r"95 % interval \+\d+\.\d\d to \+\d+\.\d\d points", said)
    assert re.search(r"points p (0\.0\d\d|< 0.001) ", said)
    assert f"{good} is clearly better: if there were no difference" in said
    assert f"Drawn are 80 segments, the same in both files, and 3 seeds of {good} and 4" in said
    assert "Seeds are not paired" in said


def test_the_better_one_is_named_as_the_metric_says(files: tuple[Path, Path]) -> None:
    good, bad = files
    for first, second in ((good, bad), (bad, good)):
        said = words(first, second, "--metric", "mae")
        assert "mae, lower is better" in said
        assert f"{good} is clearly better" in said


def test_no_difference_is_said_to_be_none(tmp_path: Path) -> None:
    first = as_csv(arm(1.0, [1, 2, 3]), tmp_path / "first.csv")
    second = as_csv(arm(1.0, [1, 2, 3], first=50), tmp_path / "second.csv")
    said = words(first, second)
    assert "No clear difference: if there were no difference, the draw" in said
    same = run_command("compare", first, first, "--json").stdout
    assert json.loads(same)["p"] == 1


def test_seeds_of_two_files_need_not_have_the_same_names(tmp_path: Path) -> None:
    first, second = arm(0.5, [1, 2, 3]), arm(2.0, [4, 5, 6])
    first.write(tmp_path / "a")
    second.write(tmp_path / "b")
    second.seeds[:] = [1, 2, 3]
    second.write(tmp_path / "c")
    told = [
        run_command("compare", tmp_path / "a", tmp_path / other, "--json").stdout for other in "bc"
    ]
    assert told[0] == told[1]


def test_a_single_seed_beside_several_says_what_is_taken_for_granted(tmp_path: Path) -> None:
    several = as_csv(arm(1.0, [1, 2, 3]), tmp_path / "several.csv")
    single = as_csv(arm(1.0, [9]), tmp_path / "single.csv")
    said = words(single, several)
    assert f"One seed of {single} does not show how much its seeds spread" in said
    assert f"taken to spread like those of {several}" in said
    with pytest.raises(EvenfuseError, match="have one seed each, which cannot tell"):
        run_command("compare", single, single)


@pytest.mark.parametrize("metric", ["acc_sad", "balanced_acc", "acc4", None])
def test_several_columns_are_compared(tmp_path: Path, metric: str | None) -> None:
    for name, noise in (("good", 0.2), ("bad", 2.0)):
        arm(noise, [1, 2, 3], "iemocap").write(tmp_path / name)
    options = ["--family", "iemocap", *(["--metric", metric] if metric else [])]
    said = run_command("compare", tmp_path / "good", tmp_path / "bad", *options, "--json").stdout
    assert json.loads(said)["metric"] == (metric or "acc_happy")
    assert json.loads(said)["gap"] > 0


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--metric", "acc2"], "unknown metric 'acc2'; choose from: acc2_non0, f1_non0"),
        (["--family", "mosi"], "unknown family of metrics 'mosi'; choose from: iemocap, sent"),
        (["--family", "iemocap"], "has no column 'truth_neutral'"),
    ],
)
def test_a_wrong_choice_is_answered(
    files: tuple[Path, Path], options: list[str], told: str
) -> None:
    with pytest.raises(EvenfuseError, match=told):
        run_command("compare", *files, *options)


def test_files_that_do_not_fit_each_other_are_refused(tmp_path: Path) -> None:
    first = as_csv(arm(1.0, [1, 2]), tmp_path / "first.csv")
    table = pd.read_csv(first)
    second = tmp_path / "second.csv"
    table[table["id"] != "v[7]"].to_csv(second, index=False)
    with pytest.raises(EvenfuseError, match=r"1 are in \S*first.csv alone, such as 'v\[7\]'"):
        run_command("compare", first, second)
    table.assign(truth=table["truth"] + (table["id"] == "v[7]")).to_csv(second, index=False)
    with pytest.raises(EvenfuseError, match=r"different truths .* such as 'v\[7\]'"):
        run_command("compare", first, second)
    table[table["id"] == "v[7]"].to_csv(second, index=False)
    with pytest.raises(EvenfuseError, match="two segments or more"):
        run_command("compare", second, second)
    table.assign(prediction=1e308).to_csv(second, index=False)
    with pytest.raises(EvenfuseError, match=r"give a number below 1e\+100"):
        run_command("compare", first, second, "--metric", "mae")


def test_a_mistake_ends_with_an_exit_code(files: tuple[Path, Path]) -> None:
    command = [sys.executable, "-m", "evenfuse", "compare", str(files[0]), str(files[0].parent)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert "is a folder" in result.stderr


def test_what_is_slow_to_import_is_not_imported() -> None:
    heavy = {"torch", "pandas", "h5py", "scipy.stats", "scipy.optimize", "matplotlib"}
    code = f"import sys, evenfuse.commands.compare; print(*{heavy} & set(sys.modules))"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == ""


def test_the_example_of_the_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (script,) = (block for block in blocks("docs/metrics.md", "python") if "to_csv" in block)
    exec(compile(script, "docs/metrics.md", "exec"), {})
    (line,) = (block for block in blocks("docs/metrics.md", "sh") if "compare" in block)
    command = line.split("#")[0].split()
    assert command[0] == "evenfuse"
    result = run_command(*command[1:])
    (printed,) = (block for block in blocks("docs/metrics.md", "text") if "interval" in block)
    assert result.stdout == printed


def test_a_damaged_file_is_told_and_stays(files: tuple[Path, Path], tmp_path: Path) -> None:
    first, second = files
    first.write_bytes(first.read_bytes()[:-9])
    with pytest.raises(EvenfuseError, match="is damaged or no table"):
        run_command("compare", first, second)
    assert first.exists()
