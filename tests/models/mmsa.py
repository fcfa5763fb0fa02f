"""MMSA 2.2.1 as its golden files tell of it: weights, inputs and outputs of its small models."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from evenfuse.batching.corpus import Batch

Tensors = dict[str, Tensor]


@dataclass(frozen=True)
class Golden:
    """A model of MMSA: its weights by its own names, what it was given and what it gave."""

    weights: Tensors
    inputs: Tensors
    outputs: Tensors

    def batch(self, *modalities: str) -> Batch:
        """The inputs of these modalities as a batch; without padding, if no lengths were given."""
        sequences = {name: self.inputs[name] for name in modalities}
        segments = len(sequences[modalities[0]])
        lengths = {
            name: self.inputs.get("lengths", torch.full((segments,), sequence.shape[1]))
            for name, sequence in sequences.items()
        }
        labels = self.inputs.get("labels", torch.zeros(segments, 1))
        return Batch(sequences, lengths, labels, torch.arange(segments))

    def expected(self, case: str) -> Tensor:
        """The predictions in one case; they are far from one another."""
        assert self.outputs[case].std() > 0.05
        return self.outputs[case]


def golden(name: str) -> Golden:
    """Read the golden file of one of our models."""
    tensors = load_file(Path(__file__).parent / f"golden/{name}.safetensors")
    return Golden(*(under(room, tensors) for room in ("weights", "inputs", "outputs")))


def under(part: str, tensors: Mapping[str, Tensor]) -> Tensors:
    """The tensors of a part, by the rest of their names."""
    begin = f"{part}."
    return {name.removeprefix(begin): t for name, t in tensors.items() if name.startswith(begin)}


def take_over(model: nn.Module, weights: Tensors, parts: Mapping[str, str]) -> None:
    """Copy every parameter and statistic of a model of ours from MMSA's part of the same role."""
    for key, value in model.state_dict().items():
        if key.startswith("readers.") or key == "fusion_weights":
            continue
        part = next(part for part in parts if key == part or key.startswith(f"{part}."))
        value.copy_(weights[parts[part] + key[len(part) :]].reshape(value.shape))
