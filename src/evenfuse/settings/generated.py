"""The files of a generated corpus, which its generator writes and its entry need not name."""

from collections.abc import Mapping
from typing import Any

FILES = {role: f"demo_{role}.csd" for role in ("words", "labels", "vectors", "audio", "video")}
FOLDS = "demo_folds.json"
PLANTED = "demo_planted.parquet"


def with_generated_files(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry with the names of its files; they can be left out (null), not chosen.

    Raises:
        ValueError: for a file that the generator does not make.
    """
    given = entry.get("files", {})
    if not isinstance(given, Mapping):
        return dict(entry)  # pydantic reports what is wrong with it
    named = {**FILES, **given}
    for role, name in named.items():
        if name not in (None, FILES.get(role)):
            made = FILES.get(role, "no file")
            raise ValueError(f"the generator makes {made} for the role '{role}', not '{name}'")
    for role, made in (("folds", FOLDS), ("planted", PLANTED)):
        if entry.get(role, made) not in (None, made):
            raise ValueError(f"the generator makes {made} for '{role}', not '{entry[role]}'")
    return {"folds": FOLDS, "planted": PLANTED, **entry, "files": named}
