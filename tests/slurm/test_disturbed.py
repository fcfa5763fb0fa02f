"""Whatever happens to jobs, daemons or Snakemake: the same command again, and the same results."""

import json
import os
import signal
import time
from pathlib import Path

import pandas as pd

from tests.slurm.cluster import Process, Slurm, processes, wait_for
from tests.slurm.conftest import ARM, OnSlurm
from tests.workflow.conftest import Project


def results(project: Project) -> tuple[pd.DataFrame, dict[str, object]]:
    """Predictions and numbers of the arm, without what tells one run from another."""
    stem = project.folder / "results" / ARM
    numbers = json.loads(Path(f"{stem}.json").read_text())
    kept = {key: numbers[key] for key in ("seeds", "metrics", "selection", "n_test")}
    return pd.read_parquet(f"{stem}.predictions.parquet"), kept


def assert_as_undisturbed(project: OnSlurm, local: Project) -> None:
    """Compare all numbers, to the last bit."""
    (predictions, numbers), (expected_predictions, expected) = results(project), results(local)
    pd.testing.assert_frame_equal(predictions, expected_predictions, check_exact=True)
    assert numbers == expected


def training(project: OnSlurm) -> list[Process]:
    """Wait until both seeds train, and return their processes."""
    return wait_for(
        lambda: len(found := processes(project.folder, "train")) == 2 and found, "training"
    )


def states(slurm: Slurm, project: OnSlurm, rule: str = "train_run") -> list[str]:
    """The states of all jobs of a rule."""
    return [job.state for job in slurm.jobs(project.folder) if job.rule == rule]


def test_a_cancelled_job_is_submitted_again(slurm: Slurm, project: OnSlurm, local: Project) -> None:
    snakemake = project.start(f"results/{ARM}.json")
    training(project)
    slurm.ask("scancel", slurm.running(project.folder)[0].id)
    project.finish(snakemake)
    assert sorted(states(slurm, project)) == ["CANCELLED", "COMPLETED", "COMPLETED"]
    assert_as_undisturbed(project, local)


def test_a_killed_job_is_submitted_again(slurm: Slurm, project: OnSlurm, local: Project) -> None:
    snakemake = project.start(f"results/{ARM}.json")
    training(project)[0].send(signal.SIGKILL)
    project.finish(snakemake)
    assert sorted(states(slurm, project)) == ["COMPLETED", "COMPLETED", "FAILED"]
    assert_as_undisturbed(project, local)


def test_jobs_outlive_a_restart_of_slurmd(slurm: Slurm, project: OnSlurm, local: Project) -> None:
    snakemake = project.start(f"results/{ARM}.json")
    training(project)
    slurm.end("slurmd")
    slurm.start()
    project.finish(snakemake)
    assert states(slurm, project) == ["COMPLETED", "COMPLETED"]
    assert_as_undisturbed(project, local)


def test_slurmctld_may_be_away_for_a_minute(slurm: Slurm, project: OnSlurm, local: Project) -> None:
    snakemake = project.start(f"results/{ARM}.json")
    training(project)
    slurm.end("slurmctld")
    time.sleep(60)
    slurm.start()
    project.finish(snakemake)
    assert states(slurm, project) == ["COMPLETED", "COMPLETED"]
    assert_as_undisturbed(project, local)


def test_a_job_that_slurm_starts_again_is_not_submitted_twice(
    slurm: Slurm, project: OnSlurm, local: Project
) -> None:
    snakemake = project.start(f"results/{ARM}.json")
    training(project)
    slurm.ask("scontrol", "requeue", slurm.running(project.folder)[0].id)  # as a dead node would
    project.finish(snakemake)
    assert states(slurm, project) == ["COMPLETED", "COMPLETED"]
    assert_as_undisturbed(project, local)


def test_a_killed_snakemake_leaves_nothing_that_runs_twice(
    slurm: Slurm, project: OnSlurm, local: Project
) -> None:
    snakemake = project.start(f"results/{ARM}.json")
    first, second = training(project)
    second.send(signal.SIGSTOP)  # so that the first has finished when Snakemake comes back
    os.kill(snakemake.pid, signal.SIGKILL)
    snakemake.wait()
    wait_for(lambda: "COMPLETED" in states(slurm, project), "the end of the first run")

    second_start = project.start(f"results/{ARM}.json")
    assert second_start.wait(timeout=60) != 0
    assert "It can be removed with the --unlock argument" in project.printed()
    assert project.snakemake("--unlock", "--configfile", "study.yaml").returncode == 0
    project.finish()
    assert sorted(states(slurm, project)) == ["CANCELLED", "COMPLETED", "COMPLETED"]
    assert_as_undisturbed(project, local)


def test_a_second_snakemake_says_that_the_folder_is_locked(
    slurm: Slurm, project: OnSlurm, local: Project
) -> None:
    snakemake = project.start(f"results/{ARM}.json")
    training(project)
    second = project.start(f"results/{ARM}.json")
    assert second.wait(timeout=60) != 0
    assert "Directory cannot be locked" in project.printed()
    assert "It can be removed with the --unlock argument" in project.printed()
    project.finish(snakemake)
    assert states(slurm, project) == ["COMPLETED", "COMPLETED"]
    assert_as_undisturbed(project, local)
