# SPDX-License-Identifier: Apache-2.0
"""Whom a message names by picking them from a list: apps put a link to the person there, and show their name. Pure.

In the plain text stands what each app likes: the name, the id, or a link in Markdown.
"""

from __future__ import annotations

import contextlib
import html
import re
from collections.abc import Iterator

from bots.core.commands import parse_user

_TO = r"(?P<to>(?:https?://matrix\.to/#/(?:@|%40)|matrix:u/)[^\"'\s?/>)]{1,255})[^\"'>)\s]*"
_ANCHOR = re.compile(rf"<a\s[^<>]*?href\s*=\s*[\"']{_TO}[\"'][^<>]*>(?P<shown>[^<>]{{1,255}})</a>", re.IGNORECASE)
_MARKDOWN = re.compile(rf"\[[^\[\]\n]{{1,255}}\]\({_TO}\)", re.IGNORECASE)
_MOST = 20


def people_named(text: str, formatted: str | None) -> tuple[tuple[str, str], ...]:
    """How each of them is named in `text`, and who they are, the longest names first."""
    named = dict(_named(text, formatted or ""))
    return tuple(sorted(named.items(), key=lambda each: -len(each[0])))[:_MOST]


def spelled_out(text: str, formatted: str | None) -> str:
    """The text with each of their names, where it first stands as a word, replaced by who they are."""
    for shown, user in people_named(text, formatted):
        text = re.sub(rf"(?<!\w){re.escape(shown)}(?!\w)", user.replace("\\", r"\\"), text, count=1)
    return text


def _named(text: str, formatted: str) -> Iterator[tuple[str, str]]:
    found = [(html.unescape(each["shown"]), each["to"]) for each in _ANCHOR.finditer(formatted)]
    for shown, link in (*found, *((each[0], each["to"]) for each in _MARKDOWN.finditer(text))):
        with contextlib.suppress(ValueError):
            yield shown, parse_user(link)
