"""What a trained encoder has learnt: the share of a planted part that Z_i carries."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]

# Of the ridge regression, against one per training segment for each feature. Least squares would
# read noise out of features that hardly vary, and so tell an encoder that has learnt nothing by a
# share far below 0.
PENALTY = 1.0
PARTS = {"vectors": "text"}  # words are text, as vectors too


def shares_carried(
    train: Mapping[str, Floats],
    test: Mapping[str, Floats],
    planted_train: pd.DataFrame,
    planted_test: pd.DataFrame,
) -> dict[str, float]:
    """Return, for each modality with a planted part, the share of it that its Z_i carries.

    `train` and `test` are the Z_i (segment, width) of both splits. A modality whose part does not
    vary carries nothing that could be read, and is left out.
    """
    parts = {name: PARTS.get(name, name) for name in train}
    return {
        name: share_carried(
            train[name], planted_train[part].to_numpy(), test[name], planted_test[part].to_numpy()
        )
        for name, part in parts.items()
        if part in planted_test and planted_test[part].std() > 0
    }


def share_carried(train: Floats, part: Floats, test: Floats, test_part: Floats) -> float:
    """Return the share of variance of a part (segment,) that a probe reads from Z (segment, width).

    It is a ridge regression on standardised features, fitted on the training split. The
    share is 1 - (squared error / variance) on the test split: 1 if Z carries all of the part, 0,
    or slightly below, if it carries nothing.
    """
    centre, spread = train.mean(axis=0, dtype=np.float64), train.std(axis=0, dtype=np.float64)
    scale = np.where(spread > 0, spread, 1)
    known, asked = (train - centre) / scale, (test - centre) / scale
    penalties = PENALTY * np.eye(known.shape[1])
    slopes = np.linalg.solve(known.T @ known + penalties, known.T @ (part - part.mean()))
    error = test_part - part.mean() - asked @ slopes
    return float(1 - np.square(error).mean() / test_part.var())
