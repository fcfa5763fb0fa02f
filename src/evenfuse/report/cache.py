"""What is in a cache: tables and a picture that a person wants before training on it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from evenfuse.cache.provenance import read_provenance
from evenfuse.cache.segments import Segments, read_cache, video_of
from evenfuse.downloads.sdk import SPLITS
from evenfuse.records.caches import CacheProvenance
from evenfuse.report.style import COLORS, figure_grid, save_figure

QUANTILES = (0.0, 0.05, 0.5, 0.95, 1.0)
SHADES = dict(zip(SPLITS, COLORS.values(), strict=True))

Splits = Mapping[str, Segments]


def read_splits(folder: Path) -> tuple[dict[str, Segments], dict[str, CacheProvenance]]:
    """Read the three caches of a folder, and the provenance of each."""
    paths = {split: folder / f"{split}.h5" for split in SPLITS}
    provenance = {split: read_provenance(path) for split, path in paths.items()}
    return {split: read_cache(path) for split, path in paths.items()}, provenance


def describe(splits: Splits, provenance: Mapping[str, CacheProvenance]) -> str:
    """Return all tables as Markdown, each under its title."""
    tables = {
        "What is in it": contents(splits),
        "Rows per segment": lengths(splits),
        "Labels, rounded": label_histogram(splits),
        "Kept, dropped, repaired": counts(provenance),
        "Sources": sources(provenance),
    }
    return "\n\n".join(
        f"## {title}\n\n{table.to_markdown(index=False)}" for title, table in tables.items()
    )


def contents(splits: Splits) -> pd.DataFrame:
    """One row per split: segments, videos, words, and the labels' mean and deviation."""
    return pd.DataFrame(
        {
            "split": split,
            "segments": len(segments),
            "videos": len(set(map(video_of, segments.ids))),
            "words": int(np.count_nonzero(segments.words.values != "")),
            "label mean": f"{segments.labels[:, 0].mean():+.2f}",
            "label std": f"{segments.labels[:, 0].std():.2f}",
        }
        for split, segments in splits.items()
    )


def lengths(splits: Splits) -> pd.DataFrame:
    """One row per split and sequence: width, and quantiles of the rows per segment."""
    return pd.DataFrame(
        {"split": split, "sequence": name, "width": width, **_quantiles(rows)}
        for split, segments in splits.items()
        for name, width, rows in _sequences(segments)
    )


def label_histogram(splits: Splits) -> pd.DataFrame:
    """One row per split: how many labels round to each whole number."""
    rounded = {split: np.rint(s.labels[:, 0]).astype(int) for split, s in splits.items()}
    classes = range(min(map(min, rounded.values())), max(map(max, rounded.values())) + 1)
    return pd.DataFrame(
        {"split": split, **{f"{c:+d}": int((labels == c).sum()) for c in classes}}
        for split, labels in rounded.items()
    )


def counts(provenance: Mapping[str, CacheProvenance]) -> pd.DataFrame:
    """One row per split and count: what was kept, dropped and repaired."""
    return pd.DataFrame(
        {"split": split, "what": what, "count": count}
        for split, own in provenance.items()
        for what, count in own.counts.items()
        if count
    )


def sources(provenance: Mapping[str, CacheProvenance]) -> pd.DataFrame:
    """One row per source file: role, name, SHA-256."""
    files = next(iter(provenance.values())).sources
    return pd.DataFrame({"role": role, **dict(source)} for role, source in files.items())


def plot_cache(splits: Splits, output: Path) -> None:
    """Draw the labels and the rows per segment of every split."""
    with figure_grid(1, 2) as (figure, panels):
        labels, rows = panels[0]
        _draw(labels, {split: s.labels[:, 0] for split, s in splits.items()})
        labels.set(xlabel="label", ylabel="share of segments (%)")
        _draw(rows, {split: _longest(s) for split, s in splits.items()})
        rows.set(xlabel="rows of the longest sequence per segment")
        handles, names = labels.get_legend_handles_labels()
        figure.legend(handles, names, loc="outside right upper", title="split")
        save_figure(figure, output)


def _sequences(segments: Segments) -> list[tuple[str, int, NDArray[np.int64]]]:
    features = segments.features.items()
    widths = [(name, ragged.values.shape[1], ragged.lengths()) for name, ragged in features]
    return [("words", 1, segments.words.lengths()), *widths]


def _longest(segments: Segments) -> NDArray[np.int64]:
    longest: NDArray[np.int64] = np.max([rows for _, _, rows in _sequences(segments)], axis=0)
    return longest


def _quantiles(rows: NDArray[np.int64]) -> dict[str, float]:
    names = ("shortest", "5 %", "median", "95 %", "longest")
    return dict(zip(names, np.quantile(rows, QUANTILES), strict=True))


def _draw(panel: Axes, values: Mapping[str, NDArray[Any]]) -> None:
    bins = np.histogram_bin_edges(np.concatenate(list(values.values())), bins=13).tolist()
    for split, own in values.items():
        weights = np.full(len(own), 100 / len(own))
        panel.hist(own, bins, weights=weights, histtype="step", color=SHADES[split], label=split)
