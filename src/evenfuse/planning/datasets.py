"""Inputs and options of the rules that make the cache of a dataset."""

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from evenfuse.digests import code_digest
from evenfuse.parts import code_module
from evenfuse.planning.files import RAW
from evenfuse.settings.config import Config
from evenfuse.settings.dataset import Dataset


@dataclass(frozen=True)
class PlannedDataset:
    """A dataset of the config."""

    config: Config
    dataset: str

    @cached_property
    def entry(self) -> Dataset:
        """What the config says of it; raises EvenfuseError if nothing."""
        return self.config.dataset(self.dataset)

    def raw_files(self) -> dict[str, str]:
        """Return role -> path of the .csd files that it is aligned from, and of its folds."""
        return {**self._paths(self.entry.sources()), **self._own_folds()}

    def roles(self) -> list[str]:
        """Return the .csd files as the command line takes them: ROLE=PATH."""
        return [f"{role}={path}" for role, path in self._paths(self.entry.sources()).items()]

    def folds(self) -> list[str]:
        """Return the option that says where its folds are."""
        own = self._own_folds()
        return [f"--folds={own['folds']}" if own else f"--sdk-folds={self.entry.sdk or ''}"]

    def one_file(self) -> dict[str, Path | list[Path]]:
        """Return the pickle or manifest that it is cached from, and what lies beside that."""
        (name,) = self.entry.sources().values()
        if not self.entry.facts.in_folder:
            return {"file": self._raw(name)}
        folder = Path(self.entry.folder or "")
        beside = [folder / modality for modality in self._features()]
        features = [path if path.is_dir() else path.with_suffix(".csd") for path in beside]
        return {"file": folder / name, "features": features}

    def modalities(self) -> list[str]:
        """Return the options for the modalities that it must have."""
        return [f"--modality={name}" for name in self.entry.modalities]

    def published(self) -> list[str]:
        """Return the options for the segments that each split should have."""
        return [f"--published={split}={n}" for split, n in self.entry.published.items()]

    def terms(self) -> str:
        """Return the option for the terms of its files, as a shell reads it, if any are known."""
        terms = self.config.terms(self.dataset)
        return shlex.join([f"--terms={terms}"]) if terms else ""

    def caching_code(self) -> str:
        """Return a digest of the code that caches it as it is."""
        return code_digest("evenfuse.commands.cache", code_module("datasets", self.entry.taken))

    def silent(self) -> list[str]:
        """Return the options for the modalities of a generated corpus that carry nothing."""
        made = self.entry.generate
        return [f"--silent={name}" for name in made.silent] if made else []

    def planted(self) -> list[Path]:
        """Return the file of its planted truth, if it has one."""
        return [self._raw(self.entry.planted)] if self.entry.planted else []

    def _features(self) -> list[str]:
        return [modality for modality in self.entry.modalities if modality != "text"]

    def _own_folds(self) -> dict[str, str]:
        return self._paths({"folds": self.entry.folds}) if self.entry.folds else {}

    def _paths(self, files: Mapping[str, str]) -> dict[str, str]:
        return {role: str(self._raw(name)) for role, name in files.items()}

    def _raw(self, name: str) -> Path:
        return Path(RAW.format(dataset=self.dataset, file=name))


def aligned(config: Config) -> str:
    """Return a pattern of the names of the datasets that are aligned to their words."""
    return _one_of(name for name, data in config.datasets.items() if data.facts.aligned)


def cached_as_they_are(config: Config) -> str:
    """Return a pattern of the names of all other datasets."""
    return _one_of(name for name, data in config.datasets.items() if not data.facts.aligned)


def in_one_process(config: Config) -> str:
    """Return a pattern of the datasets whose arms train all their seeds in one process."""
    return _one_of(name for name, data in config.datasets.items() if data.one_process)


def _one_of(names: Iterable[str]) -> str:
    return "|".join(names) or "none"
