"""Where a result comes from: versions of packages, state of the repository."""

import subprocess
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TypedDict

COMPUTING = ("evenfuse", "torch", "transformers", "numpy", "h5py")


class Software(TypedDict):
    """What computed something."""

    git_commit: str | None
    versions: dict[str, str]


def software() -> Software:
    """Return the commit of this package and the versions of what computes in a run."""
    return {"git_commit": git_commit(Path(__file__).parent), "versions": versions(*COMPUTING)}


def versions(*packages: str) -> dict[str, str]:
    """Return name -> version; "unknown" of what pip did not install."""
    return {package: _version(package) for package in packages}


def _version(package: str) -> str:
    if package == __package__:  # it may run from its source, which pip does not know
        return str(import_module(package).__version__)
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"


def git_commit(folder: Path) -> str | None:
    """Return the commit that is checked out, with `-dirty` if files differ, or None."""
    options = ["--always", "--dirty", "--abbrev=40", "--exclude=*"]
    describe = ["git", "-C", str(folder), "describe", *options]
    result = subprocess.run(describe, capture_output=True, text=True, check=False)
    return result.stdout.strip() or None
