"""The planted truth of a generated corpus: the part of each label that each modality carries."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from evenfuse.errors import EvenfuseError


def read_planted(path: Path, ids: Sequence[str]) -> pd.DataFrame:
    """Return the planted parts and the best predictions, a row per segment, in the order of ids.

    Raises:
        EvenfuseError: if the file cannot be read, or lacks a segment.
    """
    try:
        return pd.read_parquet(path).set_index("id").loc[list(ids)]
    except (OSError, ValueError, KeyError) as error:
        reason = " ".join(str(error).split())
        raise EvenfuseError(
            f"the planted truth {path} cannot be used ({reason}); delete it and run the "
            "workflow again, which fetches it"
        ) from None
