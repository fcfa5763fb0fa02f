"""What each test segment contributes to each metric, seed by seed: what is drawn from."""

import numpy as np

from evenfuse.evaluation.predictions import Floats
from evenfuse.metrics import family


def contributions(metrics: str, truth: Floats, predicted: Floats) -> dict[str, Floats]:
    """Return metric -> (seed, segment that counts), whose mean is the metric over the seeds.

    Takes truth (segment, column) and predictions (seed, segment, column). Which segments a metric
    counts depends on the truth alone, so those of two arms pair up.

    Raises:
        EvenfuseError: if the family cannot score such a truth.
    """
    of_seeds = [family(metrics).contributions(truth, seed) for seed in predicted]
    return {name: np.array([seed[name] for seed in of_seeds]) for name in of_seeds[0]}
