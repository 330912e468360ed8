# SPDX-License-Identifier: Apache-2.0
"""What a formatted message shows to who reads it: its text, and where its links lead.

A message's HTML and its plain text are two texts, and nobody makes sure that they say the same.
A parser of the whole standard would be a risk of its own on what strangers send (deep nesting is slow in each of them);
for reading, it is enough to know where tags begin and end. It takes time linear in the length, however broken.
"""

from __future__ import annotations

import html
import re
from urllib.parse import unquote

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)([^<>]*)>|<!--[^<>]*-->|<[!?][^<>]*>")
_BLOCKS = frozenset(
    [
        "address",
        "blockquote",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "li",
        "ol",
        "p",
        "pre",
        "table",
        "td",
        "th",
        "tr",
        "ul",
    ]
)
_SHOWN_ATTRIBUTES = frozenset(("alt", "title", "data-mx-spoiler", "data-mx-maths"))
_ATTRIBUTE = re.compile(r"""([a-zA-Z][a-zA-Z0-9-]*)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
# Python refuses numbers of thousands of digits, and no character has one of eight.
_NO_CHARACTER = re.compile(r"&#\d{8,};?")
# A link to a person or a message is how clients write a mention or a permalink; the person's own words say whom.
_MENTION = re.compile(r"https?://matrix\.to/#/(?:@|%40|[!#$%][^/]*/(?:\$|%24))|matrix:(?:u|user)/", re.IGNORECASE)


def shown(formatted: str) -> str:
    """The text that a client shows for this HTML, each link followed by where it leads unless it says so itself."""
    pieces: list[str] = []
    links: list[str] = []
    end = 0
    for tag in _TAG.finditer(formatted):
        pieces.append(_text(formatted[end : tag.start()]))
        end = tag.end()
        name = (tag.group(2) or "").lower()
        if name in _BLOCKS:
            pieces.append("\n")
        if name and not tag.group(1):
            texts, link = _attributes(name, tag.group(3))
            pieces += texts
            links += link
    pieces.append(_text(formatted[end:]))
    text = "".join(pieces)
    hidden = [link for link in dict.fromkeys(links) if _bare(link) not in text]
    return "\n".join((text.strip(), *hidden))


def _attributes(name: str, attributes: str) -> tuple[list[str], list[str]]:
    texts, links = [], []
    for found in _ATTRIBUTE.finditer(attributes):
        key, value = found.group(1).lower(), _text(found.group(2) or found.group(3) or found.group(4) or "")
        if key in _SHOWN_ATTRIBUTES and value:
            texts.append(f" {value} ")
        elif name == "a" and key == "href" and not _MENTION.match(value):
            links.append(unquote(value.removeprefix("mailto:").removeprefix("tel:")))
    return texts, links


def _bare(link: str) -> str:
    return re.sub(r"^https?://(?:www\.)?", "", link).rstrip("/")


def _text(piece: str) -> str:
    return html.unescape(_NO_CHARACTER.sub("", piece)) if "&" in piece else piece
