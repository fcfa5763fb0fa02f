"""Bring one data file here: from a local folder or over HTTP, whole or not at all."""

import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import requests
from tqdm import tqdm

from evenfuse.errors import EvenfuseError
from evenfuse.storage.files import DiskFullError, write_aside

CHUNK = 1 << 20
TIMEOUT = (10, 60)  # seconds to connect, seconds without a byte


def fetch(
    target: Path,
    folders: Iterable[Path],
    addresses: Iterable[str],
    check: Callable[[Path], None],
) -> str:
    """Copy or download a file to `target` and return where it came from.

    The folders are looked through first, then the addresses are tried in order. `check` is given
    the file before it takes its place and raises EvenfuseError if it is not what it should be.

    Raises:
        EvenfuseError: if no place has it; the sentence names every place that was tried.
    """
    tried = []
    for place, bring in _places(target.name, folders, addresses):
        try:
            with write_aside(target) as aside:
                bring(aside)
                check(aside)
            return place
        except DiskFullError:
            raise
        except (OSError, EvenfuseError) as error:
            tried.append(f"{place} ({_reason(error)})")
    places = "; ".join(tried) or "nowhere: no address is known for it"
    raise EvenfuseError(
        f"{target.name} could not be fetched. Tried {places}. "
        "Give a folder that holds it with: --config mirror=FOLDER"
    )


def keep(file: Path, store: Path) -> None:
    """Keep a file in a store as well, where the disk allows it without a second copy."""
    with write_aside(store / file.name) as aside:
        try:
            os.link(file, aside)
        except OSError:  # another disk, or one without links
            shutil.copyfile(file, aside)


def check_not_empty(path: Path) -> None:
    """Raise EvenfuseError if a fetched file is empty."""
    if path.stat().st_size == 0:
        raise EvenfuseError("it is empty")


def _places(
    name: str, folders: Iterable[Path], addresses: Iterable[str]
) -> list[tuple[str, Callable[[Path], None]]]:
    copies = [(str(folder / name), _copy(folder / name)) for folder in folders]
    return copies + [(address, _download(address, name)) for address in addresses]


def _copy(source: Path) -> Callable[[Path], None]:
    def bring(target: Path) -> None:
        shutil.copyfile(source, target)

    return bring


def _download(address: str, name: str) -> Callable[[Path], None]:
    def bring(target: Path) -> None:
        with requests.get(
            address, stream=True, timeout=TIMEOUT, headers={"Accept-Encoding": "identity"}
        ) as response:
            response.raise_for_status()
            length = int(response.headers.get("Content-Length", 0))
            bar = tqdm(total=length or None, unit="B", unit_scale=True, desc=name)
            with target.open("wb") as file, bar:
                for chunk in response.iter_content(CHUNK):
                    file.write(chunk)
                    bar.update(len(chunk))
        if length and target.stat().st_size != length:
            raise EvenfuseError(f"only {target.stat().st_size} of {length} bytes arrived")

    return bring


def _reason(error: Exception) -> str:
    response = getattr(error, "response", None)
    if response is not None:
        return f"HTTP {response.status_code}"
    if isinstance(error, requests.ConnectionError):
        return "no connection"
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return "no such file"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error)
