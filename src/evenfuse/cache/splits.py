"""The caches of a whole data set: one per split, all of them or none."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path

from evenfuse.cache.segments import CacheWriter, Segments, video_of
from evenfuse.downloads.sdk import SPLITS
from evenfuse.errors import EvenfuseError
from evenfuse.files import write_aside
from evenfuse.records.caches import CacheProvenance, Origin

Report = dict[str, Counter[str]]


def write_splits(
    folder: Path,
    parts: Iterable[tuple[str, Segments | None, Counter[str]]],
    published: Mapping[str, int],
    origin: Callable[[], Origin],
) -> Report:
    """Write train.h5, valid.h5 and test.h5 from (split, segments, counts); return the counts.

    A difference to the `published` numbers of segments is counted, unless the data is generated,
    and so are the segments whose video has segments in another split too.
    `origin` is asked for at the end, so that it may be gathered beside the work.

    Raises:
        EvenfuseError: if no segment is left for a split.
    """
    with ExitStack() as stack:
        writers = {
            split: CacheWriter(stack.enter_context(write_aside(folder / f"{split}.h5")))
            for split in SPLITS
        }
        report: Report = {split: Counter() for split in writers}
        videos: Report = {split: Counter() for split in writers}
        for split, segments, counts in parts:
            report[split].update(counts)
            if segments is not None:
                writers[split].append(segments)
                videos[split].update(map(video_of, segments.ids))
        for split, counts in report.items():
            if not counts["kept"]:
                raise EvenfuseError(f"no segment is left for the split '{split}': {dict(counts)}")
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
        more = report[split]["kept"] - number
        if more and not report[split]["generated"]:
            than = "more" if more > 0 else "fewer"
            report[split][f"{than} than the {number} published"] = abs(more)


def _count_shared(report: Report, videos: Report) -> None:
    for split, own in videos.items():
        others = set().union(*(videos[other] for other in videos if other != split))
        shared = sum(number for video, number in own.items() if video in others)
        if shared:
            report[split]["of videos that another split has too"] = shared


def describe(report: Report) -> str:
    """Return one line per split: what happened how often."""
    return "\n".join(
        f"{split}: " + ", ".join(f"{n} {what}" for what, n in counts.items() if n)
        for split, counts in report.items()
    )
