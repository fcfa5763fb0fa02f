"""The files that a BERT is loaded from, and their digest; without torch and transformers."""

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from fnmatch import fnmatchcase
from pathlib import Path

from evenfuse.errors import EvenfuseError
from evenfuse.files import read_json, sha256, write_json

SOURCE = "source.json"  # in a folder that was fetched: where from
WEIGHTS = ("*.safetensors", "*.bin")
TOKENIZER = ("tokenizer.json", "vocab.txt")
ABOUT = (
    *("config.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"),
    *TOKENIZER,
)
FILES = (*ABOUT, "*.index.json", *WEIGHTS)
ON_THE_HUB = (
    ("model*.safetensors", "model.safetensors.index.json"),
    ("pytorch_model*.bin", "pytorch_model.bin.index.json"),
)


def needed_files(names: Iterable[str]) -> list[str]:
    """Return those of a repository's files that a BERT is loaded from: its weights in one form.

    Raises:
        EvenfuseError: if it has no shape, no tokenizer or no weights; the message says which.
    """
    outermost = sorted(name for name in names if "/" not in name)
    weights = next(filter(None, (_matching(outermost, form) for form in ON_THE_HUB)), [])
    about = _matching(outermost, ABOUT)
    for what, found in (
        ("config.json", "config.json" in about),
        ("tokenizer.json or vocab.txt", set(about) & set(TOKENIZER)),
        ("weights (model.safetensors or pytorch_model.bin)", weights),
    ):
        if not found:
            raise EvenfuseError(f"it has no {what}")
    return [*about, *weights]


def _matching(names: list[str], patterns: Iterable[str]) -> list[str]:
    return [name for name in names if any(fnmatchcase(name, pattern) for pattern in patterns)]


def has_weights(folder: Path) -> bool:
    """Return whether a folder has the weights of a model, and not its shape and tokenizer alone."""
    return any(path for pattern in WEIGHTS for path in folder.glob(pattern))


def bert_digest(folder: Path) -> str:
    """Return a digest of the names and the content of all files that a BERT is loaded from.

    Raises:
        EvenfuseError: if one of them, or the folder, cannot be read.
    """
    lines = [f"{path.name} {sha256(path)}" for path in _files(folder)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def remembered_digest(folder: Path, memory: Path) -> str:
    """Return the same without reading weights each time: files that look the same are not read.

    The JSON file `memory` holds digests by what the system says of the files: sizes, and times that
    change with every change of the content. Raises as `bert_digest`.
    """
    looks = str([_looks(path) for path in _files(folder)])
    known: dict[str, str] = {}
    with suppress(EvenfuseError, TypeError, ValueError):  # a memory that is lost is made again
        known = dict(read_json(memory))
    if looks not in known:
        digest = bert_digest(folder)
        with suppress(EvenfuseError):
            write_json(memory, {**known, looks: digest})
        return digest
    return known[looks]


def _files(folder: Path) -> list[Path]:
    try:
        there = sorted(path for path in folder.iterdir() if path.is_file())
    except OSError as error:
        raise EvenfuseError(f"{folder} cannot be read ({error.strerror})") from None
    return [path for path in there if any(path.match(pattern) for pattern in FILES)]


def _looks(path: Path) -> tuple[str, int, int, int, int]:
    seen = path.stat()
    return path.name, seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns
