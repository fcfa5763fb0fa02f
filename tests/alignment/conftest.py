from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from evenfuse.alignment.intervals import EPSILON

Nasty = Callable[[np.random.Generator, int], NDArray[np.float64]]


@pytest.fixture(scope="session")
def nasty() -> Nasty:
    return nasty_intervals


def nasty_intervals(rng: np.random.Generator, rows: int) -> NDArray[np.float64]:
    """Unsorted, overlapping, reversed and empty intervals whose borders meet within an epsilon."""
    borders = np.linspace(0, 0.3, 16)
    shifts = EPSILON * np.array([0, 0, 0, -1, 1, -0.5, 0.5, -2, 2])
    lengths = np.array([0, EPSILON / 2, EPSILON, 2 * EPSILON, 0.02, 0.02, 0.02, 0.1, 0.3, -0.02])
    starts = rng.choice(borders, rows) + rng.choice(shifts, rows)
    ends = starts + rng.choice(lengths, rows) + rng.choice(shifts, rows)
    return np.nextafter(np.stack((starts, ends), axis=1), rng.choice([-np.inf, np.inf], (rows, 2)))
