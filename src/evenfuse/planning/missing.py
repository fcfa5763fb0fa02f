"""What a study needs that is not on this machine: downloads, signatures, what cannot be had."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from evenfuse.planning.encoders import hub_name, made_encoder
from evenfuse.planning.files import CACHE, ENCODER, SPLITS
from evenfuse.planning.sources import PlannedFile
from evenfuse.settings.config import Config
from evenfuse.settings.sources import total_size


def missing(config: Config) -> list[str]:
    """Return a line for each corpus and text encoder of the study that is not here, or not whole.

    Raises:
        EvenfuseError: if a text encoder is neither a folder nor a name that the hub could have.
    """
    datasets = [line for name in config.study.datasets for line in _of_dataset(config, name)]
    return [*datasets, *_encoders(config)]


def _of_dataset(config: Config, dataset: str) -> Iterator[str]:
    if _is_cached(dataset):
        return
    entry = config.dataset(dataset)
    files = [PlannedFile(config, dataset, name) for name in entry.raw_files()]
    files = [file for file in files if not file.is_here()]
    signed = [file for file in files if file.unsigned()]
    unknown = [file for file in files if not file.unsigned() and not file.source().places()]
    come = [file for file in files if file not in (*signed, *unknown)]
    what = f"{dataset}, format {entry.taken}"
    if come:
        size = total_size([file.source() for file in come])
        yield f"{what}: {_counted(come)} to download, {size}{_terms(config, dataset)}"
    if signed:
        yield f"{what}: {signed[0].to_sign()}, or give the folder of {_named(signed)} as the mirror"
    if unknown:
        yield (
            f"{what}: {_named(unknown)} cannot be downloaded; see `evenfuse data list` for who "
            "provides it, then give its folder with --config mirror=FOLDER"
        )


def _encoders(config: Config) -> list[str]:
    arms = [config.run(*arm) for arm in config.trained_arms()]
    made = {Path(folder) for arm in arms for folder in made_encoder(arm.dataset, [arm])}
    fetched = [folder for folder in made if folder.parent == Path(ENCODER).parent]
    names = sorted(hub_name(folder.name) for folder in fetched if not folder.is_dir())
    return [f"text encoder {name}: to download from the hub, size unknown" for name in names]


def _is_cached(dataset: str) -> bool:
    paths = [Path(CACHE.format(dataset=dataset, split=split)) for split in SPLITS]
    return all(path.is_file() for path in paths)


def _terms(config: Config, dataset: str) -> str:
    terms = config.terms(dataset)
    return f"; terms: {terms}" if terms else ""


def _counted(files: Sequence[PlannedFile]) -> str:
    return f"{len(files)} {'file' if len(files) == 1 else 'files'}"


def _named(files: Sequence[PlannedFile]) -> str:
    return ", ".join(file.file for file in files)
