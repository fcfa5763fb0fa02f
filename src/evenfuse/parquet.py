"""Tables of the project's own as Parquet files, sealed against damage."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow
import pyarrow.parquet
from numpy.typing import NDArray

from evenfuse.checksums import SEAL, read_sealed, seal
from evenfuse.damage import DamagedError, reading
from evenfuse.files import write_aside

if TYPE_CHECKING:
    import pandas as pd  # it takes half a second to import


def write_parquet(path: Path, columns: Mapping[str, Sequence[str] | NDArray[Any]]) -> None:
    """Write columns of texts or numbers, whole or not at all; raise as `write_aside`."""
    arrays = [_array(values) for values in columns.values()]
    table = pyarrow.Table.from_arrays(arrays, list(columns)).replace_schema_metadata({"seal": SEAL})
    with write_aside(path) as aside:
        pyarrow.parquet.write_table(table, aside)
        seal(aside)


def _array(values: Sequence[str] | NDArray[Any]) -> pyarrow.Array:
    # from buffers, since `pyarrow.array` imports pandas
    if isinstance(values, np.ndarray):
        kind, content = pyarrow.from_numpy_dtype(values.dtype), np.ascontiguousarray(values)
        return pyarrow.Array.from_buffers(kind, len(values), [None, pyarrow.py_buffer(content)])
    texts = [text.encode() for text in values]
    ends = np.cumsum([0, *map(len, texts)], dtype=np.int32)
    buffers = [None, pyarrow.py_buffer(ends), pyarrow.py_buffer(b"".join(texts))]
    return pyarrow.Array.from_buffers(pyarrow.utf8(), len(texts), buffers)


def read_parquet(path: Path) -> "pd.DataFrame":
    """Read a table that `write_parquet` or other software wrote.

    Raises:
        EvenfuseError: if it is missing, cannot be read, or is damaged: then it is set aside.
    """
    import pandas as pd

    with reading("table", path):
        content = read_sealed(path)
        try:
            return pd.read_parquet(BytesIO(content))
        except (pyarrow.ArrowException, OSError, ValueError, KeyError) as error:
            raise DamagedError(" ".join(str(error).split())) from None
