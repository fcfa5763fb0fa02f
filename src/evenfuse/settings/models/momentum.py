"""Settings of the model with momentum distillation (docs/momentum.md)."""

from collections.abc import Sequence
from typing import Literal, Self

from pydantic import Field, model_validator

from evenfuse.settings.models._cross_modal import CrossModalSettings, Share


class Settings(CrossModalSettings):
    """Gated and attended modalities that learn from a moving average, then text-guided fusion."""

    width: int = Field(40, ge=4, description="d, of every sequence after its projection")
    layers: int = Field(2, gt=0, description="of every co-attention")
    self_layers: int = Field(2, gt=0, description="of the attention inside each modality")
    causal: bool = Field(False, description="no step attends to what comes later than itself")
    embedding_dropout: Share = Field(0.1, description="of what enters a transformer")

    gate: bool = Field(True, description="re-weight every feature at every time step")
    gate_reduction: int = Field(4, gt=0, description="the gate's inner width is width over this")
    gate_context: Literal["step", "segment"] = Field(
        "step", description="what the gate sees: the step, or also the mean of the segment"
    )
    gate_position: Literal["before", "after"] = Field(
        "before", description="whether the gate comes before or after the attention"
    )
    pooling: Literal["attention", "mean"] = Field(
        "attention", description="of a sequence over its steps"
    )
    co_attention: Literal["none", "text", "both"] = Field(
        "text", description="text attends to the others; both: and they to the text"
    )

    teacher: bool = Field(True, description="false: no moving average, no queue")
    teacher_text: Literal["shared", "own"] = Field(
        "shared", description="whether the teacher reads the student's BERT or averages its own"
    )
    momentum: float = Field(0.995, ge=0, lt=1, description="of the moving average")
    momentum_warmup: bool = Field(True, description="start with less momentum, (1 + t) / (10 + t)")
    alpha: float = Field(0.4, ge=0, le=1, description="share of the teacher in the targets")
    alpha_epochs: float = Field(1.0, ge=0, description="epochs in which that share rises from 0")
    queue: int = Field(512, gt=0, description="keys of earlier segments")

    contrast_weight: float = Field(0.1, ge=0, description="of the contrast between modalities")
    contrast_width: int = Field(64, gt=0, description="e, of what is compared")
    pairs: Literal["all", "with_guide"] = Field(
        "all", description="which modalities are compared: all, or each with the text"
    )
    temperature: float = Field(0.07, ge=0.001, le=0.5, description="of the contrast, at the start")
    learn_temperature: bool = Field(True, description="train it, within 0.001 and 0.5")
    polarity: Literal["contrast", "classify", "both", "none"] = Field(
        "contrast", description="what the sign of the label supervises; none: each with itself"
    )
    polarity_weight: float = Field(0.1, ge=0, description="of the loss of classified polarities")
    neutral: Literal["own", "with_positive", "without"] = Field(
        "own", description="what a label of 0 is: a polarity of its own, positive, or none"
    )
    distil_prediction: float = Field(0.0, ge=0, description="weight of the teacher's prediction")
    evaluate: Literal["student", "teacher"] = Field(
        "student", description="which of the two predicts and selects the epoch"
    )

    @model_validator(mode="after")
    def _teacher_is_there(self) -> Self:
        if self.evaluate == "teacher" and not self.teacher:
            raise ValueError("evaluate: teacher needs teacher: true")
        if self.distil_prediction and not self.teacher:
            raise ValueError("distil_prediction needs teacher: true")
        return self

    @property
    def classifies(self) -> bool:
        """Whether polarities are classified."""
        return self.polarity in ("classify", "both") and self.polarity_weight > 0

    @property
    def taught(self) -> bool:
        """Whether any loss needs the teacher."""
        compared = self.contrast_weight > 0 or self.classifies
        return self.teacher and (compared or self.distil_prediction > 0)


def guide_of(modalities: Sequence[str]) -> str:
    """Return the modality that guides the fusion: the text, as words or vectors, or the first."""
    texts = [name for name in modalities if name in ("text", "vectors")]
    return texts[0] if texts else modalities[0]
