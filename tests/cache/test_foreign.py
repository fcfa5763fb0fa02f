"""Files that are no caches."""

from pathlib import Path

import h5py
import pytest

from evenfuse.cache.reading import read_cache
from evenfuse.errors import EvenfuseError


@pytest.mark.parametrize("name", ["mine.h5", "table.csv"])
def test_a_file_of_someone_else_is_left_alone(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    if name.endswith(".h5"):
        h5py.File(file, "w").close()
    else:
        file.write_text("id,label\n")
    with pytest.raises(EvenfuseError, match=f"{name} is not a cache that evenfuse wrote: "):
        read_cache(file)
    assert [path.name for path in tmp_path.iterdir()] == [name]
