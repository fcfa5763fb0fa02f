"""Settings of LF-LSTM."""

from evenfuse.settings.models._late_fusion import ConcatenationSettings


class Settings(ConcatenationSettings):
    """Late fusion of an LSTM per modality."""
