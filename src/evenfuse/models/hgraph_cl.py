"""HGraph-CL: Lin, Liang, Long, Dang, Yang, Zhang and Xu (COLING 2022, 2022.coling-1.622)."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from evenfuse.batching.corpus import Batch, Corpus
from evenfuse.nn import objective
from evenfuse.nn.dropout import Dropout
from evenfuse.nn.graph import Graph, Readout, across, complete, thinned
from evenfuse.nn.model import Output, SentimentModel
from evenfuse.nn.objective import Losses, Task
from evenfuse.nn.pooling import real_steps
from evenfuse.nn.readers import Reader
from evenfuse.nn.supervised_contrast import supervised_contrast, view_contrast
from evenfuse.nn.word_aligned import WordAligned
from evenfuse.settings.models.hgraph_cl import Settings

BOUNDARY = {"bce": 0.5}  # between labels that are not alike; else 0


class Nodes(NamedTuple):
    """A node per token and modality: `states` (batch, node, width) of each, some `real`.

    `real` is (batch, node), and `edges` (batch, node, node) are those inside a modality.
    """

    states: dict[str, Tensor]
    real: Tensor
    edges: dict[str, Tensor]


class Model(WordAligned):
    """A graph across all modalities, which predicts, and one of each, which is for contrast."""

    def __init__(self, settings: Settings, readers: Mapping[str, Reader], outputs: int):
        super().__init__(readers)
        width, joint_width = settings.width, len(readers) * settings.width
        self.edge_drop = settings.edge_drop
        self.words = nn.Linear(self.tokens.width, width)
        self.encoders = nn.ModuleDict(
            {name: BothWays(readers[name].width, width) for name in self.beside_text}
        )
        self.graphs = nn.ModuleDict({name: _graph(settings) for name in readers})
        self.joint_graph = _graph(settings)
        self.readouts = nn.ModuleDict({name: Readout(width) for name in readers})
        self.joint = nn.Sequential(nn.Linear(joint_width, joint_width), nn.ReLU())
        self.head = nn.Sequential(Dropout(settings.dropout), nn.Linear(joint_width, outputs))

    def forward(self, batch: Batch) -> Output:
        """Predict a batch; in training, the parts are two views of every graph (2, batch, ...)."""
        nodes = self._nodes(batch)
        edges = across(list(nodes.edges.values()), nodes.real)
        joint = self._read_joint(nodes, edges)
        return Output(self.head(joint), parts=self._views(nodes, edges, joint))

    def _nodes(self, batch: Batch) -> Nodes:
        """Return the nodes: the tokens but [CLS] and [SEP], or this one if there is no word."""
        lengths = (batch.lengths["text"] - 2).clamp(min=1)
        states = {"text": self.words(self.read(batch, "text")[0][:, 1:]).relu()}
        for name in self.beside_text:
            states[name] = self.encoders[name](self.rows_at_tokens(batch, name)[:, 1:], lengths)
        real = real_steps(states["text"], lengths)
        edges = {name: complete(real) for name in self.beside_text}
        edges["text"] = _text_edges(batch, real)
        ordered = {name: states[name] for name in self.modalities}
        return Nodes(ordered, real, {name: edges[name] for name in self.modalities})

    def _read_joint(self, nodes: Nodes, edges: Tensor) -> Tensor:
        """Return what the graph across the modalities says (batch, modalities * width)."""
        states = self.joint_graph(torch.cat(list(nodes.states.values()), dim=1), edges)
        parts = zip(self.modalities, states.chunk(len(self.modalities), dim=1), strict=True)
        read = [self.readouts[name](part, nodes.real) for name, part in parts]
        joint: Tensor = self.joint(torch.cat(read, dim=1))
        return joint

    def _read_own(self, nodes: Nodes, modality: str, edges: Tensor) -> Tensor:
        """Return what the graph of a modality says (batch, width)."""
        states = self.graphs[modality](nodes.states[modality], edges)
        read: Tensor = self.readouts[modality](states, nodes.real)
        return read

    def _views(self, nodes: Nodes, edges: Tensor, joint: Tensor) -> dict[str, Tensor]:
        """Return every graph as it is and without some edges; nothing outside of training."""
        if not self.training:
            return {}
        views = {"joint": [joint, self._read_joint(nodes, thinned(edges, self.edge_drop))]}
        for name, own in nodes.edges.items():
            both = (own, thinned(own, self.edge_drop))
            views[f"of {name}"] = [self._read_own(nodes, name, graph) for graph in both]
        return {name: torch.stack(pair) for name, pair in views.items()}


class Objective(objective.Objective):
    """Segments of the same sign close to one another, and each close to its other view."""

    def __init__(self, settings: Settings, task: Task, model: SentimentModel, train: Corpus):
        super().__init__(settings, task, model, train)
        self.settings = settings
        self.boundary = BOUNDARY.get(task.name, 0.0)

    def forward(self, output: Output, batch: Batch) -> Losses:
        """Return the task's loss and both contrasts, each with its weight, of a training batch."""
        temperature = self.settings.temperature
        signs = batch.labels[:, : output.prediction.shape[1]] >= self.boundary
        alike = (signs[:, None] == signs).all(dim=2)
        views = output.parts.values()
        supervised = _total(supervised_contrast(whole, alike, temperature) for whole, _ in views)
        between_views = _total(view_contrast(whole, other, temperature) for whole, other in views)
        auxiliary = {
            "supervised_contrast": self.settings.supervised_weight * supervised,
            "view_contrast": self.settings.view_weight * between_views,
        }
        return Losses(self.task(output.prediction, batch.labels), auxiliary)


class BothWays(nn.Module):
    """A bidirectional LSTM as wide as its input, whose states are mapped to nodes, with ReLU."""

    def __init__(self, features: int, width: int):
        super().__init__()
        self.lstm = nn.LSTM(features, features, batch_first=True, bidirectional=True)
        self.map = nn.Linear(2 * features, width)

    def forward(self, rows: Tensor, lengths: Tensor) -> Tensor:
        """Turn rows (batch, node, feature) into nodes (batch, node, width)."""
        packed = pack_padded_sequence(rows, lengths.cpu(), batch_first=True, enforce_sorted=False)
        states, _ = self.lstm(packed)
        padded, _ = pad_packed_sequence(states, batch_first=True, total_length=rows.shape[1])
        nodes: Tensor = self.map(padded).relu()
        return nodes


def _graph(settings: Settings) -> Graph:
    return Graph(settings.width, settings.heads, settings.layers, settings.graph_dropout)


def _text_edges(batch: Batch, real: Tensor) -> Tensor:
    """Return the edges of the text: those between all words, or of a parse if there is one."""
    edges = complete(real)
    if batch.rows is None or batch.heads is None:
        return edges
    rows, heads = batch.rows[:, 1:], batch.heads[:, 1:]
    to_head = heads[:, :, None] == rows[:, None]
    return edges & ((rows[:, :, None] == rows[:, None]) | to_head | to_head.mT)


def _total(losses: Iterable[Tensor]) -> Tensor:
    return torch.stack(list(losses)).sum()
