"""Addresses and folds of data sets, read from the CMU-MultimodalSDK."""

import runpy
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from evenfuse.errors import EvenfuseError, nearest
from evenfuse.settings.splits import SPLITS


def addresses(dataset: str) -> dict[str, str]:
    """Return file name -> address for every file that the SDK lists for a data set."""
    urls = [url for module in _modules(dataset) for url in _strings(module)]
    return {url.rsplit("/", 1)[-1]: url for url in urls if url.startswith("http")}


def address(dataset: str, file: str) -> list[str]:
    """Return the addresses that the SDK lists for a file: one or none."""
    listed = addresses(dataset)
    return [listed[file]] if file in listed else []


def folds(dataset: str) -> dict[str, list[str]]:
    """Return split -> video ids as the SDK defines them.

    Raises:
        EvenfuseError: if the SDK does not know the data set, or has no folds for it.
    """
    merged = {name: value for module in _modules(dataset) for name, value in module.items()}
    try:
        return {split: list(merged[f"standard_{split}_fold"]) for split in SPLITS}
    except KeyError:
        reason = f"the SDK has no folds for '{dataset}'; give them as a JSON file"
        raise EvenfuseError(reason) from None


def _modules(dataset: str) -> list[dict[str, Any]]:
    # importing mmsdk would import torch, so only its tables of plain data are run
    spec = find_spec("mmsdk")
    if spec is None or not spec.submodule_search_locations:
        raise EvenfuseError("cmu-multimodal-sdk is not installed: pip install cmu-multimodal-sdk")
    root = Path(spec.submodule_search_locations[0]) / "mmdatasdk/dataset/standard_datasets"
    folder = root / dataset
    if not dataset or not folder.is_dir():
        names = [entry.name for entry in root.iterdir() if entry.is_dir()]
        raise EvenfuseError(f"the SDK has no dataset '{dataset}'{nearest(dataset, names)}")
    files = [file for file in sorted(folder.glob("*.py")) if file.name != "__init__.py"]
    return [runpy.run_path(str(file)) for file in files]


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for entry in value.values():
            yield from _strings(entry)
