"""Event files for TensorBoard."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evenfuse.errors import EvenfuseError
from evenfuse.files import check_writable
from evenfuse.training.history import EpochRow


class EventFiles:
    """Writes every number of every epoch, for `tensorboard --logdir FOLDER`."""

    def __init__(self, folder: Path):
        self.folder = folder
        self._writer: Any = None

    def begun(self, batches: int, done: Sequence[EpochRow]) -> None:
        """Open the files and discard what they hold of epochs that are trained again.

        Raises:
            EvenfuseError: if the package is not installed, or the folder cannot be written to.
        """
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError:
            reason = "event files need TensorBoard: pip install 'evenfuse[tensorboard]'"
            raise EvenfuseError(reason) from None
        check_writable(self.folder)
        self._writer = SummaryWriter(str(self.folder), purge_step=len(done) + 1)

    def batches_done(self, number: int) -> None:
        """Do nothing: numbers are written once per epoch."""

    def epoch_done(self, row: EpochRow) -> None:
        """Write the numbers of an epoch, with names like `g/text`."""
        for name, value in row.items():
            self._writer.add_scalar(name.replace("_", "/", 1), value, int(row["epoch"]))
        self._writer.flush()
