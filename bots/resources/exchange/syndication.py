# SPDX-License-Identifier: Apache-2.0
"""The library as RSS 2.0, for a reader or a web page that lists what is new."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, time
from email.utils import format_datetime
from xml.etree import ElementTree as ET

from bots.core.community import in_language
from bots.core.library import Resource

# What XML 1.0 can't hold, not even escaped.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_rss(library: Iterable[Resource], *, title: str, link: str | None, language: str, built: datetime) -> str:
    """A feed in `language`, the last reviewed first; entries that nobody has reviewed come last, without a date.

    `link` is where the library can be seen; without it the channel has none, which readers bear and strict checkers
    don't, and what is on no page of its own leads nowhere. `built` (UTC) is when this was made.
    """
    rss = ET.Element("rss", version="2.0")
    channel = ET.SubElement(rss, "channel")
    _say(channel, "title", title)
    if link is not None:
        _say(channel, "link", link)
    _say(channel, "description", title)
    _say(channel, "language", language)
    _say(channel, "lastBuildDate", format_datetime(built))
    for entry in sorted(library, key=lambda each: (each.reviewed is None, _days_before(each), each.id)):
        item = ET.SubElement(channel, "item")
        _say(item, "title", in_language(entry.title, language, language))
        if (where := entry.url or link) is not None:
            _say(item, "link", where)
        _say(item, "description", in_language(entry.summary, language, language))
        _say(item, "guid", entry.id).set("isPermaLink", "false")
        for topic in (*entry.conditions, *entry.topics):
            _say(item, "category", topic)
        if where is not None:
            # The feed that an item comes from has an address, or is not named.
            _say(item, "source", in_language(entry.source, language, language)).set("url", where)
        if entry.reviewed is not None:
            _say(item, "pubDate", format_datetime(datetime.combine(entry.reviewed, time(), UTC)))
    ET.indent(rss)
    return ET.tostring(rss, encoding="unicode", xml_declaration=True) + "\n"


def _days_before(entry: Resource) -> int:
    return -entry.reviewed.toordinal() if entry.reviewed is not None else 0


def _say(parent: ET.Element, tag: str, text: str) -> ET.Element:
    element = ET.SubElement(parent, tag)
    element.text = _NOT_XML.sub("", text)
    return element
