"""The check that a run can be cut and goes on to the same numbers."""

from pathlib import Path
from typing import Any

import pytest
import torch

from evenfuse.training.loop import Trainer
from tests.training.conftest import Make, fit
from tests.training.test_checkpoint import Epochs, Interruption, StoppedError, numbers


def check_goes_on_exactly(make: Make, tmp_path: Path, **parts: Any) -> tuple[Trainer, Trainer]:
    """Fail if a run stopped in epoch 3 goes on elsewhere, or ends other than a whole one.

    Returns the whole run and the one that went on.
    """
    whole = make(**parts)
    fit(whole, tmp_path / "whole")
    with pytest.raises(StoppedError):
        fit(make(**parts), tmp_path / "cut", [Interruption(2, 1)])
    resumed, epochs = make(**parts), Epochs()
    fit(resumed, tmp_path / "cut", [epochs])
    assert epochs.trained == [3, 4]
    assert numbers(resumed) == numbers(whole)
    weights = resumed.state.weights()
    assert all(torch.equal(weights[key], value) for key, value in whole.state.weights().items())
    return whole, resumed
