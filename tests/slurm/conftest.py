"""A Slurm, and copies of a project that has its data and a local run's results to compare with."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.slurm.cluster import Slurm
from tests.workflow.conftest import Project

ARM = "demo_adam_gb"
STUDY = """
study:
  datasets: [demo]
  optimizers: [adam]
  variants: [gb]
  seeds: [1, 2]
  tables: [ablation]
  figures: [gradients]
datasets:
  demo:
    generate: {videos: 8}
    one_process: false
    memory_mb: 2000
    minutes: 10
    all_runs: {training: {epochs: 80, patience: 80}}
    per_model: {awf: {model: {hidden_size: 8, post_dim: 8}}}
"""
# look often, and wait for no other machine
QUICKLY = ["--slurm-init-seconds-before-status-checks", "2", "--latency-wait", "5"]


class OnSlurm(Project):
    """A copy of a project that runs on Slurm, in the background."""

    def __init__(self, folder: Path, source: Project):
        shutil.copytree(source.folder, folder, copy_function=shutil.copy2)
        self.folder = folder
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start Snakemake with the profile; what it prints goes to snakemake.txt."""
        options = ["--workflow-profile", "slurm", "--configfile", "study.yaml", *QUICKLY]
        with (self.folder / "snakemake.txt").open("a") as file:
            process = subprocess.Popen(
                [*self.executable(), *options, *arguments],
                **self.surroundings(),
                stdout=file,
                stderr=file,
                # Ctrl-C works as in a terminal, also where the tests run in the background
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            )
        self.started.append(process)
        return process

    def finish(self, process: subprocess.Popen[bytes] | None = None) -> None:
        """Wait until the arm is done, in the background or from now on."""
        process = process or self.start(f"results/{ARM}.json")
        assert process.wait(timeout=600) == 0, self.printed()

    def change(self, old: str, new: str) -> None:
        """Change the config."""
        study = self.folder / "study.yaml"
        assert old in study.read_text()
        study.write_text(study.read_text().replace(old, new))

    def printed(self) -> str:
        """Return what Snakemake has printed."""
        return (self.folder / "snakemake.txt").read_text()


@contextmanager
def started(accounting: str) -> Iterator[Slurm]:
    """A new Slurm; where none can be started, the tests are skipped."""
    # pytest's own folder is closed to the users that munge and the database run as
    cluster = Slurm(Path(tempfile.mkdtemp(prefix="slurm-")), accounting)
    try:
        if reason := cluster.start():
            pytest.skip(reason)
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(cluster.folder)


@pytest.fixture(scope="session")
def slurm() -> Iterator[Slurm]:
    """A Slurm with accounts, as clusters have it."""
    if "EVENFUSE_TEST_SLURM" not in os.environ:
        pytest.skip("Slurm is started by `make test-slurm` only")
    with started("slurmdbd") as cluster:
        yield cluster


@pytest.fixture
def without_accounts(slurm: Slurm) -> Iterator[Slurm]:
    """Another one without accounts, in its place."""
    slurm.stop()
    with started("none") as cluster:
        yield cluster
    assert slurm.start() == ""


@pytest.fixture(scope="session")
def local(slurm: Slurm, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The arm, run here without Slurm and undisturbed."""
    project = Project(tmp_path_factory.mktemp("local"), STUDY)
    result = project.study(f"results/{ARM}.json")
    assert result.returncode == 0, result.stdout + result.stderr
    return project


@pytest.fixture
def project(local: Project, tmp_path: Path) -> Iterator[OnSlurm]:
    """A project that has its data and no run yet."""
    copy = OnSlurm(tmp_path / "project", local)
    shutil.rmtree(copy.folder / "results")
    yield copy
    for process in copy.started:
        process.kill()
