"""One .npy file of numbers (time, feature)."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evenfuse.cache.segments import as_float32
from evenfuse.datasets.limits import LARGEST, MOST_ROWS
from evenfuse.errors import EvenfuseError
from evenfuse.files import check_readable


def read_npy(path: Path) -> NDArray[np.float32]:
    """Return the features (time, feature) of a file.

    Raises:
        EvenfuseError: if the file is missing, cut, too large or not of this form.
    """
    check_readable(path)
    try:
        # nothing is read yet: a header may promise more than there is
        with np.errstate(over="ignore"):
            stored = np.lib.format.open_memmap(path, mode="r")
    except Exception as error:  # whatever comes of evaluating a bad header
        reason = " ".join(str(error).split()) or type(error).__name__
        raise EvenfuseError(f"{path} is not a .npy file of numbers ({reason})") from None
    if stored.ndim != 2 or not stored.size:
        raise EvenfuseError(f"{path} should be (time, feature) with a row, but is {stored.shape}")
    if len(stored) > MOST_ROWS or stored.nbytes > LARGEST:
        raise EvenfuseError(
            f"{path} is {stored.shape} of {stored.dtype}, and may have {MOST_ROWS} rows and "
            f"{LARGEST} bytes at most"
        )
    if path.stat().st_size != stored.offset + stored.nbytes:
        raise EvenfuseError(f"{path} has more bytes than {stored.shape} of {stored.dtype} take up")
    return as_float32(np.array(stored), str(path))
