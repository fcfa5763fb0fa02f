"""Settings of B-fusion."""

from typing import ClassVar

from pydantic import Field

from evenfuse.settings.balancers import BalancerSettings


class Settings(BalancerSettings):
    """Fusion weights that even out how fast the modalities learn, eq. (6)-(10)."""

    fewest_modalities: ClassVar[int] = 2

    learning_rate: float = Field(1.0, gt=0, description="lr_w, of the fusion weights, eq. (10)")
    w_min: float = Field(1e-3, gt=0, description="fusion weights are projected to at least this")
    g_eps: float = Field(1e-8, gt=0, description="floor of the gradient magnitudes g_i")
    r_max: float = Field(100.0, gt=1, description="cap of the threshold factors r_i, eq. (9)")
