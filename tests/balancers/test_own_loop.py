"""Every balancer works in a training loop of one's own, as docs/balancing.md prints it."""

import re
from importlib import import_module
from inspect import signature
from pathlib import Path
from typing import Any

import pytest
import torch

from evenfuse.parts import names

PAGE = (Path(__file__).parents[2] / "docs/balancing.md").read_text(encoding="utf-8")
(BLOCK,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def run_with(balancer: str) -> dict[str, Any]:
    """Run the page's loop with another balancer; return its variables."""
    kind = import_module(f"evenfuse.balancers.{balancer}").Balancer
    code = BLOCK.replace("evenfuse.balancers.grad_norm", f"evenfuse.balancers.{balancer}")
    if "widths" not in signature(kind).parameters:
        code = code.replace("Balancer(weights, widths=[4, 4, 4])", "Balancer(weights)")
    variables: dict[str, Any] = {}
    torch.manual_seed(0)
    exec(compile(code, "docs/balancing.md", "exec"), variables)
    return variables


@pytest.mark.parametrize("balancer", names("balancers"))
def test_a_loop_of_ones_own_learns_with_every_balancer(balancer: str) -> None:
    found = run_with(balancer)
    assert type(found["balancer"]).__module__ == f"evenfuse.balancers.{balancer}"
    error = (found["predict"](found["z"]) - found["truth"]).abs().mean()
    assert error < 0.5 * (found["truth"] - found["truth"].mean()).abs().mean()
    assert all(torch.isfinite(number).all() for number in found["logged"].values())
