"""Settings of GradNorm (arXiv 1711.02257)."""

from typing import ClassVar

from pydantic import Field

from evenfuse.settings.balancers import BalancerSettings


class Settings(BalancerSettings):
    """Weights of unimodal losses that even out how fast the modalities learn."""

    fewest_modalities: ClassVar[int] = 2

    alpha: float = Field(1.5, ge=0, description="how strongly a slow modality is pulled up")
    learning_rate: float = Field(0.025, ge=0, description="of the weights of unimodal losses")
    v_min: float = Field(1e-3, gt=0, lt=1, description="these weights stay at least this")
