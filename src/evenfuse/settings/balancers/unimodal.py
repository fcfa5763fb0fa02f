"""Settings of unimodal losses with fixed weights."""

from pydantic import Field

from evenfuse.settings.balancers import BalancerSettings


class Settings(BalancerSettings):
    """A head per modality, and its loss beside the task's."""

    weight: float = Field(1.0, ge=0, description="of each unimodal loss")
