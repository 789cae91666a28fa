"""The command line: `chairside`, also `python -m bot`."""

import gc
import sys
from typing import NoReturn

from bot.errors import ChairsideError, ContentRefused


def main() -> None:
    """Runs the command. What we refuse on purpose ends in its message and status 1, not in a traceback."""
    gc.disable()  # two thousand modules come and stay: looking for garbage in them is a third of the time
    from sqlalchemy.exc import DBAPIError

    from bot.commands.serving import LONG_LIVED, long_lived_commands

    if sys.argv[1:2] and sys.argv[1] in LONG_LIVED:
        cli = long_lived_commands()
    else:
        from bot.commands.command_line import cli

    gc.freeze()
    gc.enable()
    try:
        cli()
    except ContentRefused as refusal:
        print(refusal, file=sys.stderr)
        print(f"{len(refusal.problems)} to mend; nothing was started.", file=sys.stderr)
        raise SystemExit(1) from None
    except ChairsideError as error:
        _end(str(error))
    except DBAPIError as error:
        reason = str(error.orig).strip().partition("\n")[0]
        _end(
            f"the database cannot be used: {reason}; see that it runs, and that CHAIRSIDE_DATABASE_URL or"
            " --data names it; in the place of a damaged one `chairside data restore` puts a copy"
        )
    except OSError as error:
        if error.filename is None:  # no file of somebody's: a fault of ours
            raise
        _end(f"{error.filename} cannot be read or written: {error.strerror}")


def _end(told: str) -> NoReturn:
    print(f"chairside: {told}", file=sys.stderr)
    raise SystemExit(1) from None


if __name__ == "__main__":
    main()
