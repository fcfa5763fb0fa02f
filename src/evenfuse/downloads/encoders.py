"""A pretrained BERT from the Hugging Face hub: fetched whole, and the same one each time."""

import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock
from huggingface_hub import (
    HfApi,
    constants,
    is_offline_mode,
    snapshot_download,
    try_to_load_from_cache,
)

from evenfuse.bert_files import SOURCE, bert_digest, needed_files
from evenfuse.checksums import write_sums
from evenfuse.downloads.hub_errors import hub_errors
from evenfuse.errors import EvenfuseError
from evenfuse.files import disk_full_as_error, read_json, write_aside, write_json

PATIENCE = 30.0  # seconds for a list of files
INSTEAD = "give a folder that has it with --config text_encoder=FOLDER"


@dataclass(frozen=True)
class Pin:
    """Which files a name stands for: their commit on the hub, and their digest."""

    commit: str
    digest: str


class EncoderPins:
    """A JSON file: NAME or NAME@REVISION -> what it stood for when it was first fetched."""

    def __init__(self, path: Path):
        self.path = path

    def get(self, name: str) -> Pin | None:
        """Return the pin of a name, if it has one.

        Raises:
            EvenfuseError: if the file is no table of pins.
        """
        match self._read().get(name):
            case None:
                return None
            case {"commit": str(commit), "digest": str(digest)}:
                return Pin(commit, digest)
        raise EvenfuseError(f"{self.path} has no commit and digest for '{name}'; delete this entry")

    def pin(self, name: str, pin: Pin) -> None:
        """Pin a name."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(self.path.with_name(f".{self.path.name}.lock")):
            write_json(self.path, dict(sorted({**self._read(), name: asdict(pin)}.items())))

    def _read(self) -> dict[str, object]:
        pins = read_json(self.path) if self.path.exists() else {}
        if not isinstance(pins, dict):
            raise EvenfuseError(f"{self.path} is no table of text encoders; delete it")
        return pins


def fetch_encoder(name: str, target: Path, pins: EncoderPins) -> Pin:
    """Write the files of a BERT, NAME or NAME@REVISION on the hub, to the folder `target`.

    They come through the cache of `huggingface_hub`, so what has arrived there is not fetched
    again. A name that is pinned stands for the same commit and the same files as before.

    Raises:
        EvenfuseError: if the hub does not have them or does not let them be had, they are not those
            that are pinned, or they make no BERT.
        DiskFullError: if the disk is full.
    """
    repository, _, revision = name.partition("@")
    before = pins.get(name)
    wanted = before.commit if before else revision or None
    commit, files = _found(repository, wanted, _instead(name, before, pins.path))
    with write_aside(target) as aside:
        aside.mkdir()
        for file in files:
            shutil.copyfile(file, aside / file.name)
        pin = Pin(commit, bert_digest(aside))
        if before and pin != before:
            raise EvenfuseError(
                f"the files of {name} are not those that were first fetched (their digest is "
                f"{pin.digest}, not {before.digest}); to use them, delete '{name}' from {pins.path}"
            )
        write_json(aside / SOURCE, {"repository": repository, **asdict(pin)})
        write_sums(aside)
    pins.pin(name, pin)
    return pin


def _instead(name: str, before: Pin | None, pins: Path) -> str:
    again = f"delete '{name}' from {pins} to take the newest, or " if before else ""
    return f"{again}name another revision as NAME@REVISION, or {INSTEAD}"


def _found(repository: str, revision: str | None, instead: str) -> tuple[str, list[Path]]:
    """Return the commit and the files in the cache, after a download if need be."""
    if is_offline_mode():
        return _cached(repository, revision)
    cache = Path(constants.HF_HUB_CACHE, repository)
    with disk_full_as_error(cache), hub_errors(repository, revision, instead):
        info = HfApi().model_info(repository, revision=revision, timeout=PATIENCE)
        names = _needed(repository, [entry.rfilename for entry in info.siblings or []])
        folder = Path(snapshot_download(repository, revision=revision, allow_patterns=names))
    return folder.name, [folder / name for name in names]


def _cached(repository: str, revision: str | None) -> tuple[str, list[Path]]:
    config = try_to_load_from_cache(repository, "config.json", revision=revision)
    if not isinstance(config, str):
        raise EvenfuseError(
            f"HF_HUB_OFFLINE is set, and the cache of the hub does not have {repository} "
            f"({revision or 'main'}); unset it where there is internet, or {INSTEAD}"
        )
    folder = Path(config).parent
    names = _needed(f"in the cache, {repository}", [path.name for path in folder.iterdir()])
    return folder.name, [folder / name for name in names]


def _needed(what: str, names: list[str]) -> list[str]:
    try:
        return needed_files(names)
    except EvenfuseError as error:
        raise EvenfuseError(f"{what} is no whole BERT: {error}; {INSTEAD}") from None
