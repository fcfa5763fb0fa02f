"""The command line: ``evenfuse`` or ``python -m evenfuse``."""

import sys
from importlib import import_module

import click

from evenfuse import __version__
from evenfuse.errors import EvenfuseError

COMMANDS = {
    "generate": "Make the demo corpus: real .csd files with a planted truth.",
    "fake": "Make files of generated segments in the form of a real data set.",
    "fetch": "Bring one data file here from a folder or the web.",
    "data": "Say where data files come from, and which of them are here.",
    "align": "Align a corpus to its words and segments; cache it per split.",
    "cache": "Cache a pickle of the field or a manifest of your own, per split.",
    "vocabulary": "Learn a WordPiece vocabulary for a BERT trained from scratch.",
    "train": "Train one run; select its epoch on the validation split.",
    "choose": "Compare the points of a grid by their validation scores.",
    "runs": "List all runs: finished, running or interrupted, with their best scores.",
    "show": "Draw the curves of one run.",
    "evaluate": "Predict the test split with the runs of one arm; score them together.",
    "score-references": "Score answers that need no model, to hold a model's against.",
    "time-epochs": "Measure the seconds per epoch of several models in one process.",
    "tabulate": "Make a table in Markdown, CSV and LaTeX.",
    "plot": "Draw gradient magnitudes or fusion weights over the epochs.",
    "schema": "Print the JSON schema of the config file.",
}


class LazyGroup(click.Group):
    """Imports a command's module when the command is asked for, so that --help is instant."""

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
    """Multimodal sentiment analysis, from raw data to tables that can be believed.

    Each command is one step of the Snakemake workflow and can be run by hand. To run the whole
    chain: snakemake --cores 4 all
    """


def main() -> None:
    """Run the command line; what a person can put right ends in one sentence and exit code 1."""
    try:
        cli()
    except EvenfuseError as error:
        sys.exit(f"evenfuse: {error}")


if __name__ == "__main__":
    main()
