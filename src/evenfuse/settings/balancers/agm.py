"""Settings of AGM (arXiv 2308.07686)."""

from typing import Literal

from pydantic import Field

from evenfuse.settings.balancers._window import InSomeEpochs


class Settings(InSomeEpochs):
    """Responses of the modalities that are ahead of their past are scaled down."""

    alpha: float = Field(1.0, ge=0, description="how much; 0: not")
    cap: float = Field(7.0, gt=0, description="most that tau - r counts for")
    scale: Literal["responses", "encoders"] = Field(
        "responses", description="what is scaled; published: responses"
    )
