"""The command line: `chairside`, also `python -m bot`."""

import gc
import sys

from bot.errors import ChairsideError, ContentRefused


def main() -> None:
    """Runs the command. What we refuse on purpose ends in its message and status 1, not in a traceback."""
    gc.disable()  # two thousand modules come and stay: looking for garbage in them is a third of the time
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
        print(f"chairside: {error}", file=sys.stderr)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
