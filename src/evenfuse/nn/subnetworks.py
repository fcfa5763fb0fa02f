"""Encoders that late-fusion models share, one per modality."""

from collections.abc import Mapping

from evenfuse.nn.encoders import Encoder, LstmEncoder, MeanDnn, WithDropout, pooled_text
from evenfuse.nn.readers import Reader
from evenfuse.settings.models._late_fusion import LateFusionSettings, SubnetworkSettings


def lstms(settings: LateFusionSettings, readers: Mapping[str, Reader]) -> dict[str, Encoder]:
    """Return an LSTM per modality, as wide as its Z_i; for text, pool the states of BERT."""
    return {
        name: _text(settings, reader)
        if name == "text"
        else _lstm(settings, reader, settings.widths[name])
        for name, reader in readers.items()
    }


def subnetworks(settings: SubnetworkSettings, readers: Mapping[str, Reader]) -> dict[str, Encoder]:
    """Return the subnetworks of the Tensor Fusion Network (Zadeh et al. 2017, sec. 4.1).

    Word vectors go through an LSTM, the states of BERT are pooled, and every other modality is
    averaged over its real frames and goes through three maps.
    """
    return {name: _subnetwork(settings, name, reader) for name, reader in readers.items()}


def _subnetwork(settings: SubnetworkSettings, modality: str, reader: Reader) -> Encoder:
    if modality == "text":
        return _text(settings, reader)
    if modality == "vectors":
        return _lstm(settings, reader, settings.lstm_size)
    return MeanDnn(reader.width, settings.widths[modality], settings.dropout)


def _text(settings: LateFusionSettings, reader: Reader) -> Encoder:
    return WithDropout(pooled_text(reader.width, settings.text_pooling), settings.dropout)


def _lstm(settings: LateFusionSettings, reader: Reader, width: int) -> Encoder:
    return WithDropout(LstmEncoder(reader.width, width), settings.dropout)
