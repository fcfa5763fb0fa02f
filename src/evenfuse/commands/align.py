"""evenfuse align: raw sequences of a corpus -> one cache per split."""

from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click
from tqdm import tqdm

from evenfuse.alignment.segments import align_video
from evenfuse.commands.options import key_value_paths
from evenfuse.datasets.csd import CsdCorpus
from evenfuse.errors import EvenfuseError
from evenfuse.provenance import versions
from evenfuse.storage import sdk
from evenfuse.storage.cache import CacheWriter
from evenfuse.storage.files import read_json, sha256, write_aside

Report = dict[str, Counter[str]]


@click.command()
@click.argument("sources", nargs=-1, required=True, callback=key_value_paths)
@click.option("--folds", type=Path, help="JSON file: split -> video ids.")
@click.option("--sdk-folds", help="Take the SDK's folds of this dataset, e.g. CMU_MOSI.")
@click.option("--pause", default="sp", show_default=True, help="The word that stands for a pause.")
@click.option("--output", type=Path, required=True, help="Folder of train.h5, valid.h5, test.h5.")
def command(
    sources: dict[str, Path], folds: Path | None, sdk_folds: str | None, pause: str, output: Path
) -> None:
    """Align a corpus to its words and segments and cache it per split.

    SOURCES are ROLE=FILE.csd; the roles words and labels are needed, every other one is a feature
    sequence, for example:

    evenfuse align words=w.csd labels=l.csd audio=a.csd --sdk-folds CMU_MOSI --output cache
    """
    split_of = _split_of(read_json(folds) if folds else sdk.folds(sdk_folds or ""))
    with CsdCorpus(sources) as corpus, ExitStack() as stack:
        writers = {
            split: CacheWriter(stack.enter_context(write_aside(output / f"{split}.h5")))
            for split in sdk.SPLITS
        }
        report = _align(
            corpus, split_of, [r for r in sources if r not in ("words", "labels")], pause, writers
        )
        provenance = _provenance(sources, folds, sdk_folds, pause)
        for split, writer in writers.items():
            writer.close({**provenance, "split": split, "counts": dict(report[split])})
    for split, counts in report.items():
        click.echo(f"{split}: " + ", ".join(f"{n} {what}" for what, n in counts.items() if n))


def _split_of(folds: Mapping[str, list[str]]) -> dict[str, str]:
    split_of: dict[str, str] = {}
    for split in sdk.SPLITS:
        for video in folds[split]:
            if split_of.setdefault(video, split) != split:
                raise EvenfuseError(f"video '{video}' is in {split_of[video]} and in {split}")
    return split_of


def _align(
    corpus: CsdCorpus,
    split_of: Mapping[str, str],
    modalities: list[str],
    pause: str,
    writers: Mapping[str, CacheWriter],
) -> Report:
    report: Report = {split: Counter() for split in writers}
    for video in tqdm(corpus.videos, desc="aligning", unit="video"):
        if video not in split_of:
            continue
        counts = report[split_of[video]]
        labels = corpus.labels(video)
        missing = corpus.missing(video)
        if missing:
            counts[f"dropped: video not in {missing[0]}"] += len(labels.features)
            continue
        frames = {}
        for name in modalities:
            frames[name], repaired = corpus.frames(name, video)
            counts[f"NaN or infinite values of {name} set to 0"] += repaired
        segments, video_counts = align_video(video, labels, corpus.words(video), frames, pause)
        counts.update(video_counts)
        if len(segments):
            writers[split_of[video]].append(segments)
    return report


def _provenance(
    sources: Mapping[str, Path], folds: Path | None, sdk_folds: str | None, pause: str
) -> dict[str, Any]:
    files = {**sources, **({"folds": folds} if folds else {})}
    return {
        "sources": {role: {"file": p.name, "sha256": sha256(p)} for role, p in files.items()},
        "folds": sdk_folds or "file",
        "pause": pause,
        "versions": versions("evenfuse", "cmu-multimodal-sdk", "numpy", "scipy", "h5py"),
    }
