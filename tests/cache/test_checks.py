"""What a cache refuses or repairs, whatever file its segments come from."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evenfuse.cache.checks import SegmentChecks
from evenfuse.cache.segments import Ragged, Segments, as_float32
from evenfuse.errors import EvenfuseError
from evenfuse.settings.formats.mult import FORMAT as MULT
from evenfuse.settings.metrics import Family
from evenfuse.settings.metrics.iemocap import FAMILY as IEMOCAP
from evenfuse.settings.metrics.sentiment import FAMILY as SENTIMENT
from evenfuse.settings.metrics.sims import FAMILY as SIMS

FILES = {"labels": Path("labels.csd"), "audio": Path("audio.csd")}
ONES = np.ones((4, 3), np.float32)


def segments(
    ids: Sequence[str] = ("a", "b"),
    labels: Any = ((1,), (0,)),
    words: Sequence[str] = ("so", "good"),
    audio: Any = ONES,
) -> Segments:
    """Two segments of one and three rows."""
    return Segments(
        ids=list(ids),
        intervals=np.zeros((2, 2)),
        labels=np.array(labels, np.float32),
        words=Ragged(np.array(words, object), np.array([0, 1, 2])),
        features={"audio": Ragged(np.asarray(audio), np.array([0, 1, 4]))},
    )


def refusal(family: Family | None = None, **changes: Any) -> str:
    checks = SegmentChecks(FILES, family)
    checks.accept("train", segments(ids=["c", "d"]), Counter())
    with pytest.raises(EvenfuseError) as caught:
        checks.accept("test", segments(**changes), Counter())
        checks.finish()
    return str(caught.value)


def test_labels_of_another_meaning_are_refused() -> None:
    emotions = segments(labels=[[0, 1, 0, 0], [1, 0, 0, 0]])
    SegmentChecks(FILES, IEMOCAP, MULT.label_names).accept("train", emotions, Counter())
    with pytest.raises(
        EvenfuseError, match="neutral, happy, sad, angry, but the metrics predict s"
    ):
        SegmentChecks(FILES, SENTIMENT, MULT.label_names).accept("train", emotions, Counter())


def test_good_segments_pass_unchanged() -> None:
    given = segments()
    taken, counts = SegmentChecks(FILES, SENTIMENT).accept("valid", given, Counter(kept=2))
    assert counts == {"kept": 2}
    assert taken.ids == given.ids and taken.labels is given.labels
    assert taken.features["audio"].values is given.features["audio"].values


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"ids": ["a", "a"]}, "the id 'a' is twice in the split 'test'; remove or rename one"),
        ({"ids": ["a", "c"]}, "the id 'c' is in the splits 'train' and 'test'; remove or rename"),
        ({"ids": ["a", " "]}, "the id of segment 1 in the split 'test' has no characters; give"),
        ({"ids": ["a", "b" * 1001]}, "the id of segment 1 in the split 'test' has 1001 characters"),
        ({"ids": ["a", "\ud800"]}, r"the id '\ud800' of the split 'test' has characters that can"),
        ({"ids": ["a", "b\0c"]}, r"the id 'b\x00c' of the split 'test' has characters that"),
        ({"words": ["a", "x\udc00"]}, r"the word 'x\udc00' of the split 'test' has characters"),
    ],
)
def test_ids_and_words_that_cannot_be_are_refused(changes: dict[str, Any], told: str) -> None:
    assert refusal(**changes).startswith(f"labels.csd: {told}")


@pytest.mark.parametrize(
    ("family", "label", "told"),
    [
        (SENTIMENT, 3.5, "the label 3.5 of 'b' in the split 'test' is not a number from -3 to 3"),
        (SIMS, -1.01, "the label -1.01 of 'b' in the split 'test' is not a number from -1 to 1"),
        (None, np.nan, "the label nan of 'b' in the split 'test' is not a number from -inf to inf"),
        (SENTIMENT, np.inf, "the label inf of 'b' in the split 'test' is not a number from -3"),
    ],
)
def test_labels_outside_the_range_are_refused(
    family: Family | None, label: float, told: str
) -> None:
    assert refusal(family, labels=[[0], [label]]).startswith(f"labels.csd: {told}")


@pytest.mark.parametrize("label", [0.5, 2, -1])
def test_emotions_are_there_or_not(label: float) -> None:
    checks = SegmentChecks(FILES, IEMOCAP)
    checks.accept("train", segments(labels=[[0, 1, 1, 0], [0, 0, 0, 0]]), Counter())
    with pytest.raises(EvenfuseError, match=r"of 'c' .* is not a whole number from 0 to 1"):
        checks.accept("test", segments("cd", [[0, 1, label, 0], [0] * 4]), Counter())


def test_labels_per_modality_must_be_in_the_range() -> None:
    names = ("sentiment", "text", "audio", "video")
    checks = SegmentChecks(FILES, SIMS, lambda count: names[:count])
    checks.accept("train", segments(labels=[[0, 1, -1, 1], [0, 0, 0, 0]]), Counter())
    with pytest.raises(EvenfuseError, match=r"the label 1.4 of 'd' in the split 'test' is not a n"):
        checks.accept("test", segments("cd", [[0, 0, 0, 0], [0, 0, 1.4, 0]]), Counter())


def test_only_what_is_predicted_or_has_a_name_must_be_in_the_range() -> None:
    SegmentChecks(FILES, SENTIMENT).accept("train", segments(labels=[[3, 7], [-3, 9]]), Counter())
    with pytest.raises(EvenfuseError, match=r"has 1 columns of labels, but the metrics predict 4"):
        SegmentChecks(FILES, IEMOCAP).accept("train", segments(), Counter())


@pytest.mark.parametrize(
    ("audio", "told"),
    [
        (ONES[:, :2], "'audio' has 2 features in the split 'test', but 3 before, in 'train'"),
        (ONES[:, :0], "'audio' of the split 'test' should be (row, feature) of float32, but is"),
        (ONES.astype(complex), "'audio' of the split 'test' should be (row, feature) of float32"),
        (ONES * np.nan, "every value of 'audio' in the split 'test' is NaN, infinite or 0;"),
    ],
)
def test_features_that_cannot_be_used_name_their_own_file(audio: Any, told: str) -> None:
    assert refusal(audio=audio).startswith(f"audio.csd: {told}")


def test_what_is_not_finite_becomes_0_and_is_counted() -> None:
    audio = ONES.copy()
    audio[0], audio[2, 1] = np.nan, -np.inf
    checks = SegmentChecks(FILES)
    taken, counts = checks.accept("train", segments(audio=audio), Counter(kept=2))
    checks.finish()
    assert taken.features["audio"].values.tolist() == [[0, 0, 0], [1, 1, 1], [1, 0, 1], [1, 1, 1]]
    assert counts == {
        "kept": 2,
        "NaN or infinite values of audio set to 0": 4,
        "without a number in audio": 1,
    }
    assert np.isnan(audio[0]).all()


def test_a_reader_that_repaired_all_there_was_is_told() -> None:
    checks = SegmentChecks(FILES)
    repaired = Counter({"NaN or infinite values of audio set to 0": 12})
    checks.accept("train", segments(audio=ONES * 0), repaired)
    with pytest.raises(EvenfuseError, match="every value of 'audio' in the split 'train'"):
        checks.finish()


def test_zeros_that_nobody_repaired_are_data() -> None:
    checks = SegmentChecks(FILES)
    checks.accept("train", segments(audio=ONES * 0), Counter())
    checks.finish()


def test_an_unknown_split_is_refused() -> None:
    with pytest.raises(EvenfuseError, match="there is no split 'dev', only train, valid, test"):
        SegmentChecks(FILES).accept("dev", segments(), Counter())


def test_only_real_numbers_become_float32() -> None:
    assert as_float32(np.array([1e300, 2]), "x").tolist() == [np.inf, 2]
    for values in (np.array([1j]), np.array(["1"]), np.array([None])):
        with pytest.raises(EvenfuseError, match="here should hold plain numbers, but holds"):
            as_float32(values, "here")
