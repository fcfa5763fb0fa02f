"""Read the config from its files, as Snakemake does for the workflow."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from evenfuse.errors import EvenfuseError
from evenfuse.settings.config import Config, load
from evenfuse.settings.trees import merge


def read(files: Iterable[Path]) -> Config:
    """Return the config in these YAML files, each laid over the one before it.

    Raises:
        EvenfuseError: if a file is missing or no YAML, or a setting is wrong.
    """
    return load(merge(*map(_tree, files)))


def _tree(file: Path) -> dict[str, Any]:
    try:
        tree = yaml.safe_load(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        reason = f"there is no file {file}; run this in the project's folder, or give --config FILE"
        raise EvenfuseError(reason) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise EvenfuseError(f"{file} cannot be read as YAML: {reason}") from None
    if not isinstance(tree, dict):
        raise EvenfuseError(f"{file} should hold settings, one 'key: value' per line")
    return tree
