"""Write hgraph_cl.safetensors: what the authors' classes make of some segments.

Run it with a clone of github.com/lzjjeff/HGraph-CL (501964a) on the path:
`PYTHONPATH=HGraph-CL python tests/models/golden/hgraph_cl.py`.
"""

from pathlib import Path

import torch
from losses import SupConLoss
from models.model import MultimodalGraphFusionNetwork
from safetensors.torch import save_file
from torch import Tensor, nn

WIDTHS = {"t_size": 7, "v_size": 3, "a_size": 5}
HEADS = {"hidden_size": 8, "num_gnn_heads": 2, "num_gnn_layers": 2, "aug_ratio": 0.2}
DROPOUTS = ("dropout_gnn", "dropout", "dropout_t", "dropout_v", "dropout_a")
NODES = 6
HEAD_WORDS = [[1, 1, 1, 2, 3, 3], [0, 0, 1, 1, 1, 4], [5, 5, 5, 5, 5, 5]]  # per word, its head
LABELS = [1.5, 0.0, -0.5]


class Public(MultimodalGraphFusionNetwork):
    """The public model over states of BERT, [CLS] and [SEP] included, in place of their ids."""

    def _get_encoder(self, modality: str = "t", *args: object) -> object:
        if modality == "t":
            return lambda input_ids, attention_mask: (input_ids,)
        return super()._get_encoder(modality)


def text_graph(heads: list[int]) -> Tensor:
    edges = torch.eye(NODES)
    for word, head in enumerate(heads):
        edges[word, head] = edges[head, word] = 1
    return edges


def main() -> None:
    torch.manual_seed(0)
    model = Public({**WIDTHS, **HEADS, **dict.fromkeys(DROPOUTS, 0.0)}).eval()
    for parameter in model.parameters():
        nn.init.normal_(parameter, std=0.4)
    number, graphs = len(HEAD_WORDS), torch.ones(len(HEAD_WORDS), 3 * NODES, 3 * NODES)
    graphs[:, :NODES, :NODES] = torch.stack([text_graph(heads) for heads in HEAD_WORDS])
    text = torch.randn(number, NODES + 2, WIDTHS["t_size"])
    video, audio = (torch.randn(number, NODES, WIDTHS[name]) for name in ("v_size", "a_size"))
    lengths, labels = torch.full((number,), NODES), torch.tensor(LABELS)
    prediction, *read = model(text, video, audio, lengths, adj_matrix=graphs)
    save_file(
        {
            **{"text": text, "video": video, "audio": audio},
            **{"heads": torch.tensor(HEAD_WORDS), "labels": labels},
            **{f"weights.{name}": p.detach() for name, p in model.named_parameters()},
            "prediction": prediction.detach(),
            **{f"read.{n}": r.detach()[:, 0] for n, r in zip("mtva", read[:4], strict=True)},
            "views": read[5].detach(),
            "supervised": sum(SupConLoss()(r, labels >= 0) for r in read[:4]).detach(),
            "view_contrast": SupConLoss()(read[5]).detach(),
        },
        Path(__file__).with_suffix(".safetensors"),
    )


if __name__ == "__main__":
    main()
