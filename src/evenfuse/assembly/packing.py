"""A trained model in one file: a zip archive of its folder, uncompressed.

An archive may come from anybody. Nothing in it is run, and nothing is written before every entry is
known to be a plain file of a model, no larger than the archive itself.
"""

import re
import shutil
import stat
import struct
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from evenfuse.checksums import SUMS, check_sums, read_sums, write_sums
from evenfuse.damage import DamagedError
from evenfuse.errors import EvenfuseError
from evenfuse.files import check_readable, read_json, write_aside
from evenfuse.records.models import CARD, SETTINGS, SavedModel

NAME = re.compile(r"(text_encoder/)?\w+(\.(json|md|safetensors|txt))?", re.ASCII)
MOST_FILES = 50
FAULTS = (BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError, struct.error)


def pack(folder: Path, output: Path, card: str | None) -> None:
    """Write a model's folder as one file, always the same; with another `card`, if any.

    Raises:
        EvenfuseError: if the folder holds what no model has.
    """
    sums = read_sums(folder)
    for name in sums:
        if not NAME.fullmatch(name):
            raise EvenfuseError(f"{folder} holds '{name}', which is no part of a model; remove it")
    with TemporaryDirectory() as copied, write_aside(output) as aside:
        copy = Path(copied)
        for name in sums:
            (copy / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(folder / name, copy / name)
        if card is not None:
            (copy / CARD).write_text(card, encoding="utf-8")
        write_sums(copy, {name: digest for name, digest in sums.items() if name != CARD})
        with ZipFile(aside, "w", ZIP_STORED) as archive:
            for path in sorted(path for path in copy.rglob("*") if path.is_file()):
                _add(archive, path, path.relative_to(copy).as_posix())


def _add(archive: ZipFile, path: Path, name: str) -> None:
    entry = ZipInfo(name)  # of 1980: no clock, so that the file is the same each time
    entry.external_attr = (stat.S_IFREG | 0o644) << 16
    entry.file_size = path.stat().st_size
    with path.open("rb") as source, archive.open(entry, "w") as target:
        shutil.copyfileobj(source, target)


def unpack(packed: Path, folder: Path) -> None:
    """Write the folder of a packed model, whole or not at all.

    Raises:
        EvenfuseError: if the folder is already there, or the file is no packed model, is damaged,
            or holds anything that a model has not.
    """
    if folder.exists() or folder.is_symlink():
        raise EvenfuseError(f"there is already a {folder}; name a folder that is not there")
    check_readable(packed)
    try:
        with ZipFile(packed) as archive, write_aside(folder) as aside:
            entries = archive.infolist()
            _check_entries(entries, packed.stat().st_size)
            for entry in entries:
                _extract(archive, entry, aside)
            _check_folder(aside, {entry.filename for entry in entries})
    except (DamagedError, *FAULTS) as error:
        raise EvenfuseError(
            f"{packed} is not unpacked, for it is no model that evenfuse has packed, or not as it "
            f"was then ({error}); get it again from somebody you trust"
        ) from None


def _check_entries(entries: Sequence[ZipInfo], size: int) -> None:
    names = [entry.filename for entry in entries]
    if len(names) > MOST_FILES or len(set(names)) < len(names):
        raise DamagedError("it holds too many files, or one twice")
    for entry in entries:
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if not NAME.fullmatch(entry.filename) or kind not in (0, stat.S_IFREG):
            raise DamagedError(f"it holds {entry.filename[:100]!a}, which is no file of a model")
        if entry.compress_type != ZIP_STORED or entry.file_size != entry.compress_size:
            raise DamagedError(f"its {entry.filename} is compressed")
    # entries may overlap: each is within the archive, and all together could be far larger
    if sum(entry.file_size for entry in entries) > size:
        raise DamagedError("it says that it holds more than its own size")


def _extract(archive: ZipFile, entry: ZipInfo, folder: Path) -> None:
    target = folder / entry.filename
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(entry) as source, target.open("xb") as file:
        shutil.copyfileobj(source, file)


def _check_folder(folder: Path, names: set[str]) -> None:
    folder.mkdir(exist_ok=True)
    if {*read_sums(folder), SUMS} != names:
        raise DamagedError(f"its {SUMS} lists other files")
    check_sums(folder)
    SavedModel.parse(read_json(folder / SETTINGS))
