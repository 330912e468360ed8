# SPDX-License-Identifier: Apache-2.0
"""MedlinePlus' health topics (medlineplus.gov/xml.html), one XML file with all of them, as drafts.

They are works of the United States government, whose summaries may be used with the source named.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterator
from datetime import date
from xml.etree import ElementTree as ET

from bots.core.documents import did_you_mean
from bots.resources.exchange.draft import Draft, UnreadableError

SOURCE = "MedlinePlus (National Library of Medicine)"
LICENCE = "Work of the United States government"
_LANGUAGES = {"English": "en", "Spanish": "es"}
_LONGEST_SUMMARY = 300
_OWN_ENTITIES = re.compile(r"<!ENTITY|<!DOCTYPE[^>\[]*\[")
_TAG = re.compile(r"<[^>]{0,500}>")
_NOT_AN_ID = re.compile(r"[^a-z0-9]+")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


def from_health_topics(text: str, review_by: date, *, only: Collection[str] = ()) -> tuple[Draft, ...]:
    """A draft a topic; of those whose title or other name is in `only` (any case), where that names some.

    Raises UnreadableError.
    """
    # Their files name their DTD. It is not fetched, and nothing may be declared in the file itself.
    if _OWN_ENTITIES.search(text):
        raise UnreadableError("It declares entities of its own, which MedlinePlus' files do not: it is not read.")
    try:
        root = ET.fromstring(text)  # noqa: S314 — whoever declares entities was refused above
    except ET.ParseError as error:
        raise UnreadableError(f"It is not XML: {error}.") from None
    if root.tag != "health-topics":
        raise UnreadableError(f"It begins with `{root.tag}`; MedlinePlus' topics begin with `health-topics`.")
    wanted = {name.casefold() for name in only}
    names = {name.casefold() for topic in root.iter("health-topic") for name in _names(topic)}
    if unknown := [name for name in only if name.casefold() not in names]:
        raise UnreadableError(
            f"There is no topic `{unknown[0]}` in it. {did_you_mean(unknown[0], sorted(names)) or ''}"
        )
    return tuple(_drafts(root, review_by, wanted))


def _drafts(root: ET.Element, review_by: date, wanted: set[str]) -> Iterator[Draft]:
    taken: set[str] = set()
    for number, topic in enumerate(root.iter("health-topic"), start=1):
        title, *also = _names(topic)
        language = _LANGUAGES.get(topic.get("language", "English"))
        if not title or language is None or (wanted and not wanted & {name.casefold() for name in (title, *also)}):
            continue
        identifier = _id(title, language)
        if identifier in taken:
            continue
        taken.add(identifier)
        summary = _summary(topic)
        yield Draft(
            number,
            {
                "id": identifier,
                "title": {language: title},
                "summary": {language: summary or title},
                "url": topic.get("url", ""),
                "source": SOURCE,
                "kind": "article",
                "languages": [language],
                "keywords": list(dict.fromkeys(also)),
                "licence": LICENCE,
                "review_by": review_by,
            },
        )


def _names(topic: ET.Element) -> list[str]:
    """Its title, and what else it is called."""
    also = (each.text.strip() for each in topic.iter("also-called") if each.text)
    return [topic.get("title", "").strip(), *filter(None, also)]


def _id(title: str, language: str) -> str:
    plain = _NOT_AN_ID.sub("-", title.casefold()).strip("-")
    return f"medlineplus-{plain}" + ("" if language == "en" else f"-{language}")


def _summary(topic: ET.Element) -> str:
    """The first sentences of the full summary, as many as are short enough to read on a phone; else its description."""
    full = topic.findtext("full-summary") or ""
    plain = " ".join(html.unescape(_TAG.sub(" ", html.unescape(full))).split())
    taken = ""
    for sentence in _SENTENCE.split(plain):
        if len(taken) + len(sentence) > _LONGEST_SUMMARY:
            break
        taken = f"{taken} {sentence}".strip()
    return taken or topic.get("meta-desc", "").strip()[:_LONGEST_SUMMARY]
