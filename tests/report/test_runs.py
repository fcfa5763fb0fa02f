"""The list of runs, and the curves of one, from real runs: finished, running, killed."""

import os
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from evenfuse.errors import EvenfuseError
from evenfuse.records.checkpoints import newest_epoch
from evenfuse.report.run_curves import plot_run
from evenfuse.report.runs import find_runs, read_run
from tests.conftest import run_command
from tests.report.conftest import Begin, killed


def listed(project: Path) -> list[list[str]]:
    """The rows of `evenfuse runs`, cut into their columns."""
    options = ["--results", project / "results", "--checkpoints", project / "checkpoints"]
    lines = run_command("runs", *options).output.splitlines()
    return [re.split(r"\s{2,}", line.strip()) for line in lines[2:]]


def test_a_finished_run_shows_its_best_epoch(finished_run: Path) -> None:
    rows = pd.read_parquet(finished_run / "results/seed-1/epochs.parquet")
    best = rows["valid_mae"].idxmin()
    (row,) = listed(finished_run)
    folder, state, epoch, score, number, age = row
    assert folder == str(finished_run / "results/seed-1")
    assert (state, epoch) == ("finished", "4/4")
    assert score == f"mae {rows['valid_mae'][best]:.4f}"
    assert number == str(best + 1)
    assert re.fullmatch(r"\d+ (s|min)", age)


def test_a_run_is_running_until_it_is_killed_however_often_one_looks(
    begin: Begin, tmp_path: Path
) -> None:
    process = begin(tmp_path)
    folder = tmp_path / "checkpoints/seed-1"
    first = newest_epoch(folder)
    while newest_epoch(folder) == first:  # looking hinders nobody
        ((name, state, epoch, *_),) = listed(tmp_path)
        assert (name, state) == (str(folder), "running")
        assert int(epoch.removesuffix("/5000")) >= 2
    killed(process)
    for _ in range(2):
        assert listed(tmp_path)[0][:2] == [str(folder), "interrupted"]


def test_an_epoch_that_ends_while_one_looks_is_no_error(begin: Begin, tmp_path: Path) -> None:
    begin(tmp_path)
    seen = set()
    while len(seen) < 30:
        (run,) = find_runs(tmp_path / "results", tmp_path / "checkpoints")
        seen.add(len(run.rows))


def test_a_seed_is_finished_while_its_process_goes_on_with_others(
    finished_run: Path, own_killed_run: Path
) -> None:
    """The checkpoints of all seeds stay until the last one is done."""
    target = own_killed_run / "results/seed-1"
    shutil.copytree(finished_run / "results/seed-1", target)
    os.utime(target / "run.json")  # written now
    assert [row[:2] for row in listed(own_killed_run)] == [[str(target), "finished"]]


def test_a_run_that_trains_again_is_listed_by_its_checkpoint(
    finished_run: Path, own_killed_run: Path
) -> None:
    target = own_killed_run / "results/seed-1"
    shutil.copytree(finished_run / "results/seed-1", target)
    os.utime(target / "run.json", (0, 0))
    assert [row[1] for row in listed(own_killed_run)] == ["interrupted"]


def test_no_runs_yet(tmp_path: Path) -> None:
    (tmp_path / "checkpoints/seed-1").mkdir(parents=True)
    (tmp_path / "checkpoints/seed-1/lock").touch()  # its first epoch is not done
    options = ["--results", tmp_path / "results", "--checkpoints", tmp_path / "checkpoints"]
    assert run_command("runs", *options).output == "no runs yet\n"
    with pytest.raises(EvenfuseError, match="seed-1 has not finished its first epoch yet"):
        run_command("show", tmp_path / "checkpoints/seed-1")


def test_show_draws_a_finished_run(finished_run: Path, tmp_path: Path) -> None:
    result = run_command("show", finished_run / "results/seed-1", "--output", tmp_path / "curves")
    assert "state: finished\nepoch: 4/4\nbest: mae " in result.output
    assert (tmp_path / "curves.png").read_bytes()[1:4] == b"PNG"
    drawn = (tmp_path / "curves.svg").read_text()
    for text in ("training loss", "validation mae", "gradient", "fusion weight", "audio", "video"):
        assert text in drawn
    assert "attention" in drawn


def test_auxiliary_losses_are_drawn_beside_that_of_the_task(
    finished_run: Path, tmp_path: Path
) -> None:
    run = read_run(finished_run / "results/seed-1")
    assert run is not None
    for rows, legends in ((run.rows, 0), (run.rows.assign(loss_contrast=0.5), 1)):
        plot_run(replace(run, rows=rows), tmp_path / "curves")
        assert (tmp_path / "curves.svg").read_text().count("beside it: contrast") == legends


def test_show_draws_an_interrupted_run_beside_its_checkpoint(own_killed_run: Path) -> None:
    folder = own_killed_run / "checkpoints/seed-1"
    assert "state: interrupted" in run_command("show", folder).output
    assert (folder / "curves.png").is_file()


def test_show_refuses_what_is_no_run(tmp_path: Path) -> None:
    with pytest.raises(EvenfuseError, match="is no run: give a folder that `evenfuse runs` lists"):
        run_command("show", tmp_path)
