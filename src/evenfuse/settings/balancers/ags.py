"""Settings of AGS (ACM TOMM 2025)."""

from typing import Literal

from pydantic import Field

from evenfuse.settings.balancers._window import InSomeEpochs


class Settings(InSomeEpochs):
    """Gradients of the encoders that have the largest are scaled down."""

    alpha: float = Field(0.5, ge=0, description="how much; 0: not")
    norms: Literal["last_map", "encoder"] = Field(
        "last_map", description="whose gradients are measured; published: all of an encoder"
    )
