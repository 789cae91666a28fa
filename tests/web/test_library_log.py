"""Libraries quote what they could not read: none of that reaches our log."""

import logging

import pytest
import structlog
from aiohttp.http_exceptions import BadHttpMessage

from bot.web.library_log import WithoutWords

WORDS = "Anna Rossi has toothache"


@pytest.fixture
def library() -> logging.Logger:
    logger = logging.Logger("aiohttp.server")
    logger.addHandler(WithoutWords())
    return logger


def raised(error: Exception) -> Exception:
    try:
        raise error
    except Exception as caught:
        return caught


def test_a_request_that_is_no_http_is_told_of_without_what_stood_in_it(library: logging.Logger) -> None:
    with structlog.testing.capture_logs() as lines:
        library.error("Error handling %s", WORDS, exc_info=raised(BadHttpMessage(WORDS)))

    assert [(line["event"], line["log_level"], line["error"]) for line in lines] == [
        ("request_refused", "info", "BadHttpMessage")
    ]
    assert WORDS not in str(lines)


def test_a_failure_of_ours_is_an_error_with_its_place_and_without_its_words(library: logging.Logger) -> None:
    with structlog.testing.capture_logs() as lines:
        library.error("Error handling %s", WORDS, exc_info=raised(KeyError(WORDS)))
        library.warning(f"slow: {WORDS}")

    assert [(line["event"], line["log_level"], line["library"]) for line in lines] == [
        ("library_failed", "error", "aiohttp.server"),
        ("library_warned", "warning", "aiohttp.server"),
    ]
    assert all(line["at"].startswith("test_library_log.py:") for line in lines)
    assert WORDS not in str(lines)
