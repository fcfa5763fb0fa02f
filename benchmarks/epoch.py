"""Compare an epoch of the proposed model with the bare minimum in plain torch."""

import argparse
import copy
import time
from collections.abc import Callable

import torch
from corpora import epoch_task, made_up_split, round_robin, trainer
from torch import nn

from evenfuse.batching.corpus import Batch
from evenfuse.nn.text import Tokenizer
from evenfuse.training.loop import Trainer

EPILOG = """
Made-up segments with CMU-MOSI's number of tokens (mean 15, at most 50), 74-wide audio and 35-wide
video with a row per token. One process, the tasks in turns, medians after a turn to warm up,
seconds of CPU time.

  bare          the same BERT, LSTMs and head, forward and backward over the same bucketed batches,
                made before the clock starts, and the same optimizer; nothing is logged or checked
  concat        this project's loop: batches, log, no fusion method
  no-gb         the same with A-fusion
  gb            the same with A- and B-fusion, the proposed model
  B-fusion      the part of gb that B-fusion's derivative takes, measured inside of it

Example: python benchmarks/epoch.py --text-encoder FOLDER_OF_A_BERT
"""
VARIANTS = {"concat": ("none", False), "no-gb": ("none", True), "gb": ("b_fusion", True)}


class Bare(nn.Module):
    """BERT, two LSTMs and a head; what the proposed model cannot do without."""

    def __init__(self, run: Trainer):
        super().__init__()
        model = copy.deepcopy(run.state.model)
        self.bert = model.readers["text"].bert
        self.lstms = nn.ModuleDict({m: model.encoders[m].lstm for m in ("audio", "video")})
        self.maps, self.head = model.projections, model.head

    def forward(self, batch: Batch) -> torch.Tensor:
        """Predict a batch."""
        tokens, lengths = batch.sequences["text"], batch.lengths["text"]
        mask = torch.arange(tokens.shape[1]) < lengths[:, None]
        states = self.bert(input_ids=tokens, attention_mask=mask.long()).last_hidden_state
        parts = [self.maps["text"]((states * mask[..., None]).sum(1) / lengths[:, None])]
        for name, lstm in self.lstms.items():
            last = lstm(batch.sequences[name])[0][torch.arange(len(tokens)), lengths - 1]
            parts.append(self.maps[name](last))
        return self.head(torch.cat(parts, dim=1))


def bare_epoch(run: Trainer) -> Callable[[], float]:
    model = Bare(run).train()
    groups = [
        {"params": [p for n, p in model.named_parameters() if not n.startswith("bert")]},
        {"params": model.bert.parameters(), "lr": 5e-5},
    ]
    optimizer = torch.optim.Adam(groups, 1e-3, fused=True)
    batches = [batch for group in run.groups() for batch in group]

    def epoch() -> float:
        begun = time.process_time()
        for batch in batches:
            optimizer.zero_grad()
            nn.functional.l1_loss(model(batch), batch.labels).backward()
            optimizer.step()
        return time.process_time() - begun

    return epoch


def b_fusion_share(run: Trainer) -> float:
    """Return the share of an epoch that the derivative of L_w takes: all but the backward pass."""
    inside = {"balancer": 0.0, "backward": 0.0}
    balance, backward = run.step.balancer.backward, torch.Tensor.backward

    def timed(name: str, function: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object) -> object:
            begun = time.process_time()
            result = function(*arguments)
            inside[name] += time.process_time() - begun
            return result

        return call

    run.step.balancer.backward = timed("balancer", balance)
    torch.Tensor.backward = timed("backward", backward)
    whole = epoch_task(run)()
    run.step.balancer.backward, torch.Tensor.backward = balance, backward
    return (inside["balancer"] - inside["backward"]) / whole


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--text-encoder", required=True, help="folder of a BERT")
    parser.add_argument("--segments", type=int, default=320, help="segments in an epoch (320)")
    parser.add_argument("--repeats", type=int, default=7, help="medians are over so many (7)")
    parser.add_argument("--threads", type=int, default=1, help="of torch (1)")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    split = made_up_split(options.segments)
    encoder = (options.text_encoder, Tokenizer(options.text_encoder))
    runs = {
        name: trainer(
            split,
            *encoder,
            balancing={"name": balancer},
            model={"name": "awf", "a_fusion": a_fusion, "text_pooling": "mean"},
        )
        for name, (balancer, a_fusion) in VARIANTS.items()
    }
    tasks = {"bare": bare_epoch(runs["concat"]), **{n: epoch_task(r) for n, r in runs.items()}}
    tasks["B-fusion, share of gb"] = lambda: b_fusion_share(runs["gb"])
    found = round_robin(tasks, options.repeats)
    share = found.pop("B-fusion, share of gb")
    print(f"{options.segments} segments, {options.threads} thread, torch {torch.__version__}\n")
    print("| epoch | CPU s, median | lowest to highest | ratio to bare |\n|---|---|---|---|")
    for name, times in found.items():
        ratio = times["median"] / found["bare"]["median"]
        span = f"{times['low']:.2f} to {times['high']:.2f}"
        print(f"| {name} | {times['median']:.2f} | {span} | {ratio:.3f} |")
    print(f"\nB-fusion's derivative: {100 * share['median']:.1f} % of gb's epoch")


if __name__ == "__main__":
    main()
