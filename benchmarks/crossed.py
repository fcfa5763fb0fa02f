"""Simulate studies whose truth is known: how often gaps are found, and how often intervals hold it.

    python benchmarks/crossed.py --studies 2000

A prediction is the truth and an error, both normal. The error has a part of the segment, one of the
segment for this arm, and one of each seed. Seeds differ in the size of their errors, so that their
accuracies are normal with a deviation of some points; MAE and correlation follow from that.
"""

import argparse
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from itertools import product

import numpy as np
import pandas as pd
from tqdm import tqdm

from evenfuse.evaluation.crossed import gap, mean
from evenfuse.metrics._basics import correlation_contributions

METRICS = ("accuracy", "MAE", "correlation")
ACCURACY, EFFECT = 0.80, 0.02  # of an arm, and what a better one has more
SHARES = {"segment": 0.5, "arm": 0.2, "seed": 0.3}  # of the variance of the errors
SEGMENTS, SEEDS = (200, 656, 4659), (3, 5, 10)
DEVIATIONS = (0.0, 0.005, 0.01, 0.02)  # of the accuracies of seeds

Scores = dict[str, np.ndarray]  # metric -> (seed, segment)
Setting = tuple[int, int, float]  # segments, seeds, deviation


def error_size(accuracy: np.ndarray) -> np.ndarray:
    """Return the size of the errors, in deviations of the truth, that gives such an accuracy."""
    correlation = np.sin(np.pi * (accuracy - 0.5))  # of two normal numbers of equal sign so often
    return np.sqrt(1 / correlation**2 - 1)


@cache
def true_scores(accuracy: float, deviation: float) -> dict[str, float]:
    """Return what endless segments and seeds would score."""
    places, weights = np.polynomial.hermite_e.hermegauss(41)
    sizes = error_size(accuracy + deviation * places)
    of_seeds = (accuracy, sizes * np.sqrt(2 / np.pi), 1 / np.sqrt(1 + sizes**2))
    means = (np.average(np.broadcast_to(each, 41), weights=weights) for each in of_seeds)
    return dict(zip(METRICS, map(float, means), strict=True))


def study(rng: np.random.Generator, setting: Setting) -> tuple[Scores, Scores, Scores]:
    """Return what three arms score: two equal ones, and the first again with better seeds."""
    segments, seeds, deviation = setting
    part = {name: share**0.5 for name, share in SHARES.items()}
    truth, hard = rng.normal(size=segments), part["segment"] * rng.normal(size=segments)
    found = []
    for effects in ((0.0, EFFECT), (0.0,)):
        own = hard + part["arm"] * rng.normal(size=segments)
        errors = own + part["seed"] * rng.normal(size=(seeds, segments))
        luck = deviation * rng.normal(size=(seeds, 1))
        for effect in effects:
            found.append(scored(truth, truth + error_size(ACCURACY + effect + luck) * errors))
    first, better, second = found
    return first, second, better


def scored(truth: np.ndarray, predicted: np.ndarray) -> Scores:
    """Return what each segment contributes to each metric, for every seed."""
    return {
        "accuracy": ((truth > 0) == (predicted > 0)).astype(float),
        "MAE": np.abs(truth - predicted),
        "correlation": np.array([correlation_contributions(truth, seed) for seed in predicted]),
    }


def outcomes(rng: np.random.Generator, setting: Setting) -> dict[str, list[bool]]:
    """Return what happened in a study, without and with an effect, for each metric."""
    first, second, better = study(rng, setting)
    usual, more = (true_scores(ACCURACY + effect, setting[2]) for effect in (0.0, EFFECT))
    happened: dict[str, list[bool]] = {}
    for name in METRICS:
        found, arm = gap(better[name], second[name]), mean(first[name])
        for what, whether in {
            "rejected": gap(first[name], second[name]).p < 0.05,
            "power": found.p < 0.05,
            "gap covered": found.low <= more[name] - usual[name] <= found.high,
            "arm covered": arm.low <= usual[name] <= arm.high,
        }.items():
            happened.setdefault(what, []).append(whether)
    return happened


def row(setting: Setting, studies: int) -> dict[str, str]:
    """Return how often each happened with a setting, in %, for all metrics."""
    rng = np.random.default_rng([int(1000 * number) for number in setting])
    found = [outcomes(rng, setting) for _ in range(studies)]
    shares = {what: 100 * np.mean([one[what] for one in found], axis=0) for what in found[0]}
    segments, seeds, deviation = setting
    return {
        "segments": str(segments),
        "seeds": str(seeds),
        "deviation": f"{100 * deviation:.1f}",
        **{what: " / ".join(f"{each:.1f}" for each in shares[what]) for what in shares},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--studies", type=int, default=1000, help="of each setting")
    settings = list(product(SEGMENTS, SEEDS, DEVIATIONS))
    of_each = partial(row, studies=parser.parse_args().studies)
    with ProcessPoolExecutor() as processes:
        rows = list(tqdm(processes.map(of_each, settings), total=len(settings)))
    print(f"in %, of each: {' / '.join(METRICS)}\n")
    print(pd.DataFrame(rows).to_markdown(index=False, disable_numparse=True))


if __name__ == "__main__":
    main()
