"""Where Slurm has no database, squeue answers in its place."""

import time

from tests.slurm.cluster import Slurm, wait_for
from tests.slurm.conftest import ARM, OnSlurm
from tests.slurm.results import assert_as_undisturbed, resumed, training
from tests.workflow.conftest import Project


def queued(slurm: Slurm) -> list[str]:
    """The ids of the jobs that have not ended."""
    return slurm.ask("squeue", "--noheader", "--format=%i").split()


def test_jobs_are_followed_without_accounts(
    without_accounts: Slurm, project: OnSlurm, local: Project
) -> None:
    snakemake = project.start(f"results/{ARM}.json")
    training(project)
    first = queued(without_accounts)[0]
    without_accounts.ask("scancel", first)
    wait_for(lambda: first not in queued(without_accounts), "the end of the job")
    without_accounts.end("slurmctld")
    time.sleep(20)
    without_accounts.start()
    project.finish(snakemake)
    assert resumed(project) == 1
    assert_as_undisturbed(project, local)
