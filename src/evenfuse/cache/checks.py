"""What segments must be before a cache takes them, whatever file they come from.

What would make later numbers wrong is refused. What can be repaired is repaired and counted.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from evenfuse.cache.segments import Ragged, Segments, without_nan
from evenfuse.errors import EvenfuseError
from evenfuse.settings.metrics import Family, LabelRange
from evenfuse.settings.splits import SPLITS

LONGEST_ID = 1000  # characters
SURROGATE = re.compile("[\ud800-\udfff]")
ANY_LABEL = LabelRange(float("-inf"), float("inf"))


class SegmentChecks:
    """Checks the segments of one corpus, part by part.

    `files` says which file a role's data comes from; a role without one is in that of `labels`.
    `family` is that of the corpus's metrics, if known: it says which labels there can be. `names`
    tells what so many label columns are called, as far as the format of the files says so.
    """

    def __init__(
        self,
        files: Mapping[str, Path],
        family: Family | None = None,
        names: Callable[[int], tuple[str, ...]] = lambda count: (),
    ):
        self._files, self._names = files, names
        self._columns = family.columns if family else ()
        self._range = (family.labels if family else None) or ANY_LABEL
        self._split_of: dict[str, str] = {}
        self._widths: dict[str, tuple[int, str]] = {}
        self._repaired: Counter[tuple[str, str]] = Counter()
        self._with_numbers: set[tuple[str, str]] = set()

    def accept(
        self, split: str, segments: Segments, counts: Counter[str]
    ) -> tuple[Segments, Counter[str]]:
        """Return the segments with NaN and infinite values set to 0, and `counts` with these added.

        Raises:
            EvenfuseError: if the split is unknown, an id is empty, too long or there twice, a text
                cannot be stored, a label is not in the range of the family, or the rows of a
                modality are not of one width.
        """
        if split not in SPLITS:
            raise self._wrong("labels", f"there is no split '{split}', only {', '.join(SPLITS)}")
        self._check_ids(split, segments.ids)
        for what, texts in (("id", segments.ids), ("word", segments.words.values)):
            self._check_text(split, what, texts)
        self._check_labels(split, segments)
        counts, features = Counter(counts), {}
        for name, sequence in segments.features.items():
            self._check_width(split, name, sequence)
            features[name] = self._without_nan(split, name, sequence, counts)
        return replace(segments, features=features), counts

    def finish(self) -> None:
        """Raise EvenfuseError if a split has nothing but repaired values of a modality."""
        for split, name in self._repaired.keys() - self._with_numbers:
            raise self._wrong(
                name,
                f"every value of '{name}' in the split '{split}' is NaN, infinite or 0; "
                "correct them, or leave the modality out",
            )

    def _check_ids(self, split: str, ids: list[str]) -> None:
        for row, segment in enumerate(ids):
            if not segment.strip() or len(segment) > LONGEST_ID:
                has = f"{len(segment)} characters" if segment.strip() else "no characters"
                what = f"the id of segment {row} in the split '{split}' has {has}"
                raise self._wrong("labels", f"{what}; give it 1 to {LONGEST_ID}")
            if segment in self._split_of:
                first = self._split_of[segment]
                where = (
                    f"in the splits '{first}' and '{split}'"
                    if first != split
                    else (f"twice in the split '{split}'")
                )
                raise self._wrong("labels", f"the id {segment!a} is {where}; remove or rename one")
            self._split_of[segment] = split

    def _check_text(self, split: str, what: str, texts: Iterable[str]) -> None:
        for text in texts:
            # HDF5 ends a text at NUL, and UTF-8 takes no half of a surrogate pair
            if "\0" in text or (not text.isascii() and SURROGATE.search(text)):
                of = f"the {what} {text[:40]!a} of the split '{split}'"
                raise self._wrong(
                    "labels", f"{of} has characters that cannot be stored; correct it"
                )

    def _check_labels(self, split: str, segments: Segments) -> None:
        labels, columns = segments.labels, self._columns
        if labels.shape[1] < len(columns):
            has = f"the split '{split}' has {labels.shape[1]} columns of labels"
            needs = f"the metrics predict {len(columns)}: {', '.join(columns)}"
            raise self._wrong("labels", f"{has}, but {needs}")
        names = self._names(labels.shape[1])
        if columns and names and names[: len(columns)] != columns:
            told = f"its labels are {', '.join(names)}, but the metrics predict"
            raise self._wrong("labels", f"{told} {', '.join(columns)}; choose other metrics")
        # what has a name is a label of the same kind: CH-SIMS has one per modality as well
        known = labels[:, : max(len(columns), len(names))] if columns else labels
        low, high, whole = self._range
        fits = np.isfinite(known) & (known >= low) & (known <= high)
        if whole:
            fits &= known == np.round(known)
        for row, column in np.argwhere(~fits)[:1]:
            given = f"the label {known[row, column]:g} of {segments.ids[row]!a}"
            told = f"{given} in the split '{split}' is not {self._range}"
            raise self._wrong("labels", f"{told}; correct it, or choose other metrics")

    def _check_width(self, split: str, name: str, sequence: Ragged) -> None:
        values = sequence.values
        if values.ndim != 2 or values.dtype != np.float32 or not values.shape[1]:
            found = f"{values.shape} of {values.dtype}"
            what = f"'{name}' of the split '{split}' should be (row, feature) of float32"
            raise self._wrong(name, f"{what}, but is {found}")
        width, first = self._widths.setdefault(name, (values.shape[1], split))
        if values.shape[1] != width:
            what = f"'{name}' has {values.shape[1]} features in the split '{split}'"
            raise self._wrong(name, f"{what}, but {width} before, in '{first}'; make them equal")

    def _without_nan(self, split: str, name: str, sequence: Ragged, counts: Counter[str]) -> Ragged:
        values, number = without_nan(sequence.values)
        what = f"NaN or infinite values of {name} set to 0"
        if number:
            counts[what] += number
            finite = np.isfinite(sequence.values).any(axis=1)
            before = np.cumsum([0, *finite])[sequence.offsets]
            counts[f"without a number in {name}"] += int(np.count_nonzero(np.diff(before) == 0))
        if counts[what]:
            self._repaired[split, name] += counts[what]
        if (split, name) not in self._with_numbers and values.any():
            self._with_numbers.add((split, name))
        return Ragged(values, sequence.offsets)

    def _wrong(self, role: str, what: str) -> EvenfuseError:
        return EvenfuseError(f"{self._files.get(role, self._files['labels'])}: {what}")
