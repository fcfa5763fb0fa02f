"""One training step."""

from collections.abc import Callable

from torch import Tensor
from torch.nn import functional
from torch.optim import Optimizer

from evenfuse.balancing import Balancing
from evenfuse.batching.corpus import Batch
from evenfuse.nn.model import SentimentModel

Loss = Callable[[Tensor, Tensor], Tensor]
LOSSES: dict[str, Loss] = {
    "l1": functional.l1_loss,
    "mse": functional.mse_loss,
    "bce": functional.binary_cross_entropy_with_logits,
}


def training_step(
    model: SentimentModel, balancer: Balancing, optimizer: Optimizer, loss: Loss, batch: Batch
) -> dict[str, Tensor]:
    """Take one step on a batch, algorithm 1 lines 10-17.

    The balancer steps the fusion weights and the optimizer all others, both from the gradients of
    the same forward pass. Returns numbers to log, each () or (modality,), still on the device.
    """
    optimizer.zero_grad()
    output = model(batch)
    task_loss = loss(output.prediction, batch.labels)
    balance = balancer.backward(task_loss, model.last_map_weights())
    optimizer.step()
    return {"train_loss": task_loss.detach(), **output.watched, **balance}
