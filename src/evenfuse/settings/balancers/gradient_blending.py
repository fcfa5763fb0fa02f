"""Settings of gradient blending (arXiv 1905.12681)."""

from pydantic import Field

from evenfuse.settings.balancers import BalancerSettings


class Settings(BalancerSettings):
    """Weights of all losses by how well their streams generalise."""

    every: int = Field(5, gt=0, description="epochs between two looks at the streams")
    holdout: float = Field(
        0.1, gt=0, lt=1, description="share of the training split that is looked at, not trained on"
    )
    least_overfitting: float = Field(0.05, gt=0, description="floor of the change dO")
