"""The command line: `evenfuse` or `python -m evenfuse`."""

import _thread
import os
import sys
import threading
from collections.abc import Sequence
from importlib import import_module

import click

from evenfuse import __version__
from evenfuse.errors import EvenfuseError, one_line

INTERRUPTED = 130  # exit code: 128 and the number of the signal
COMMANDS = {
    "generate": "Generate the demo corpus: .csd files with a planted truth.",
    "fake": "Generate files in the form of a real data set.",
    "fetch": "Fetch one data file from a folder or the web.",
    "fetch-encoder": "Fetch a pretrained BERT from the Hugging Face hub.",
    "data": "Show where data files come from and which are here; fetch those of a corpus.",
    "align": "Align a corpus to its words and segments, and cache it per split.",
    "cache": "Cache a pickle of MMSA or MulT, or your own manifest, per split.",
    "vocabulary": "Learn a WordPiece vocabulary for a BERT trained from scratch.",
    "train": "Train one run and select its best epoch on the validation split.",
    "choose": "Compare the points of a grid by their validation scores.",
    "runs": "List all runs: finished, running or interrupted, with their best scores.",
    "show": "Draw the curves of one run.",
    "evaluate": "Predict the test split with the runs of one arm; score them together.",
    "evaluate-missing": "Score the runs of one arm where modalities or rows are missing.",
    "predict": "Predict clips without labels with trained models.",
    "pack": "Pack a trained model into one file with checksums.",
    "unpack": "Unpack such a file, if it is whole and holds nothing else.",
    "probe": "Measure how much of a planted truth each modality of one arm has learnt.",
    "train-heads": "Train a head on what each modality of one arm carries, and score it.",
    "score-references": "Score baselines that need no model.",
    "time-epochs": "Measure the seconds per epoch of several models in one process.",
    "compare": "Say whether one file of predictions is better than another.",
    "tabulate": "Write a table in Markdown, CSV and LaTeX.",
    "plot": "Draw a figure: gradient magnitudes over the epochs, for example.",
    "config": "Print the settings of one arm, and where each comes from.",
    "schema": "Print the JSON schema of the config files.",
}


class LazyGroup(click.Group):
    """Imports the module of a command only when it runs, so that --help is instant."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the pipeline."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"evenfuse.commands.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup)
@click.version_option(__version__)
def cli() -> None:
    """Multimodal sentiment analysis, from raw data to tables you can trust.

    Each command is one step of the Snakemake workflow and can be run on its own. To run the whole
    workflow: snakemake --cores 4 all
    """


def main() -> None:
    """Run the command line; whatever a user can mend ends in one sentence, without a traceback."""
    sys.unraisablehook = _interrupt_again
    try:
        _check_arguments(sys.argv[1:])
        code = cli(standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
        sys.exit(code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # nobody reads on: what is still to be written goes nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except (EvenfuseError, OSError, MemoryError) as error:
        sys.exit(f"evenfuse: {_sentence(error)}")


def _interrupt_again(ignored: "sys.UnraisableHookArgs") -> None:
    """Bring Ctrl-C back where Python drops it, as in what runs when an object of h5py is freed."""
    if ignored.exc_type is KeyboardInterrupt:
        threading.Timer(0.01, _thread.interrupt_main).start()
    else:
        sys.__unraisablehook__(ignored)


def _check_arguments(arguments: Sequence[str]) -> None:
    for argument in arguments:
        if not argument.isprintable() and any(map(_is_half, argument)):
            raise EvenfuseError(f"the argument {argument!a} is not text in UTF-8: rename it")


def _is_half(character: str) -> bool:
    """Return whether a character stands for a byte that is no UTF-8."""
    return "\ud800" <= character <= "\udfff"


def _sentence(error: BaseException) -> str:
    if isinstance(error, MemoryError):
        return "there is too little memory for this; free some or give the command less to do"
    if isinstance(error, OSError) and error.filename and error.strerror:
        return one_line(f"{error.filename} cannot be read or written: {error.strerror}")
    return one_line(str(error))


if __name__ == "__main__":
    main()
