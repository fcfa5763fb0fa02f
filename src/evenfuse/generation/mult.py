"""A generated pickle in MulT's form of IEMOCAP, with every key, shape and width of the real one.

An emotion is present if the mean of one column over the 20 steps is above 0: column 0 of the text
for neutral, of vision for happy, of the audio for sad, and column 1 of the text for angry.
"""

from pathlib import Path
from typing import Any

import numpy as np

from evenfuse.generation.padded import Rng, planted_sequences, split_sizes, write_pickle

STEPS, TEXT_WIDTH, AUDIO_WIDTH, VISION_WIDTH = 20, 300, 74, 35
SPLITS = {"train": 2717, "valid": 798, "test": 938}
# how often each emotion occurs in the real test split: neutral, happy, sad, angry
SHARES = np.array([383, 135, 193, 227]) / 938
HEIGHT = 0.5


def generate_mult(path: Path, size: int, seed: int) -> dict[str, int]:
    """Write the pickle; return the number of segments per split."""
    rng = np.random.default_rng(seed)
    sizes = split_sizes(size, SPLITS)
    write_pickle(path, {split: _split(count, rng) for split, count in sizes.items()})
    return sizes


def _split(count: int, rng: Rng) -> dict[str, Any]:
    present = rng.random((count, len(SHARES))) < SHARES
    neutral, happy, sad, angry = np.where(present, HEIGHT, -HEIGHT).T
    lengths = np.full(count, STEPS)
    text = np.stack([neutral, angry], axis=1)
    return {
        "vision": planted_sequences(happy[:, None], lengths, (STEPS, VISION_WIDTH), rng),
        "text": planted_sequences(text, lengths, (STEPS, TEXT_WIDTH), rng),
        "audio": planted_sequences(sad[:, None], lengths, (STEPS, AUDIO_WIDTH), rng),
        "labels": np.stack([~present, present], axis=2).astype(np.int64),
    }
