"""What libraries have to say: a line each, without their words. aiohttp quotes what it could not read of a
request, and that may be a patient's."""

import logging
import traceback

import structlog
from aiohttp.http_exceptions import HttpProcessingError

log = structlog.get_logger(__name__)


class WithoutWords(logging.Handler):
    """Says which library, which error, and where. Strangers who do not speak HTTP are no error of ours."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if error is None:
            facts = {"at": f"{record.filename}:{record.lineno}"}
        else:
            facts = {"error": type(error).__name__, "at": _place_of(error)}
        if isinstance(error, HttpProcessingError | ConnectionError):
            log.info("request_refused", **facts)
        elif record.levelno >= logging.ERROR:
            log.error("library_failed", library=record.name, **facts)
        else:
            log.warning("library_warned", library=record.name, **facts)


def hush_libraries() -> None:
    """Nothing but `WithoutWords` prints what is logged with the standard library from now on."""
    logging.basicConfig(handlers=[WithoutWords()], level=logging.WARNING, force=True)
    logging.captureWarnings(True)


def _place_of(error: BaseException) -> str:
    """file:line of where it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].lineno}" if frames else "?"
