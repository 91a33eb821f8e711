"""Arguments in, exit code out: the one place where a failure becomes words."""

from __future__ import annotations

import errno
import sys

import click

from analysis import __version__
from analysis.cli.verbs import Verbs, examples
from analysis.errors import AnalysisError

# A disk, or one's share of it, that is full. Wherever that is first met, it is no bug.
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
INTERRUPTED = 130  # 128 + SIGINT, as shells report it


@examples(
    "workbench build                    build the default report",
    "workbench build -p country=SWE     the same years, another country",
    "workbench findings list            what was found",
    "workbench data check               is the record sound?",
)
@click.group(
    cls=Verbs,
    modules={
        "build": "build",
        "run": "run",
        "execute": "execute",
        "sweep": "sweep",
        "status": "status",
        "why": "why",
        "reproduce": "reproduce",
        "lab": "lab",
        "diff": "diff",
        "data": "data",
        "lint": "lint",
        "estimate": "estimate",
        "synthesise": "synthesise",
        "rehearse": "rehearse",
        "new": "new",
        "submit": "submit",
        "quarantine": "quarantine",
        "template": "template",
        "receipt": "receipt",
        "giveback": "giveback",
        "keys": "keys",
        "store": "store",
        "retention": "retention",
        "encode": "encode",
        "link": "link",
        "indicators": "indicators",
        "findings": "findings",
        "doctor": "doctor",
        "clean": "clean",
        "completion": "completion",
    },
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="workbench", message="%(prog)s %(version)s")
def workbench() -> None:
    """Compare action plans against trafficking in human beings, from published data.

    Run it anywhere inside a workbench, or name one in WORKBENCH_HOME.
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command and leave with its exit code.

    0 when all went well, 2 when the user can mend it, 3 when a notebook's own code
    failed, 130 when interrupted. A bug keeps its traceback.
    """
    given = sys.argv[1:] if arguments is None else arguments
    try:
        _require_utf8(given)
        code = workbench.main(arguments, prog_name="workbench", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except AnalysisError as error:
        click.echo(str(error), err=True)
        code = error.exit_code
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        click.echo(
            f"workbench: a file cannot be written ({error.strerror}). Make room there and in the "
            "folder for temporary files, and run again; what was built before is as it was.",
            err=True,
        )
        code = AnalysisError.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted. What was built before is as it was.", err=True)
        code = INTERRUPTED
    sys.exit(code)


def _require_utf8(arguments: list[str]) -> None:
    """Refuse what the shell could not decode: it would break whatever file it is written to."""
    broken = [
        place
        for place, argument in enumerate(arguments, start=1)
        if any("\ud800" <= sign <= "\udfff" for sign in argument)
    ]
    if broken:
        raise AnalysisError(
            f"workbench: {len(broken)} arguments are not UTF-8 (the {broken[0]}. is the first). "
            "Set the terminal to UTF-8, or write them anew."
        )
