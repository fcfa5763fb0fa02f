"""Fetch one data file from a local folder or an address: whole and verified, or not at all."""

import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import requests
from filelock import FileLock

from evenfuse.downloads.arriving import arrive
from evenfuse.downloads.download import PATIENT, Patience
from evenfuse.downloads.joining import Joined
from evenfuse.downloads.partial import Partial
from evenfuse.downloads.specs import FileSpec
from evenfuse.downloads.tokens import refusal
from evenfuse.errors import EvenfuseError
from evenfuse.files import DiskFullError, write_aside


def fetch(
    target: Path, folders: Iterable[Path], wanted: FileSpec, patience: Patience = PATIENT
) -> str:
    """Copy or download a file to `target` and return where it came from.

    Try the folders first, then the store, then the addresses in their order. Processes that want
    the same file take turns at the store, where all but the first find it.

    Raises:
        EvenfuseError: if no place has the file; the message names every place that was tried.
        DiskFullError: if the disk is full; the next call continues the download.
    """
    tried: list[str] = []
    for file in in_folders(folders, wanted):
        with _noted(file, tried):
            _copy(file, target, wanted)
            return str(file)
    place = _keep(wanted, tried, patience)
    _link(wanted.kept, target)
    return place


def keep(wanted: FileSpec, patience: Patience = PATIENT) -> str:
    """Bring a file into the store, if it is not there, and return where it came from.

    Raises as `fetch`.
    """
    return _keep(wanted, [], patience)


def in_folders(folders: Iterable[Path], wanted: FileSpec) -> Iterator[Path]:
    """Yield where the folders may have a file: in that of its corpus first."""
    for folder in folders:
        of_corpus = folder / wanted.store.name  # corpora share names such as aligned_50.pkl
        if of_corpus.is_dir():
            yield of_corpus / wanted.name
        yield folder / wanted.name


def _keep(wanted: FileSpec, tried: list[str], patience: Patience) -> str:
    if wanted.places or wanted.kept.exists():
        with _turn(wanted):
            place = _from_store(wanted, tried) or _from_addresses(wanted, tried, patience)
            if place:
                wanted.failed.unlink(missing_ok=True)
                return place
            wanted.failed.touch()
    raise no_place(wanted, tried)


def no_place(wanted: FileSpec, tried: Sequence[str] = ()) -> EvenfuseError:
    """Return the error that says where a file was looked for, and what to do."""
    attempts = [f"Tried: {'; '.join(tried)}"] if tried else []
    reasons = [*attempts, *_to_sign(wanted)] or ["No address is known for it"]
    return EvenfuseError(
        f"{wanted.name} could not be fetched. {'. '.join(reasons)}. "
        "Give a folder that contains it with --config mirror=FOLDER "
        "(evenfuse data list shows who provides it and on what terms)"
    )


def _to_sign(wanted: FileSpec) -> list[str]:
    if not wanted.unsigned:
        return []
    then = f"then add the line 'accepted_terms: [{wanted.store.name}]' to the config"
    return [f"Before it is downloaded, sign {wanted.unsigned}, {then}"]


def _from_store(wanted: FileSpec, tried: list[str]) -> str:
    if wanted.kept.exists():
        with _noted(wanted.kept, tried):
            wanted.accept(wanted.kept)
            return str(wanted.kept)
    return ""


def _from_addresses(wanted: FileSpec, tried: list[str], patience: Patience) -> str:
    for address in wanted.places:
        with _noted(address, tried):
            if address.startswith("file://"):
                digest = _copy(Path(url2pathname(urlsplit(address).path)), wanted.kept, wanted)
            else:
                digest = _download(address, wanted, patience)
            if wanted.source.sha256 is None:
                wanted.pins.pin(wanted.key, digest)
            unofficial = address in wanted.source.unofficial
            return f"{address}, an unofficial mirror" if unofficial else address
    return ""


def _download(address: str, wanted: FileSpec, patience: Patience) -> str:
    arrived = arrive(address, wanted, patience)
    try:
        digest = wanted.accept(arrived.path)
    except EvenfuseError:
        arrived.forget()  # all bytes have arrived and are wrong: nothing to continue
        raise
    arrived.become(wanted.kept)
    for begun in (Partial(wanted.kept), Joined(wanted.kept)):
        begun.forget()  # what another address left
    return digest


def _copy(file: Path, target: Path, wanted: FileSpec) -> str:
    if file.exists() and not (file.is_file() or file.is_dir()):
        raise EvenfuseError("it is no file but a pipe or a device")
    with write_aside(target) as aside:
        shutil.copyfile(file, aside)
        return wanted.accept(aside)


def _link(kept: Path, target: Path) -> None:
    with write_aside(target) as aside:
        try:
            os.link(kept, aside)
        except OSError:  # another disk, or a file system without links
            shutil.copyfile(kept, aside)


@contextmanager
def _turn(wanted: FileSpec) -> Iterator[None]:
    wanted.store.mkdir(parents=True, exist_ok=True)
    with FileLock(wanted.store / f".{wanted.name}.lock"):
        yield


@contextmanager
def _noted(place: object, tried: list[str]) -> Iterator[None]:
    try:
        yield
    except DiskFullError:
        raise
    except (OSError, EvenfuseError) as error:
        tried.append(f"{place} ({_reason(error)})")


def _reason(error: Exception) -> str:
    response = getattr(error, "response", None)
    if response is not None:
        return refusal(response)
    if isinstance(error, requests.exceptions.SSLError):
        return "no secure connection: the certificate is not trusted"
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return "no such file"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error)
