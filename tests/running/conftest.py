"""Runs to look at, as the tests of training and of reports make them."""

from tests.report.conftest import begin, finished_run, killed_run, own_killed_run
from tests.training.conftest import make

__all__ = ["begin", "finished_run", "killed_run", "make", "own_killed_run"]
