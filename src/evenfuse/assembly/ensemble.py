"""What several trained models, mostly seeds of one arm, say of the same segments."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evenfuse.assembly.trained import TrainedModel
from evenfuse.cache.segments import Segments
from evenfuse.metrics import family
from evenfuse.nn.model import Output

Column = tuple[str, Sequence[str] | NDArray[Any]]


def answers(models: Sequence[TrainedModel], segments: Segments, device: str) -> dict[str, Any]:
    """Return the columns of a table with a row per segment, for models of the same outputs.

    ``id``, ``prediction`` (the mean of the models), ``class`` in words if the metrics know any;
    of several models also ``spread`` (their standard deviation) and ``prediction_1`` and so on;
    ``w_text`` and so on of a late-fusion model: its fusion weights, the same for every segment,
    and ``a_text`` and so on, the attention of A-fusion. Of several outputs, each has its name at
    the end: ``prediction_happy``.

    Raises:
        EvenfuseError: if the segments do not fit a model.
    """
    # all are read before the first computes, so that what does not fit is told at once
    read = [model.read(segments) for model in models]
    outputs = [model.answer(corpus, device) for model, corpus in zip(models, read, strict=True)]
    return {
        "id": segments.ids,
        **dict(_predicted(models, outputs)),
        **dict(_fused(models, outputs)),
    }


def _predicted(models: Sequence[TrainedModel], outputs: Sequence[Output]) -> Iterator[Column]:
    each = np.stack([output.prediction.numpy() for output in outputs])
    mean, names = each.mean(axis=0), models[0].outputs
    endings = [f"_{name}" for name in names] if len(names) > 1 else [""]
    for column, ending in enumerate(endings):
        yield f"prediction{ending}", mean[:, column]
    if in_words := family(models[0].settings.metrics).in_words:
        yield "class", in_words(mean)
    if len(models) == 1:
        return
    for column, ending in enumerate(endings):
        yield f"spread{ending}", each[:, :, column].std(axis=0, ddof=1)
        for number, predicted in enumerate(each, start=1):
            yield f"prediction{ending}_{number}", predicted[:, column]


def _fused(models: Sequence[TrainedModel], outputs: Sequence[Output]) -> Iterator[Column]:
    weights = np.stack([model.network.fusion_weights.cpu().numpy() for model in models]).mean(
        axis=0
    )
    for name, weight in zip(
        models[0].modalities, weights, strict=False
    ):  # none without late fusion
        yield f"w_{name}", np.full(len(outputs[0].prediction), weight)
    attention = [output.attention.numpy() for output in outputs if output.attention is not None]
    if len(attention) == len(models):
        for name, paid in zip(models[0].modalities, np.mean(attention, axis=0).T, strict=True):
            yield f"a_{name}", paid
