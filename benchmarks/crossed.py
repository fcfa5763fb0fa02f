"""Simulate studies whose truth is known: how often gaps are found, and how often intervals hold it.

    python benchmarks/crossed.py --studies 2000

A segment is answered rightly if a sum of normal parts is low enough: how hard it is, how hard it is
for this arm, noise of each seed, and a shift of each seed that moves the accuracy by some points.
"""

import argparse
from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.stats import norm
from tqdm import tqdm

from evenfuse.evaluation.crossed import gap, mean

ACCURACY = 0.8
SHARES = {"segment": 0.5, "arm": 0.2, "seed": 0.3}  # of the variance
SEGMENTS, SEEDS = (200, 656, 4659), (3, 5, 10)
DEVIATIONS = (0.0, 0.5, 1.0, 2.0)  # points
EFFECT = 2.0  # points, to be found


def study(
    rng: np.random.Generator, segments: int, seeds: int, deviation: float, effect: float
) -> list[np.ndarray]:
    """Return two arms of answers (seed, segment), the first better by so many points."""
    density, spread = norm.pdf(norm.ppf(ACCURACY)), {k: v**0.5 for k, v in SHARES.items()}
    hard = spread["segment"] * rng.normal(size=segments)
    arms = []
    for better in (effect, 0.0):
        own = spread["arm"] * rng.normal(size=segments)
        noise = spread["seed"] * rng.normal(size=(seeds, segments))
        shift = deviation / 100 / density * rng.normal(size=(seeds, 1))
        limit = norm.ppf(ACCURACY + better / 100) * np.hypot(1, deviation / 100 / density)
        arms.append((hard + own + noise + shift < limit).astype(float))
    return arms


def rates(studies: int, rng: np.random.Generator, *setting: float) -> dict[str, str]:
    """Return how often a gap is found without and with an effect, and the truth is covered."""
    none = [study(rng, *setting, 0.0) for _ in range(studies)]
    some = [study(rng, *setting, EFFECT) for _ in range(studies)]
    intervals = [mean(arms[0]) for arms in none]
    found = {
        "rejected": np.mean([gap(*arms).p < 0.05 for arms in none]),
        "power": np.mean([gap(*arms).p < 0.05 for arms in some]),
        "covered": np.mean([i.low <= ACCURACY <= i.high for i in intervals]),
    }
    return {name: f"{100 * rate:.1f}" for name, rate in found.items()}


def settings() -> Iterator[tuple[int, int, float]]:
    """Yield segments, seeds, and deviation of the seeds."""
    for segments in SEGMENTS:
        for seeds in SEEDS:
            for deviation in DEVIATIONS:
                yield segments, seeds, deviation


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--studies", type=int, default=1000, help="of each setting")
    studies, rng = parser.parse_args().studies, np.random.default_rng(0)
    rows = [
        {
            "segments": segments,
            "seeds": seeds,
            "deviation of seeds": deviation,
            **rates(studies, rng, segments, seeds, deviation),
        }
        for segments, seeds, deviation in tqdm(list(settings()))
    ]
    print(pd.DataFrame(rows).to_markdown(index=False, disable_numparse=True))


if __name__ == "__main__":
    main()
