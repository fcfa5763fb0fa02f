"""What many tests need: a small generated corpus, its cache, its vocabulary, made once."""

import json
import os
import shutil
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


@pytest.fixture(scope="session")
def tiny_bert(vocabulary: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small BERT with weights, as a pretrained one has them."""
    from evenfuse.nn.text import load_bert  # torch only where it is needed

    folder = tmp_path_factory.mktemp("bert") / "tiny"
    load_bert(str(vocabulary), pooler=True).save_pretrained(folder)  # type: ignore[operator]
    config = json.loads((folder / "config.json").read_text())
    del config["weights"]
    (folder / "config.json").write_text(json.dumps(config))
    shutil.copy(vocabulary / "tokenizer.json", folder)
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


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    """A disk that nothing can be written to, which holds the folder `there`."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "tmpfs", str(folder)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"a disk can be mounted by root only: {error}")
    (folder / "there").mkdir()
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    yield folder
    subprocess.run(["umount", str(folder)], check=True)
