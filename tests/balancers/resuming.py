"""The check that training with a balancer can be cut and goes on to the same numbers."""

from pathlib import Path
from typing import Any

import pytest

from tests.training.conftest import Make, fit
from tests.training.test_checkpoint import Epochs, Interruption, StoppedError, numbers


def check_goes_on_exactly(make: Make, tmp_path: Path, balancing: dict[str, Any]) -> None:
    """Fail if a run stopped in epoch 3 goes on elsewhere, or ends other than a whole one."""
    whole = make(balancing=balancing)
    fit(whole, tmp_path / "whole")
    with pytest.raises(StoppedError):
        fit(make(balancing=balancing), tmp_path / "cut", [Interruption(2, 1)])
    resumed, epochs = make(balancing=balancing), Epochs()
    fit(resumed, tmp_path / "cut", [epochs])
    assert epochs.trained == [3, 4]
    assert numbers(resumed) == numbers(whole)
