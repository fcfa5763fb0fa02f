"""A run of every model can be cut and goes on exactly, with whatever its objective draws."""

from pathlib import Path

from tests.models.conftest import ONE_EACH, over
from tests.models.small import SMALL
from tests.training.conftest import Make
from tests.training.resuming import check_goes_on_exactly


@over(ONE_EACH)
def test_goes_on_exactly(
    make: Make, tmp_path: Path, vocabulary: Path, name: str, modalities: list[str]
) -> None:
    check_goes_on_exactly(
        make,
        tmp_path,
        modalities=modalities,
        text_encoder=str(vocabulary),
        model={"name": name, **SMALL[name]},
        balancing={"name": "none"},
        training={"epochs": 4, "batch_size": 16},
    )
