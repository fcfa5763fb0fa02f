"""Jobs ask for what the config says, more with each retry, and have a GPU each."""

import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.slurm.cluster import Job, Slurm, processes, wait_for
from tests.slurm.conftest import OnSlurm

ALL_ARMS = """
study:
  datasets: [demo]
  optimizers: [sgd, adam]
  variants: [gb, no-gb, gb-no-att, concat]
  seeds: [1]
  tables: [ablation]
  figures: [gradients]
datasets:
  demo:
    generate: {videos: 8}
    memory_mb: 1500
    minutes: 7
    all_runs: {training: {epochs: 2}}
    per_model: {awf: {model: {hidden_size: 8, post_dim: 8}}}
"""
VARIANTS = ("gb", "no-gb", "gb-no-att", "concat")
ARMS = [f"demo_{optimizer}_{variant}" for optimizer in ("sgd", "adam") for variant in VARIANTS]
RUN = "results/runs/demo_adam_gb/seed-1/run.json"


def devices(project: OnSlurm, snakemake: subprocess.Popen[bytes]) -> Iterator[list[str]]:
    """While Snakemake runs: the GPUs of the processes that train at one moment."""
    while snakemake.poll() is None:
        time.sleep(0.2)
        yield [p.environment["CUDA_VISIBLE_DEVICES"] for p in processes(project.folder, "train")]


def test_the_demo_runs_as_jobs_with_a_gpu_each(slurm: Slurm, project: OnSlurm) -> None:
    (project.folder / "study.yaml").write_text(ALL_ARMS)
    shutil.rmtree(project.folder / "data/cache")
    snakemake = project.start(*(f"results/{arm}.json" for arm in ARMS))
    moments = Counter(tuple(sorted(moment)) for moment in devices(project, snakemake))
    assert snakemake.wait() == 0, project.printed()
    assert all((project.folder / f"results/{arm}.json").exists() for arm in ARMS)
    assert set(moments) <= {(), ("0",), ("1",), ("0", "1")}
    assert moments["0", "1"] > 0

    jobs = slurm.jobs(project.folder)
    assert {job.state for job in jobs} == {"COMPLETED"}
    assert Counter(j.rule for j in jobs) == {
        "align_dataset": 1,
        "train_seeds": 8,
        "evaluate_arm": 8,
    }
    for job in jobs:
        assert (job.asked["cpu"], job.asked["mem"], job.minutes) == ("1", "1500M", 7)
        assert job.asked.get("gres/gpu") == (None if job.rule == "align_dataset" else "1")


@pytest.fixture
def small(project: OnSlurm) -> OnSlurm:
    """A project whose jobs ask for less memory than they need."""
    project.change("memory_mb: 2000", "memory_mb: 300")
    return project


def asked(jobs: list[Job]) -> list[tuple[str, int]]:
    """Memory and minutes of each job."""
    return [(job.asked["mem"], job.minutes) for job in jobs]


def test_out_of_memory_is_tried_again_with_more(slurm: Slurm, small: OnSlurm) -> None:
    assert small.start(RUN).wait(timeout=300) == 0, small.printed()
    jobs = slurm.jobs(small.folder)
    assert asked(jobs) == [("300M", 10), ("600M", 20), ("900M", 30)][: len(jobs)]
    # without control groups Slurm calls such a job FAILED
    assert [job.state for job in jobs] == ["FAILED"] * (len(jobs) - 1) + ["COMPLETED"]
    logs = (small.folder / ".snakemake/slurm_logs/rule_train_run").rglob("*.log")
    killed = [log.stem for log in logs if "exceeded memory limit" in log.read_text()]
    assert sorted(killed) == [job.id for job in jobs[:-1]] != []


def test_out_of_time_is_tried_again_with_more(slurm: Slurm, project: OnSlurm) -> None:
    project.change("minutes: 10", "minutes: 1")
    snakemake = project.start(RUN)
    (process,) = wait_for(lambda: processes(project.folder, "train"), "training")
    process.send(signal.SIGSTOP)  # a run that takes for ever
    assert snakemake.wait(timeout=400) == 0, project.printed()
    jobs = slurm.jobs(project.folder)
    assert asked(jobs) == [("2000M", 1), ("4000M", 2)]
    assert [job.state for job in jobs] == ["TIMEOUT", "COMPLETED"]
