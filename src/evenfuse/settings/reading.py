"""Read the config from its files, and check it."""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from evenfuse.settings.checks import check, check_every_format
from evenfuse.settings.checks.overridden import overridden
from evenfuse.settings.config import Config
from evenfuse.settings.documents import read_document
from evenfuse.settings.routes import Decide, decided, take_first
from evenfuse.settings.strict import parse
from evenfuse.settings.texts import check_values
from evenfuse.settings.trees import Tree, merge

CONFIG = Path("config")
FOLDERS = ("corpora", "hyperparameters", "paper")


def config_files(folder: Path = CONFIG) -> list[Path]:
    """Return the files of the config in the order in which they are laid over one another."""
    return [*_files_below(folder), folder / "config.yaml"]


def load(values: Mapping[str, Any], decide: Decide = take_first) -> Config:
    """Read and check every entry of a config, and decide which formats are taken.

    The decisions for the datasets of the study are told on stderr, and so is what has no effect.

    Raises:
        EvenfuseError: if a setting is wrong.
    """
    check_values(values)
    asked = parse(Config, values, "")
    check_every_format(asked)
    config, routes = decided(asked, decide)
    check(config)
    for name in config.study.datasets:
        if name in routes and routes[name].reason:
            told = f"{name} is read as {routes[name].format}, because {routes[name].reason}"
            print(f"evenfuse: note: {told}", file=sys.stderr)
    for sentence in overridden(config):
        print(f"evenfuse: note: {sentence}", file=sys.stderr)
    for arm in config.left_out():
        reason = "it has one modality, and so nothing to balance"
        print(f"evenfuse: note: {arm.name} is left out: {reason}", file=sys.stderr)
    return config


def load_workflow(
    values: Mapping[str, Any], files: Iterable[str | Path], decide: Decide = take_first
) -> Config:
    """Return the config of a workflow: Snakemake's own, over the files in the folders of config/.

    Snakemake merged `values` from `files`; these are read again for what it does not tell.

    Raises:
        EvenfuseError: if a setting is wrong, or a file has a key twice.
    """
    read_files(Path(file) for file in files if not str(file).endswith(".json"))
    return load(merge(*read_files(_files_below(CONFIG)).values(), values), decide)


def read(files: Iterable[Path], decide: Decide = take_first) -> Config:
    """Return the config in these YAML files, each laid over the one before it.

    Raises:
        EvenfuseError: if a file is missing, no YAML, or has a key twice, or a setting is wrong.
    """
    return load(merge(*read_files(files).values()), decide)


def read_files(files: Iterable[Path]) -> dict[Path, Tree]:
    """Return the settings of each YAML file, in the same order; raises as `read` does."""
    return {file: read_document(file) for file in files}


def _files_below(folder: Path) -> list[Path]:
    return [file for name in FOLDERS for file in sorted(folder.glob(f"{name}/*.yaml"))]
