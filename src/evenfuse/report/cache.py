"""What is in a cache: tables and a picture that a person wants before training on it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from evenfuse.cache.provenance import read_provenance
from evenfuse.cache.reading import read_cache
from evenfuse.cache.segments import Segments, video_of
from evenfuse.parts import facts
from evenfuse.records.caches import CacheProvenance
from evenfuse.report.style import COLORS, figure_grid, save_figure
from evenfuse.settings.splits import SPLITS

QUANTILES = (0.0, 0.05, 0.5, 0.95, 1.0)
SHADES = dict(zip(SPLITS, COLORS.values(), strict=True))

Splits = Mapping[str, Segments]


def read_splits(folder: Path) -> tuple[dict[str, Segments], dict[str, CacheProvenance]]:
    """Read the three caches of a folder, and the provenance of each."""
    paths = {split: folder / f"{split}.h5" for split in SPLITS}
    provenance = {split: read_provenance(path) for split, path in paths.items()}
    return {split: read_cache(path) for split, path in paths.items()}, provenance


def describe(
    splits: Splits, provenance: Mapping[str, CacheProvenance], columns: Sequence[str]
) -> str:
    """Return all tables as Markdown, each under its title; `columns` name the labels."""
    tables = {
        "What is in it": contents(splits),
        "Rows per segment": lengths(splits),
        "Labels, and how many round to": labels(splits, columns),
        "Kept, dropped, repaired": counts(provenance),
        "Sources": sources(provenance),
    }
    return "\n\n".join(
        f"## {title}\n\n{table.to_markdown(index=False)}" for title, table in tables.items()
    )


def contents(splits: Splits) -> pd.DataFrame:
    """One row per split: segments, videos, words."""
    return pd.DataFrame(
        {
            "split": split,
            "segments": len(segments),
            "videos": len(set(map(video_of, segments.ids))),
            "words": int(np.count_nonzero(segments.words.values != "")),
        }
        for split, segments in splits.items()
    )


def label_columns(splits: Splits, provenance: Mapping[str, CacheProvenance]) -> list[str]:
    """Return what the label columns are called: as the format says, else by their number."""
    count = next(iter(splits.values())).labels.shape[1]
    form = next(iter(provenance.values())).format
    known = facts("datasets", form).FORMAT.label_names(count)
    return [*known, *(f"label {i + 1}" for i in range(len(known), count))]


def lengths(splits: Splits) -> pd.DataFrame:
    """One row per split and sequence: width, and quantiles of the rows per segment."""
    return pd.DataFrame(
        {"split": split, "sequence": name, "width": width, **_quantiles(rows)}
        for split, segments in splits.items()
        for name, width, rows in _sequences(segments)
    )


def labels(splits: Splits, columns: Sequence[str]) -> pd.DataFrame:
    """One row per split and label: mean, deviation, how many round to each whole number."""
    rounded = {split: np.rint(s.labels).astype(int) for split, s in splits.items()}
    classes = range(
        min(values.min() for values in rounded.values()),
        max(values.max() for values in rounded.values()) + 1,
    )
    return pd.DataFrame(
        {
            "split": split,
            "label": name,
            "mean": f"{segments.labels[:, i].mean():+.2f}",
            "std": f"{segments.labels[:, i].std():.2f}",
            **{f"{c:+d}": int((rounded[split][:, i] == c).sum()) for c in classes},
        }
        for split, segments in splits.items()
        for i, name in enumerate(columns)
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


def plot_cache(splits: Splits, columns: Sequence[str], output: Path) -> None:
    """Draw every label and the rows per segment of every split."""
    with figure_grid(1, len(columns) + 1) as (figure, panels):
        *of_labels, rows = panels[0]
        for i, (name, panel) in enumerate(zip(columns, of_labels, strict=True)):
            _draw(panel, {split: s.labels[:, i] for split, s in splits.items()})
            panel.set_xlabel(name)
        panels[0][0].set_ylabel("share of segments (%)")
        _draw(rows, {split: _longest(s) for split, s in splits.items()})
        rows.set(xlabel="rows of the longest sequence per segment")
        handles, names = rows.get_legend_handles_labels()
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
