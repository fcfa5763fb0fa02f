"""The caches of a data set: one per split, all of them or none."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path

from evenfuse.cache.checks import SegmentChecks
from evenfuse.cache.segments import Segments, video_of
from evenfuse.cache.writing import CacheWriter
from evenfuse.errors import EvenfuseError
from evenfuse.files import write_aside
from evenfuse.records.caches import CacheProvenance, Origin
from evenfuse.settings.splits import SPLITS

Report = dict[str, Counter[str]]
Part = tuple[str, Segments | None, Counter[str]]
"""A split, some of its segments, and counts: of the segments `kept`, and of what was repaired."""


def write_splits(
    folder: Path,
    parts: Iterable[Part],
    checks: SegmentChecks,
    published: Mapping[str, int],
    origin: Callable[[], Origin],
) -> Report:
    """Write train.h5, valid.h5 and test.h5 from (split, segments, counts); return the counts.

    Counted as well: how far the number of segments is from the `published` one, unless the data is
    generated, and the segments of videos that another split shares. `origin` is called at the
    end, so that it can be gathered while the caches are written.

    Raises:
        EvenfuseError: if a split has no segments, or `checks` refuse some.
    """
    with ExitStack() as stack:
        writers = {
            split: CacheWriter(stack.enter_context(write_aside(folder / f"{split}.h5")))
            for split in SPLITS
        }
        report: Report = {split: Counter() for split in writers}
        videos: Report = {split: Counter() for split in writers}
        for split, segments, counts in parts:
            if segments is not None:
                segments, counts = checks.accept(split, segments, counts)
                writers[split].append(segments)
                videos[split].update(map(video_of, segments.ids))
            report[split].update(counts)
        checks.finish()
        for split, counts in report.items():
            if not counts["kept"]:
                raise EvenfuseError(f"the split '{split}' has no segments left: {dict(counts)}")
        _compare(report, published)
        _count_shared(report, videos)
        shared = origin()
        for split, writer in writers.items():
            writer.close(_provenance(shared, split, report[split]).values())
    return report


def _provenance(origin: Origin, split: str, counts: Counter[str]) -> CacheProvenance:
    generated = counts["generated"] > 0
    return CacheProvenance(**dict(origin), split=split, generated=generated, counts=counts)


def _compare(report: Report, published: Mapping[str, int]) -> None:
    for split, number in published.items():
        surplus = report[split]["kept"] - number
        if surplus and not report[split]["generated"]:
            word = "more" if surplus > 0 else "fewer"
            report[split][f"{word} than the {number} published"] = abs(surplus)


def _count_shared(report: Report, videos: Report) -> None:
    for split, segments_of in videos.items():
        others = set().union(*(videos[other] for other in videos if other != split))
        shared = sum(number for video, number in segments_of.items() if video in others)
        if shared:
            report[split]["of videos that another split shares"] = shared


def describe(report: Report) -> str:
    """Return one line per split with all its counts."""
    return "\n".join(
        f"{split}: " + ", ".join(f"{n} {what}" for what, n in counts.items() if n)
        for split, counts in report.items()
    )
