"""The command `workbench`: a file a verb, each importing what it runs only when it runs.

``main``      entry point: arguments in, exit code out
``verbs``     a group whose verbs are imported when named, and which suggests the nearest
``options``   arguments that several verbs share
``printing``  results on standard output: tables for people, JSON for machines
``progress``  what runs, is done and is left, on standard error
"""

from analysis.cli.main import main

__all__ = ["main"]
