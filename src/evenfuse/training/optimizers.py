"""The optimizer of all weights but the fusion weights, and the schedule of its learning rates."""

import math

from torch.optim import SGD, Adam, Optimizer
from torch.optim.lr_scheduler import LambdaLR

from evenfuse.nn.model import SentimentModel
from evenfuse.settings.run import OptimizerSettings


def build_optimizer(settings: OptimizerSettings, model: SentimentModel) -> Optimizer:
    """Build SGD with momentum, or Adam; BERT is a group of its own with its own learning rate."""
    bert = list(model.inputs["text"].parameters()) if "text" in model.inputs else []
    in_bert = {id(parameter) for parameter in bert}
    rest = [parameter for parameter in model.parameters() if id(parameter) not in in_bert]
    groups = [{"params": rest}]
    if bert:
        groups.append({"params": bert, "lr": settings.text_learning_rate})  # type: ignore[dict-item]
    rate, decay = settings.learning_rate, settings.weight_decay
    if settings.algorithm == "sgd":
        return SGD(groups, rate, settings.momentum, weight_decay=decay, fused=True)
    return Adam(groups, rate, weight_decay=decay, fused=True)


def build_schedule(settings: OptimizerSettings, optimizer: Optimizer, steps: int) -> LambdaLR:
    """Build the schedule over all `steps` of the optimizer: rise, then fall to 0 or stay."""
    rising = round(settings.warmup * steps)

    def factor(step: int) -> float:
        if step < rising:
            return (step + 1) / (rising + 1)
        done = (step - rising) / max(steps - rising, 1)
        cosine = (1 + math.cos(math.pi * done)) / 2
        return {"constant": 1.0, "linear": 1 - done, "cosine": cosine}[settings.schedule]

    return LambdaLR(optimizer, factor)
