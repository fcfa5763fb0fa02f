"""A copy of the project in which a small study is run once, for real."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PARTS = ("Snakefile", "workflow", "config", "profiles", "envs", "src")
SMALL = """
study:
  datasets: [demo]
  optimizers: [adam]
  variants: [gb, no-gb]
  seeds: [1, 2]
  tables: [ablation]
  figures: [gradients, fusion_weights]
datasets:
  demo:
    generate: {videos: 8}
    all_runs: {training: {epochs: 2}}
    per_model: {awf: {model: {hidden_size: 8, post_dim: 8}}}
"""


class Project:
    """A copy of the project's files that Snakemake runs in, with the copy's own source."""

    def __init__(self, folder: Path, config: str = SMALL):
        self.folder = folder
        for part in PARTS:
            copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
            copy(ROOT / part, folder / part)
        (folder / "study.yaml").write_text(config)

    def executable(self) -> list[str]:
        """The command of Snakemake, without arguments."""
        return [str(Path(sys.executable).with_name("snakemake"))]

    def surroundings(self) -> dict[str, Any]:
        """Folder and environment that Snakemake is started in."""
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        environment = {**os.environ, "PATH": path, "PYTHONPATH": str(self.folder / "src")}
        return {"cwd": self.folder, "env": environment}

    def snakemake(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.executable(), *arguments],
            **self.surroundings(),
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )

    def study(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.snakemake("--configfile", "study.yaml", "--cores", "2", *arguments)

    def jobs(self, *arguments: str) -> dict[str, int]:
        """The rules that a dry run would run, with how often."""
        lines = self.study("-n", *arguments).stdout.splitlines()
        if "Job stats:" not in lines:
            return {}
        start = lines.index("Job stats:") + 3
        rows = [line.split() for line in lines[start : lines.index("", start)]]
        return {rule: int(count) for rule, count in rows if rule != "total"}


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The small study, run to its end."""
    project = Project(tmp_path_factory.mktemp("finished"))
    result = project.study("all")
    assert result.returncode == 0, result.stdout + result.stderr
    return project


@pytest.fixture
def edited(finished: Project, tmp_path: Path) -> Project:
    """A copy of the finished study that a test may edit."""
    folder = tmp_path / "edited"
    shutil.copytree(finished.folder, folder, copy_function=shutil.copy2)
    copy = object.__new__(Project)
    copy.folder = folder
    return copy


@pytest.fixture
def fresh(tmp_path: Path) -> Project:
    """The project before anything has been run."""
    return Project(tmp_path)
