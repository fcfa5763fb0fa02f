"""Settings of MMPareto (arXiv 2405.17730)."""

from typing import Literal

from pydantic import Field

from evenfuse.settings.balancers import BalancerSettings


class Settings(BalancerSettings):
    """Directions that lower the task's loss and each unimodal loss at once."""

    gamma: float = Field(1.5, gt=0, description="factor on the gradients of all encoders")
    level: Literal["representation", "parameters"] = Field(
        "representation", description="whose gradients are compared; published: parameters"
    )
