"""Settings of LF-DNN; the defaults are those for CMU-MOSI."""

from evenfuse.settings.models._late_fusion import (
    ConcatenationSettings,
    SubnetworkSettings,
    Widths,
    widths,
)


class Settings(SubnetworkSettings, ConcatenationSettings):
    """Late fusion of averaged audio and video and of the text."""

    widths: Widths = widths(text=256, audio=16, video=128)
