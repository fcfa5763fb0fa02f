"""A model put together from the settings of a run."""

from collections.abc import Mapping
from importlib import import_module

from torch import nn

from evenfuse.batching.corpus import Corpus
from evenfuse.metrics import family
from evenfuse.nn.inputs import Frames, Input
from evenfuse.nn.model import SentimentModel
from evenfuse.nn.text import Tokens
from evenfuse.settings.run import RunSettings


def build(
    settings: RunSettings, bert: nn.Module | None, widths: Mapping[str, int]
) -> SentimentModel:
    """Build the model of a run; `widths` are the features per frame of all modalities but text."""
    inputs = {name: _input(name, settings, bert, widths) for name in settings.modalities}
    module = import_module(f"evenfuse.models.{settings.model.name}")
    columns = len(family(settings.metrics).COLUMNS)
    model: SentimentModel = module.Model(settings.model, inputs, columns)
    return model


def fit_standardizers(model: SentimentModel, train: Corpus) -> None:
    """Standardise all modalities but text by the training split."""
    for name, reader in model.inputs.items():
        if isinstance(reader, Frames):
            reader.fit(train.sequences[name])


def _input(
    modality: str, settings: RunSettings, bert: nn.Module | None, widths: Mapping[str, int]
) -> Input:
    if modality == "text" and bert is not None:
        return Tokens(bert)
    return Frames(widths[modality], modality in settings.signed_log)
