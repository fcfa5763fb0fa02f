"""Settings of the Tensor Fusion Network; the defaults are those for CMU-MOSI."""

from pydantic import Field

from evenfuse.settings.models._late_fusion import HeadSettings, SubnetworkSettings, Widths, widths


class Settings(SubnetworkSettings, HeadSettings):
    """Fusion by the outer product of all modalities."""

    widths: Widths = widths(text=32, audio=32, video=128)
    dropout: float = Field(0.3, ge=0, lt=1, description="in each modality's network")
    post_dim: int = Field(64, gt=0, description="hidden width of the prediction head")
    post_dropout: float = Field(0.5, ge=0, lt=1, description="before the prediction head")
    limit: float | None = Field(
        None, gt=0, description="predictions stay within this and its negative; null: anywhere"
    )
