"""What many tests need: a small generated corpus, its cache, its vocabulary, made once."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

# set before torch is imported: threads beside another job slow both down many times over
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest
from click.testing import CliRunner, Result
from hypothesis import settings

from evenfuse.__main__ import cli

# the same few examples every time; with --hypothesis-profile=thousands new ones, and many
settings.register_profile("few", deadline=None, derandomize=True, max_examples=100)
settings.register_profile("thousands", deadline=None, max_examples=5000)
settings.load_profile("few")

ROLES = ("words", "labels", "vectors", "audio", "video")


def run_command(*arguments: object) -> Result:
    """Run one evenfuse command in this process; an error of the command is raised."""
    return CliRunner().invoke(cli, [str(a) for a in arguments], catch_exceptions=False)


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The raw files of a generated corpus of 8 videos."""
    folder = tmp_path_factory.mktemp("generated")
    assert run_command("generate", "--videos", 8, "--output", folder).exit_code == 0
    return folder


@pytest.fixture(scope="session")
def cache(generated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The caches of the three splits of the generated corpus."""
    folder = tmp_path_factory.mktemp("cache")
    sources = [f"{role}={generated / f'demo_{role}.csd'}" for role in ROLES]
    folds = generated / "demo_folds.json"
    result = run_command("align", *sources, "--folds", folds, "--output", folder)
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture(scope="session")
def vocabulary(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small BERT without weights, with a vocabulary of the generated corpus."""
    folder = tmp_path_factory.mktemp("text") / "encoder"
    assert run_command("vocabulary", cache / "train.h5", "--output", folder).exit_code == 0
    return folder


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"a small disk can be mounted by root only: {error}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)
