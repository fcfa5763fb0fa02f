"""Speech: words with a valence, sentences with pauses, and the time of each word."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evenfuse.generation.padded import Floats, Rng

VALENCES = [-1.2, -0.8, -0.4, 0.4, 0.8, 1.2]
SYLLABLES = ["ba", "do", "fi", "ga", "hu", "ka", "li", "mo", "nu", "pe", "ra", "so", "ti", "vu"]


@dataclass(frozen=True)
class Lexicon:
    """Spelling, valence (word,) and vector (word, width) of each word.

    Words with a valence come first; `frequency` is that of the others, whose valence is 0.
    """

    words: list[str]
    valence: Floats
    frequency: Floats
    vectors: NDArray[np.float32]


def make_lexicon(width: int, rng: Rng, size: int = 80, with_valence: int = 18) -> Lexicon:
    """Draw the words of a corpus; the first column of their vectors reveals the valence."""
    spellings = [a + b + c for a in SYLLABLES for b in SYLLABLES for c in ("", "n", "s", "la")]
    words = [str(word) for word in rng.permutation(spellings)[:size]]
    valence = np.zeros(size)
    valence[:with_valence] = rng.permutation(np.resize(VALENCES, with_valence))
    frequency = 1 / np.arange(1, size - with_valence + 1)
    vectors = rng.normal(size=(size, width)).astype(np.float32)
    vectors[:, 0] += 2 * valence
    return Lexicon(words, valence, frequency / frequency.sum(), vectors)


def sentence(lexicon: Lexicon, rng: Rng) -> NDArray[np.int64]:
    """Draw word numbers; -1 is a pause. Two words have a valence, and mostly agree."""
    with_valence = int(np.count_nonzero(lexicon.valence))
    length = int(np.clip(rng.lognormal(2.3, 0.5), 3, 40))
    plain = rng.choice(len(lexicon.frequency), size=length, p=lexicon.frequency) + with_valence
    side = np.flatnonzero(np.sign(lexicon.valence) == rng.choice([-1, 1]))
    loaded = [rng.choice(side), rng.choice(with_valence)]
    plain[rng.choice(length, size=len(loaded), replace=False)] = loaded
    pauses = np.flatnonzero(rng.random(length) < 0.06)
    return np.insert(plain, pauses, -1)


def timing(lengths: list[int], rng: Rng) -> tuple[Floats, Floats]:
    """Return (start, end) in seconds of every word and of every segment, one after the other."""
    durations = [rng.gamma(4.0, 0.075, size=length) + 0.05 for length in lengths]
    gaps = rng.exponential(0.5, size=len(lengths))
    times, bounds, now = [], [], 0.0
    for spoken, gap in zip(durations, gaps, strict=True):
        ends = now + gap + np.cumsum(spoken)
        times.append(np.stack([ends - spoken, ends], axis=1))
        bounds.append((now + gap, ends[-1]))
        now = float(ends[-1])
    return np.concatenate(times), np.array(bounds)
