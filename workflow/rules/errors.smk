"""How a mistake of the user is told."""

import sys

from evenfuse.errors import EvenfuseError


def exit_on_user_error(function):
    """Let a mistake of the user end the workflow with the sentence that explains it."""
    # Snakemake would wrap an exception in rule, wildcards and traceback; SystemExit it lets pass

    def wrapped(wildcards):
        try:
            return function(wildcards)
        except EvenfuseError as error:
            sys.exit(f"evenfuse: {error}")

    return wrapped
