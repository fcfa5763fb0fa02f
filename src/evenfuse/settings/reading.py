"""Read the config from its files, and check it."""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from evenfuse.errors import EvenfuseError
from evenfuse.settings.checks import check
from evenfuse.settings.checks.overridden import overridden
from evenfuse.settings.config import Config
from evenfuse.settings.strict import parse
from evenfuse.settings.trees import Tree, merge

CONFIG = Path("config")
FOLDERS = ("corpora", "hyperparameters", "paper")


def config_files(folder: Path = CONFIG) -> list[Path]:
    """Return the files of the config in the order in which they are laid over one another."""
    return [*_files_below(folder), folder / "config.yaml"]


def load(values: Mapping[str, Any]) -> Config:
    """Read and check every entry of a config; settings without effect are reported on stderr.

    Raises:
        EvenfuseError: if a setting is wrong.
    """
    config = parse(Config, values, "")
    check(config)
    for sentence in overridden(config):
        print(f"evenfuse: note: {sentence}", file=sys.stderr)
    return config


def load_workflow(values: Mapping[str, Any], files: Iterable[str | Path]) -> Config:
    """Return the config of a workflow: Snakemake's own, over the files in the folders of config/.

    Snakemake merged `values` from `files`; these are read again for what it does not tell.

    Raises:
        EvenfuseError: if a setting is wrong, or a file has a key twice.
    """
    read_files(Path(file) for file in files if not str(file).endswith(".json"))
    return load(merge(*read_files(_files_below(CONFIG)).values(), values))


def read(files: Iterable[Path]) -> Config:
    """Return the config in these YAML files, each laid over the one before it.

    Raises:
        EvenfuseError: if a file is missing, no YAML, or has a key twice, or a setting is wrong.
    """
    return load(merge(*read_files(files).values()))


def read_files(files: Iterable[Path]) -> dict[Path, Tree]:
    """Return the settings of each YAML file, in the same order; raises as `read` does."""
    return {file: _tree(file) for file in files}


def _files_below(folder: Path) -> list[Path]:
    return [file for name in FOLDERS for file in sorted(folder.glob(f"{name}/*.yaml"))]


def _tree(file: Path) -> Tree:
    try:
        with file.open(encoding="utf-8") as text:
            tree = yaml.load(text, _UniqueKeys)
    except FileNotFoundError:
        reason = f"there is no file {file}; run this in the folder of the project"
        raise EvenfuseError(reason) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise EvenfuseError(f"{file} cannot be read as YAML: {reason}") from None
    if not isinstance(tree, dict):
        raise EvenfuseError(f"{file} should hold settings, one 'key: value' per line")
    return tree


class _UniqueKeys(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML would keep the last of two equal keys, and nobody would know."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        lines: dict[str, int] = {}
        for key, _ in node.value:
            name, line = str(key.value), key.start_mark.line + 1
            if name in lines:
                raise EvenfuseError(
                    f"{key.start_mark.name} has the key '{name}' twice, in lines {lines[name]} and "
                    f"{line}: remove one"
                )
            lines[name] = line
        made: dict[Any, Any] = super().construct_mapping(node, deep)
        return made
