"""Whatever happens to jobs, daemons or Snakemake: the same command again, and the same results."""

import os
import signal
import time

from tests.slurm.cluster import Slurm, wait_for
from tests.slurm.conftest import ARM, OnSlurm
from tests.slurm.results import assert_as_undisturbed, resumed, training
from tests.workflow.conftest import Project


def states(slurm: Slurm, project: OnSlurm, rule: str = "train_run") -> list[str]:
    """The states of all jobs of a rule."""
    return [job.state for job in slurm.jobs(project.folder) if job.rule == rule]


def test_a_cancelled_job_is_submitted_again(slurm: Slurm, project: OnSlurm, local: Project) -> None:
    snakemake = project.start(f"results/{ARM}.json")
    training(project)
    slurm.ask("scancel", slurm.running(project.folder)[0].id)
    project.finish(snakemake)
    assert sorted(states(slurm, project)) == ["CANCELLED", "COMPLETED", "COMPLETED"]
    assert resumed(project) == 1
    assert_as_undisturbed(project, local)


def test_a_killed_job_is_submitted_again(slurm: Slurm, project: OnSlurm, local: Project) -> None:
    snakemake = project.start(f"results/{ARM}.json")
    training(project)[0].send(signal.SIGKILL)
    project.finish(snakemake)
    assert sorted(states(slurm, project)) == ["COMPLETED", "COMPLETED", "FAILED"]
    assert resumed(project) == 1
    assert_as_undisturbed(project, local)


def test_jobs_outlive_a_restart_of_slurmd(slurm: Slurm, project: OnSlurm, local: Project) -> None:
    snakemake = project.start(f"results/{ARM}.json")
    training(project)
    slurm.end("slurmd")
    slurm.start()
    project.finish(snakemake)
    assert states(slurm, project) == ["COMPLETED", "COMPLETED"]
    assert resumed(project) == 0
    assert_as_undisturbed(project, local)


def test_slurmctld_may_be_away_for_a_minute(slurm: Slurm, project: OnSlurm, local: Project) -> None:
    snakemake = project.start(f"results/{ARM}.json")
    training(project)
    slurm.end("slurmctld")
    time.sleep(60)
    slurm.start()
    project.finish(snakemake)
    assert states(slurm, project) == ["COMPLETED", "COMPLETED"]
    assert resumed(project) == 0
    assert_as_undisturbed(project, local)


def test_a_job_that_slurm_starts_again_is_not_submitted_twice(
    slurm: Slurm, project: OnSlurm, local: Project
) -> None:
    snakemake = project.start(f"results/{ARM}.json")
    training(project)
    slurm.ask("scontrol", "requeue", slurm.running(project.folder)[0].id)  # as a dead node would
    project.finish(snakemake)
    assert states(slurm, project) == ["COMPLETED", "COMPLETED"]
    assert resumed(project) == 1
    assert_as_undisturbed(project, local)


def test_a_killed_snakemake_leaves_nothing_that_runs_twice(
    slurm: Slurm, project: OnSlurm, local: Project
) -> None:
    snakemake = project.start(f"results/{ARM}.json")
    training(project)[1].send(signal.SIGSTOP)  # the other one will have finished
    os.kill(snakemake.pid, signal.SIGKILL)
    snakemake.wait()
    wait_for(lambda: "COMPLETED" in states(slurm, project), "the end of the first run")

    second_start = project.start(f"results/{ARM}.json")
    assert second_start.wait(timeout=60) != 0
    assert "It can be removed with the --unlock argument" in project.printed()
    assert project.snakemake("--unlock", "--configfile", "study.yaml").returncode == 0
    project.finish()
    assert sorted(states(slurm, project)) == ["CANCELLED", "COMPLETED", "COMPLETED"]
    assert resumed(project) == 1
    assert_as_undisturbed(project, local)


def test_an_interrupted_snakemake_cancels_its_jobs(
    slurm: Slurm, project: OnSlurm, local: Project
) -> None:
    snakemake = project.start(f"results/{ARM}.json")
    training(project)
    snakemake.send_signal(signal.SIGINT)
    assert snakemake.wait(timeout=60) != 0
    assert states(slurm, project) == ["CANCELLED", "CANCELLED"]
    project.finish()
    assert resumed(project) == 2
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
    assert resumed(project) == 0
    assert_as_undisturbed(project, local)
