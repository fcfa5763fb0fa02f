"""What a linear probe reads from representations, against shares that are known."""

import numpy as np
import pandas as pd
import pytest

from evenfuse.evaluation.probe import share_carried, shares_carried

RNG = np.random.default_rng(0)
TRAIN, TEST = (RNG.normal(size=(n, 4)) for n in (2000, 1000))
PART, TEST_PART = (z @ [1.0, -2.0, 0.5, 0.0] + 3 for z in (TRAIN, TEST))


def test_all_of_a_part_that_is_a_linear_map_of_z_is_carried() -> None:
    assert share_carried(TRAIN, PART, TEST, TEST_PART) == pytest.approx(1, abs=1e-5)
    scaled = np.array([1e-3, 1e3, 1.0, 1.0])
    assert share_carried(TRAIN * scaled, PART, TEST * scaled, TEST_PART) > 0.9999


def test_noise_in_z_leaves_the_share_of_the_signal() -> None:
    noisy = [part[:, None] + RNG.normal(size=(len(part), 1)) for part in (PART, TEST_PART)]
    signal = TEST_PART.var()
    share = share_carried(noisy[0], PART, noisy[1], TEST_PART)
    assert share == pytest.approx(signal / (signal + 1), abs=0.03)


def test_a_z_without_the_part_carries_nothing() -> None:
    other, other_test = (RNG.normal(size=len(z)) for z in (TRAIN, TEST))
    assert share_carried(TRAIN, other, TEST, other_test) == pytest.approx(0, abs=0.01)
    dead, dead_test = np.zeros_like(TRAIN), np.zeros_like(TEST)
    assert share_carried(dead, PART, dead_test, TEST_PART) == pytest.approx(0, abs=0.01)


def test_the_probe_is_worked_by_hand() -> None:
    """Z = (-1, 1), part (-1, 1): slope 2 / (2 + 1); on a test Z of 1 and -1 it says 2/3, -2/3."""
    z, part = np.array([[-1.0], [1.0]]), np.array([-1.0, 1.0])
    assert share_carried(z, part, -z, -part) == pytest.approx(1 - (1 / 3) ** 2)


def test_word_vectors_carry_the_texts_part_and_a_silent_modality_has_no_share() -> None:
    parts = pd.DataFrame({"text": PART, "audio": 0.0, "video": TRAIN[:, 3]})
    z = {"vectors": TRAIN[:, :3], "audio": TRAIN, "video": TRAIN[:, :3], "other": TRAIN}
    shares = shares_carried(z, z, parts, parts)
    assert list(shares) == ["vectors", "video"]
    assert shares["vectors"] > 0.99
    assert shares["video"] == pytest.approx(0, abs=0.01)
