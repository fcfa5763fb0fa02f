"""Settings of low-rank multimodal fusion; the defaults are those for CMU-MOSI."""

from pydantic import Field

from evenfuse.settings.models._late_fusion import SubnetworkSettings, Widths, widths


class Settings(SubnetworkSettings):
    """Fusion by a low-rank map of the outer product of all modalities."""

    widths: Widths = widths(text=64, audio=16, video=128)
    dropout: float = Field(0.3, ge=0, lt=1, description="in each modality's network")
    rank: int = Field(3, gt=0, description="of the map of the outer product")
