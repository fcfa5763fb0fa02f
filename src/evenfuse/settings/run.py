"""Settings of one run: one dataset, one optimizer, one variant, one seed."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, SerializeAsAny, ValidationInfo, field_validator

from evenfuse.parts import facts, parse_part
from evenfuse.settings.balancers import BalancerSettings
from evenfuse.settings.metrics import Family
from evenfuse.settings.models import ModelSettings
from evenfuse.settings.strict import Seed, Strict, parse


class GroupSettings(Strict):
    """What is different for the parameters of some modules."""

    learning_rate: float | None = Field(None, gt=0)
    weight_decay: float | None = Field(None, ge=0)


class OptimizerSettings(Strict):
    """The optimizer of all weights but the fusion weights, which always take plain SGD steps."""

    algorithm: Literal["sgd", "adam", "adamw"] = "adam"
    learning_rate: float = Field(1e-3, gt=0)
    text_learning_rate: float = Field(5e-5, gt=0, description="of the BERT text encoder")
    momentum: float = Field(0.9, ge=0, lt=1, description="of SGD; Adam has its own")
    weight_decay: float = Field(0.0, ge=0, description="L2; decoupled from the rates with adamw")
    groups: dict[str, GroupSettings] = Field(
        {}, description="module, e.g. encoders.audio -> its own rate and decay"
    )
    undecayed: list[str] = Field(
        [], description="no weight decay where a parameter's name holds one of these, e.g. bias"
    )
    schedule: Literal["constant", "linear", "cosine"] = Field(
        "constant", description="how the learning rates fall to 0 over all epochs, or do not"
    )
    warmup: float = Field(0.0, ge=0, lt=1, description="share of all steps in which they rise")
    clip_norm: float | None = Field(None, gt=0, description="longest gradient of all weights")
    clip_value: float | None = Field(None, gt=0, description="largest entry of a gradient")


class TrainingSettings(Strict):
    """The loop: batches, epochs, early stopping and selection on the validation split."""

    loss: Literal["l1", "mse", "bce"] = Field(
        description="bce for labels of yes or no; else the first that fits its metrics"
    )
    batch_size: int = Field(32, gt=0)
    accumulate: int = Field(1, gt=0, description="batches per step of the optimizer")
    epochs: int = Field(50, gt=0, description="at most")
    patience: int = Field(8, gt=0, description="epochs without a better validation score")
    modality_dropout: float = Field(
        0.0, ge=0, lt=1, description="chance that a modality is absent from a training segment"
    )
    in_memory: bool = Field(True, description="or read features from the cache batch by batch")
    selection_metric: str = Field(
        description="of the validation split; picks the epoch; else as its metrics say"
    )
    precision: Literal["auto", "float32", "bfloat16"] = Field(
        "auto", description="of the training steps; auto: bfloat16 on a GPU that has it"
    )


class ScratchEncoderSettings(Strict):
    """A BERT trained from scratch, with a WordPiece vocabulary learnt on the training split."""

    vocabulary_size: int = Field(1000, gt=100)
    hidden_size: int = Field(64, gt=0)
    layers: int = Field(1, gt=0)
    heads: int = Field(2, gt=0, description="must divide hidden_size")
    max_tokens: int = Field(128, gt=0)

    @field_validator("heads")
    @classmethod
    def _divides(cls, heads: int, info: ValidationInfo) -> int:
        if info.data.get("hidden_size", heads) % heads:
            raise ValueError("it must divide hidden_size")
        return heads


class ArmSettings(Strict):
    """Everything that decides the runs of an arm but their seeds, after all layers were merged."""

    dataset: str
    optimizer_name: str
    variant: str
    modalities: list[str] = Field(min_length=1)
    metrics: str = Field(description="a family of metrics")
    text_encoder: str = Field(
        description="'scratch', a BERT folder, or NAME or NAME@REVISION on the hub"
    )
    signed_log: list[str] = Field(description="modalities compressed by sign(x) log(1 + |x|)")
    model: SerializeAsAny[ModelSettings]
    balancing: SerializeAsAny[BalancerSettings]
    optimizer: OptimizerSettings
    training: TrainingSettings


class RunSettings(ArmSettings):
    """Everything that decides a run."""

    seed: Seed

    def arm(self) -> ArmSettings:
        """Return the settings that it shares with the other seeds of its arm."""
        return ArmSettings(**{name: getattr(self, name) for name in ArmSettings.model_fields})


def parse_run(values: Mapping[str, Any], where: str) -> RunSettings:
    """Read the settings of a run, those of its model and balancer by classes of their own.

    Loss and selection metric are those of its metrics where they are not given.

    Raises:
        EvenfuseError: for the first wrong key or value, with its path below `where`.
    """
    return parse(RunSettings, _with_parts(values, where), where)


def parse_arm(values: Mapping[str, Any], where: str) -> ArmSettings:
    """Read the settings of an arm; raises as `parse_run` does."""
    return parse(ArmSettings, _with_parts(values, where), where)


def _with_parts(values: Mapping[str, Any], where: str) -> dict[str, Any]:
    model = parse_part("models", values.get("model", {}), f"{where}.model")
    balancer = {"name": "none", **values.get("balancing", {})}
    balancing = parse_part("balancers", balancer, f"{where}.balancing")
    inherited = of_family(values["metrics"]) if "metrics" in values else {}
    training = {**inherited, **values.get("training", {})}
    return {**values, "model": model, "balancing": balancing, "training": training}


def of_family(metrics: str) -> dict[str, str]:
    """Return the settings of training that a family of metrics decides."""
    family: Family = facts("metrics", metrics).FAMILY
    return {"loss": family.losses[0], "selection_metric": family.selected_by}
