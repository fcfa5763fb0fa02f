"""The check that training with a balancer can be cut and goes on to the same numbers."""

from pathlib import Path
from typing import Any

import pytest

from tests.training.conftest import Make, fit
from tests.training.test_checkpoint import Interruption, StoppedError, numbers


def check_goes_on_exactly(make: Make, tmp_path: Path, balancing: dict[str, Any]) -> None:
    """Fail if a run that was stopped in its third epoch ends other than a whole one."""
    whole = make(balancing=balancing)
    fit(whole, tmp_path / "whole")
    with pytest.raises(StoppedError):
        fit(make(balancing=balancing), tmp_path / "cut", [Interruption(2, 1)])
    resumed = make(balancing=balancing)
    fit(resumed, tmp_path / "cut")
    assert numbers(resumed) == numbers(whole)
