"""Tables of the project's own as Parquet files, sealed against damage."""

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow
import pyarrow.parquet

from evenfuse.checksums import SEAL, read_sealed, seal
from evenfuse.damage import DamagedError, reading
from evenfuse.files import write_aside

if TYPE_CHECKING:
    import pandas as pd  # it takes half a second to import


def write_parquet(path: Path, table: pyarrow.Table) -> None:
    """Write a table, whole or not at all; raise as `write_aside`."""
    with write_aside(path) as aside:
        pyarrow.parquet.write_table(table.replace_schema_metadata({"seal": SEAL}), aside)
        seal(aside)


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
