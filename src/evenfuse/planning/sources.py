"""Inputs and options of the rule that fetches a file."""

import shlex
import time
from dataclasses import dataclass
from pathlib import Path

from evenfuse import sdk
from evenfuse.planning.files import FAILED, GENERATED, RAW, STORE
from evenfuse.settings.config import Config
from evenfuse.settings.sources import Source, total_size

DAY = 24 * 60 * 60  # seconds


@dataclass(frozen=True)
class PlannedFile:
    """A raw file of a dataset of the config."""

    config: Config
    dataset: str
    file: str

    def generated(self) -> list[str]:
        """Return where the project makes it itself, if it makes this dataset."""
        made_here = self.config.dataset(self.dataset).generate
        return [GENERATED.format(dataset=self.dataset, file=self.file)] if made_here else []

    def identity(self) -> list[str]:
        """Return the options that say which file it is: the SDK's dataset, its size, its hash."""
        source = self.config.source(self.dataset, self.file)
        known = {
            "--sdk": self.config.dataset(self.dataset).sdk,
            "--size": source.size,
            "--sha256": source.sha256,
        }
        return [f"{option}={value}" for option, value in known.items() if value]

    def places(self) -> str:
        """Return the options that say where to look and how long, as a shell reads them."""
        made = [Path(path).parent for path in self.generated()]
        folders = [*made, *([self.config.mirror] if self.config.mirror else [])]
        source = self.config.source(self.dataset, self.file)
        options = [
            *(f"--folder={folder}" for folder in folders),
            *(f"--address={address}" for address in source.addresses),
            *(f"--unofficial={address}" for address in source.unofficial),
            f"--largest-gb={self.config.largest_download_gb}",
            *self._terms(),
        ]
        return shlex.join(options)

    def outlook(self) -> str:
        """Return in words where it will come from, or what is to be done before it can come."""
        if here := self.folder_with_it():
            return f"from {here}"
        if self.unsigned():
            return f"first {self.to_sign()}"
        source = self.source()
        if not source.places():
            return "no address is known, give its folder with --config mirror=FOLDER"
        return f"a download, {total_size([source])}"

    def source(self) -> Source:
        """Return what is known of it, the SDK's address included."""
        source, entry = (
            self.config.source(self.dataset, self.file),
            self.config.dataset(self.dataset),
        )
        more = sdk.address(entry.sdk, self.file) if entry.sdk else []
        return source.model_copy(update={"addresses": [*source.addresses, *more]})

    def unsigned(self) -> str:
        """Return what is to be signed before it is downloaded, and where; if anything."""
        return self.config.unsigned(self.config.origin(self.dataset))

    def to_sign(self) -> str:
        """Return what to do before it is downloaded, if anything is to be signed for."""
        origin = self.config.origin(self.dataset)
        line = f"accepted_terms: [{', '.join([*self.config.accepted_terms, origin])}]"
        return f"sign {self.unsigned()}, then add the line '{line}' to the config"

    def is_fetched(self) -> bool:
        """Return whether it lies where the workflow reads it."""
        return Path(RAW.format(dataset=self.dataset, file=self.file)).is_file()

    def is_here(self) -> bool:
        """Return whether it needs no download."""
        return self.is_fetched() or self.folder_with_it() is not None

    def can_come(self) -> bool:
        """Return whether it is here, or has an address from which it may be downloaded now."""
        return self.is_here() or (not self.unsigned() and bool(self.source().places()))

    def has_failed(self) -> bool:
        """Return whether no address has given it within a day; later it is worth another try."""
        note = Path(self.store(), FAILED.format(file=self.file))
        return note.is_file() and time.time() - note.stat().st_mtime < DAY

    def folder_with_it(self) -> Path | None:
        """Return the folder that it would be taken from without a download, if there is one."""
        if made := self.generated():
            return Path(made[0]).parent
        entry = self.config.dataset(self.dataset)
        if entry.facts.in_folder and entry.folder:
            return Path(entry.folder) if Path(entry.folder, self.file).is_file() else None
        mirror = [Path(self.config.mirror)] if self.config.mirror else []
        origin = self.config.origin(self.dataset)
        folders = [*(folder / origin for folder in mirror), *mirror, Path(self.store())]
        return next((folder for folder in folders if (folder / self.file).is_file()), None)

    def _terms(self) -> list[str]:
        terms = self.config.terms(self.dataset)
        given = {"--unsigned": self.unsigned(), "--terms": terms}
        return [f"{option}={value}" for option, value in given.items() if value]

    def store(self) -> str:
        """Return the folder in which an interrupted download survives."""
        return STORE.format(origin=self.config.origin(self.dataset))
