"""evenfuse align: raw sequences of a corpus -> one cache per split."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import click
from tqdm import tqdm

from evenfuse import sdk
from evenfuse.alignment.corpus import align_corpus, split_of_videos
from evenfuse.cache.checks import SegmentChecks
from evenfuse.cache.splits import describe, write_splits
from evenfuse.commands.options import (
    key_value_paths,
    metrics_option,
    published_option,
    terms_option,
)
from evenfuse.datasets.csd import CsdCorpus
from evenfuse.datasets.table import printable
from evenfuse.files import read_json, sha256
from evenfuse.provenance import versions
from evenfuse.records.caches import Origin, Source
from evenfuse.settings.metrics import Family


@click.command()
@click.argument("sources", nargs=-1, required=True, callback=key_value_paths)
@click.option("--folds", type=Path, help="JSON file: split -> video ids.")
@click.option("--sdk-folds", help="Take the SDK's folds of this dataset, e.g. CMU_MOSI.")
@click.option("--pause", default="sp", show_default=True, help="The word that stands for a pause.")
@metrics_option
@published_option
@terms_option
@click.option("--output", type=Path, required=True, help="Folder of train.h5, valid.h5, test.h5.")
def command(
    sources: dict[str, Path],
    folds: Path | None,
    sdk_folds: str | None,
    pause: str,
    family: Family | None,
    published: dict[str, int],
    terms: str,
    output: Path,
) -> None:
    """Align a corpus to its words and segments and cache it per split.

    SOURCES are ROLE=FILE.csd: words and labels, and any further roles for feature sequences:

    evenfuse align words=w.csd labels=l.csd audio=a.csd --sdk-folds CMU_MOSI --output cache
    """
    split_of = split_of_videos(_folds(folds, sdk_folds))
    files = {**sources, **({"folds": folds} if folds else {})}
    with CsdCorpus(sources) as corpus, ThreadPoolExecutor(1) as beside:
        digests = {role: beside.submit(sha256, path) for role, path in files.items()}
        labelled = set(corpus.videos)
        unassigned = [video for video in corpus.videos if video not in split_of]

        def origin() -> Origin:
            return Origin(
                format="csd",
                sources=_identified(files, digests),
                versions=versions("evenfuse", "cmu-multimodal-sdk", "numpy", "scipy", "h5py"),
                terms=terms,
                folds=sdk_folds or "file",
                unassigned=unassigned,
                pause=pause,
            )

        videos = align_corpus(corpus, split_of, pause)
        shown = tqdm(videos, "aligning", len(split_of), unit="video")
        checks = SegmentChecks(sources, family)
        click.echo(describe(write_splits(output, shown, checks, published, origin)))
    _list("in no fold, left out", unassigned)
    _list("in a fold, but without labels", [video for video in split_of if video not in labelled])


def _list(what: str, videos: Sequence[str]) -> None:
    if videos:
        click.echo(f"{what}: {', '.join(map(printable, videos))}")


def _identified(
    files: Mapping[str, Path], digests: Mapping[str, "Future[str]"]
) -> dict[str, Source]:
    return {
        role: Source(file=path.name, sha256=digests[role].result()) for role, path in files.items()
    }


def _folds(file: Path | None, name: str | None) -> dict[str, list[str]]:
    if not file and not name:
        raise click.UsageError("give the folds, with --folds or --sdk-folds")
    folds: dict[str, list[str]] = read_json(file) if file else sdk.folds(name or "")
    return folds
