"""Settings of OGM-GE (arXiv 2203.15332)."""

from pydantic import Field

from evenfuse.settings.balancers._window import InSomeEpochs


class Settings(InSomeEpochs):
    """Gradients of the modalities that lead are scaled down."""

    alpha: float = Field(0.3, ge=0, description="how much a lead slows a modality down; 0: not")
    noise: bool = Field(False, description="add noise to the encoders' gradients (GE)")
