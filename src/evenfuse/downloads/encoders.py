"""A pretrained BERT from the Hugging Face hub: fetched whole, and the same one each time."""

import hashlib
import shutil
from dataclasses import asdict
from pathlib import Path

from huggingface_hub import (
    HfApi,
    constants,
    hf_hub_download,
    is_offline_mode,
    try_to_load_from_cache,
)
from huggingface_hub.hf_api import RepoSibling

from evenfuse.bert_files import SOURCE, bert_digest, needed_files
from evenfuse.checksums import write_sums
from evenfuse.downloads.encoder_pins import EncoderPins, Pin
from evenfuse.downloads.hub_errors import hub_errors
from evenfuse.errors import EvenfuseError
from evenfuse.files import disk_full_as_error, sha256, write_aside, write_json

PATIENCE = 30.0  # seconds until the hub has told what a repository or a file is
INSTEAD = "give a folder that has it with --config text_encoder=FOLDER"


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
        info = HfApi().model_info(
            repository, revision=revision, timeout=PATIENCE, files_metadata=True
        )
        listed = {entry.rfilename: entry for entry in info.siblings or []}
        names = _needed(repository, list(listed))
        # not snapshot_download: it would list the files again, and wait for that without end
        commit = _arrived(repository, "config.json", revision).parent.name
        files = {name: _arrived(repository, name, commit) for name in names}
    for name, file in files.items():
        _check_bytes(file, listed[name])
    return commit, list(files.values())


def _arrived(repository: str, name: str, revision: str | None) -> Path:
    """Return a file in the cache; under the name of a revision, the cache notes its commit."""
    return Path(hf_hub_download(repository, name, revision=revision, etag_timeout=PATIENCE))


def _check_bytes(file: Path, entry: RepoSibling) -> None:
    """Hold a file in the cache to the digest that the hub lists."""
    if not _is_listed(file, entry):
        file.resolve().unlink()  # the cache would hand it out again
        raise EvenfuseError(
            f"{entry.rfilename} has arrived with other bytes than the hub lists; run the same "
            "command again"
        )


def _is_listed(file: Path, entry: RepoSibling) -> bool:
    if entry.lfs:
        return sha256(file) == entry.lfs.sha256
    content = file.read_bytes()  # small: the hub has the digest that git gives it
    git = hashlib.sha1(b"blob %d\0%b" % (len(content), content)).hexdigest()
    return entry.blob_id in (None, git)


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
