"""A model put together from the settings of a run."""

from collections.abc import Mapping
from importlib import import_module

from torch import nn
from transformers import BertModel

from evenfuse.batching.corpus import Corpus
from evenfuse.metrics import family
from evenfuse.nn.late_fusion import LateFusion
from evenfuse.nn.sequences import LstmEncoder, Standardizer
from evenfuse.nn.text import TextEncoder
from evenfuse.settings.run import RunSettings


def build(settings: RunSettings, bert: BertModel | None, widths: Mapping[str, int]) -> LateFusion:
    """Build the model of a run; `widths` are the features per frame of audio and video."""
    encoders = {name: _encoder(name, settings, bert, widths) for name in settings.modalities}
    module = import_module(f"evenfuse.models.{settings.model.name}")
    columns = len(family(settings.metrics).COLUMNS)
    model: LateFusion = module.Model(settings.model, encoders, columns)
    return model


def fit_standardizers(model: LateFusion, train: Corpus) -> None:
    """Standardise audio and video by the training split."""
    for name, encoder in model.encoders.items():
        if isinstance(encoder, LstmEncoder):
            encoder.standardizer.fit(train.sequences[name])


def _encoder(
    modality: str, settings: RunSettings, bert: BertModel | None, widths: Mapping[str, int]
) -> nn.Module:
    if modality == "text" and bert is not None:
        return TextEncoder(bert, settings.model.text_pooling)
    standardizer = Standardizer(widths[modality], modality in settings.signed_log)
    return LstmEncoder(standardizer, settings.model.hidden_size)
