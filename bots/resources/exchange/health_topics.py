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
from bots.core.language.names import own_name
from bots.resources.exchange.draft import Draft, UnreadableError

SOURCE = "MedlinePlus (National Library of Medicine)"
LICENCE = "Work of the United States government"
_LANGUAGES = {"English": "en", "Spanish": "es"}
_LONGEST_SUMMARY = 300
_OWN_ENTITIES = re.compile(r"<!ENTITY|<!DOCTYPE[^>\[]*\[")
_TAG = re.compile(r"<[^>]{0,500}>")
_NOT_AN_ID = re.compile(r"[^a-z0-9]+")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")


def from_health_topics(
    text: str, review_by: date, *, only: Collection[str] = (), default: str = "en"
) -> tuple[Draft, ...]:
    """A draft for each topic in `default`, the community's language.

    Where `only` names some, for those whose title or other name it is (any case), in whichever language: each has its
    title and summary in `default`, too, from the topic of which MedlinePlus says that it is the same.
    Raises UnreadableError.
    """
    if _spoken(default) not in _LANGUAGES.values():
        raise UnreadableError(
            f"Its topics are in English and Spanish, and an entry needs a text in `{default}`, the default language."
        )
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
    return tuple(_drafts(root, review_by, wanted, default))


def _drafts(root: ET.Element, review_by: date, wanted: set[str], default: str) -> Iterator[Draft]:
    taken: set[str] = set()
    by_id = {topic.get("id"): topic for topic in root.iter("health-topic")}
    for number, topic in enumerate(root.iter("health-topic"), start=1):
        title, *also = _names(topic)
        language = _LANGUAGES.get(topic.get("language", "English"))
        if not title or language is None:
            continue
        if not (wanted & {name.casefold() for name in (title, *also)} if wanted else language == _spoken(default)):
            continue
        identifier = _id(title, language)
        if identifier in taken:
            continue
        taken.add(identifier)
        key = default if language == _spoken(default) else language
        titles, summaries = {key: title}, {key: _summary(topic) or title}
        if key != default and (same := _same(topic, default)) is not None:
            titles[default] = f"{(same.text or '').strip()} ({own_name(language)})"
            there = by_id.get(same.get("id"))
            summaries[default] = (_summary(there) if there is not None else "") or titles[default]
        yield Draft(
            number,
            {
                "id": identifier,
                "title": titles,
                "summary": summaries,
                "url": topic.get("url", ""),
                "source": SOURCE,
                "kind": "article",
                "languages": [language],
                "keywords": list(dict.fromkeys(also)),
                "licence": LICENCE,
                "review_by": review_by,
            },
        )


def _spoken(language: str) -> str:
    """The language without its region."""
    return language.partition("-")[0]


def _same(topic: ET.Element, default: str) -> ET.Element | None:
    """What MedlinePlus says of the same topic in the default language: its name, and its `id`."""
    every = topic.iter("language-mapped-topic")
    return next((each for each in every if _LANGUAGES.get(each.get("language", "")) == _spoken(default)), None)


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
