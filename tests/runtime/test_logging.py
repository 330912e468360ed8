# SPDX-License-Identifier: Apache-2.0
"""The canary: whatever is logged, however wrongly, what a member said and who they are does not come out."""

import ast
import errno
import io
import json
import logging
from pathlib import Path

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

import bots
from bots.core.runtime.logging import ALLOWED, configure, hash_users

CANARY = "I was diagnosed on Tuesday"


@pytest.fixture
def lines():
    """The log lines, as they leave."""
    stream = io.StringIO()
    before = logging.getLogger().handlers[:]
    configure(b"k" * 32, json=True, stream=stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.getLogger().handlers[:] = before
    structlog.reset_defaults()


def test_a_field_that_is_not_on_the_list_does_not_come_out(lines):
    structlog.get_logger().info("something happened", text=CANARY, body=CANARY, rule="welcome.greet")

    (line,) = lines()
    assert line["rule"] == "welcome.greet"
    assert line["dropped"] == 2
    assert CANARY not in json.dumps(line)


@pytest.mark.parametrize("field", sorted(ALLOWED - {"event", "level", "timestamp"}))
def test_no_allowed_field_takes_what_somebody_said(lines, field):
    structlog.get_logger().info("something happened", **{field: CANARY})

    assert CANARY not in json.dumps(lines())


def test_no_field_takes_anything_that_is_not_a_plain_value(lines):
    structlog.get_logger().info("something happened", rule=[CANARY], count={"n": CANARY})

    assert CANARY not in json.dumps(lines())


def test_a_user_id_is_hashed_in_whichever_field_it_is(lines):
    structlog.get_logger().info("met @anna:example.org", user="@anna:example.org")

    (line,) = lines()
    assert "anna" not in json.dumps(line)
    assert line["event"] == f"met {line['user']}"


def test_what_a_library_logs_is_not_repeated(lines):
    logging.getLogger("aiohttp.client").error("request failed: %s", CANARY)

    (line,) = lines()
    assert line["detail"] == "aiohttp.client"
    assert CANARY not in json.dumps(line)


def test_a_sentence_of_our_own_is_readable_and_takes_in_nothing_that_somebody_said(lines):
    log = logging.getLogger("bots.core.matrix.receiving")
    log.error("the homeserver shows another identity for this account")
    log.warning("asked again later: %s", "M_UNKNOWN")
    log.warning("asked again later: %s", CANARY)
    log.warning("met %s", "@anna:example.org")

    assert [(line["event"], line["level"]) for line in lines()[:2]] == [
        ("the homeserver shows another identity for this account", "error"),
        ("asked again later: M_UNKNOWN", "warning"),
    ]
    assert CANARY not in json.dumps(lines())
    assert "anna" not in json.dumps(lines())


def test_an_exception_is_not_written_out(lines):
    try:
        raise ValueError(CANARY)
    except ValueError:
        structlog.get_logger().exception("it failed")

    assert CANARY not in json.dumps(lines())


@given(st.dictionaries(st.sampled_from(["body", "text", "detail", "rule", "user", "error"]), st.just(CANARY)))
def test_no_combination_of_fields_lets_it_out(fields):
    stream = io.StringIO()
    before = logging.getLogger().handlers[:]
    configure(b"k" * 32, json=True, stream=stream)
    structlog.get_logger().error("it failed", **fields)
    logging.getLogger().handlers[:] = before
    structlog.reset_defaults()

    assert CANARY not in stream.getvalue()


def test_tomorrow_the_hash_is_another_one():
    def hashed(day):
        return hash_users(b"k" * 32, lambda: day)(None, "info", {"user": "@anna:x"})["user"]

    assert hashed("2026-03-01") == hashed("2026-03-01")
    assert hashed("2026-03-01") != hashed("2026-03-02")


CALLS = [
    node
    for file in Path(bots.__path__[0]).rglob("*.py")
    for node in ast.walk(ast.parse(file.read_text("utf-8")))
    if isinstance(node, ast.Call)
]


def test_whatever_a_policy_logs_comes_out():
    """A field that is not on the list would be dropped, and the operator would not read what is wrong."""
    logs = [call for call in CALLS if getattr(call.func, "attr", getattr(call.func, "id", "")) == "Log"]
    given = [word.value for call in logs for word in call.keywords if word.arg == "fields"]
    names = {key.value for value in given if isinstance(value, ast.Dict) for key in value.keys}
    assert len(names) > 2
    assert names <= ALLOWED


def test_whatever_else_is_logged_comes_out():
    levels = [call for call in CALLS if getattr(call.func, "attr", "") in ("info", "warning", "error", "exception")]
    loggers = ("log", "structlog.get_logger()", "self._log")
    logs = [call for call in levels if ast.unparse(call.func).rpartition(".")[0] in loggers]
    names = {word.arg for call in logs for word in call.keywords if word.arg is not None}
    assert len(names) > 5
    assert names <= ALLOWED


def test_a_disk_that_is_full_of_logs_stops_nobody():
    class Full(io.StringIO):
        def write(self, _text):
            raise OSError(errno.ENOSPC, "no space left on device")

        def flush(self):
            raise OSError(errno.ENOSPC, "no space left on device")

    before = logging.getLogger().handlers[:]
    configure(b"k" * 32, json=True, stream=Full())
    try:
        structlog.get_logger().warning("sync failed, trying again")
        logging.getLogger("bots.x").warning("a room's state can't be read any more")
    finally:
        logging.getLogger().handlers[:] = before
        structlog.reset_defaults()
