"""MulT: its size, and who attends to whom."""

import torch

from evenfuse.models.mult import Model
from evenfuse.settings.models.mult import Settings
from tests.models.conftest import Make
from tests.models.parts import count, frames, linear


def block(width: int) -> int:
    """Four maps, one without a shift; two maps from and to four times the width; two norms."""
    attention = 4 * linear(width, width) - width
    feed_forward = linear(width, 4 * width) + linear(4 * width, width)
    return attention + feed_forward + 2 * 2 * width


def transformer(width: int, layers: int) -> int:
    return layers * block(width) + 2 * width


def head(width: int) -> int:
    return 2 * linear(width, width) + linear(width, 1)


def model_of(widths: dict[str, int], **settings: object) -> Model:
    return Model(Settings(name="mult", **settings), frames(widths), 1)


def test_parameter_count_of_the_published_size() -> None:
    # CMU-MOSEI with GloVe at MulT's public settings, published as 1.07 M
    model = model_of({"text": 300, "audio": 74, "video": 35})
    convolutions = (300 + 74 + 35) * 30
    expected = convolutions + 6 * transformer(30, 5) + 3 * transformer(60, 5) + head(180)
    assert count(model) == expected == 1_071_931


def test_parameter_count_of_two_modalities(make: Make) -> None:
    model, corpus, _ = make("mult", ["audio", "video"])
    widths = corpus.widths()
    convolutions = (3 * widths["audio"] + widths["video"]) * 8
    expected = convolutions + 2 * transformer(8, 2) + 2 * transformer(8, 1) + head(16)
    assert count(model) == expected


def test_everyone_attends_to_everyone_else() -> None:
    model = model_of({"text": 4, "audio": 5, "video": 6})
    pairs = {target: list(sources) for target, sources in model.crossmodal.items()}
    assert pairs == {
        "text": ["audio", "video"],
        "audio": ["text", "video"],
        "video": ["text", "audio"],
    }


def test_attention_is_dropped_by_what_is_attended_to() -> None:
    model = model_of({"a": 4, "b": 5}, attention_dropout={"a": 0.5}, self_attention_dropout=0.25)
    dropouts = {
        "to a": model.crossmodal["b"]["a"],
        "to b": model.crossmodal["a"]["b"],
        "memory": model.memories["a"],
    }
    assert {key: t.blocks[0].attention.dropout for key, t in dropouts.items()} == {
        "to a": 0.5,
        "to b": 0,
        "memory": 0.25,
    }


def test_one_number_per_column_and_segment(make: Make) -> None:
    model, corpus, _ = make("mult", ["text", "audio"])
    output = model(corpus.batch(torch.arange(3)))
    assert output.prediction.shape == (3, 1)
    assert output.logged == {}
