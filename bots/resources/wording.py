# SPDX-License-Identifier: Apache-2.0
"""What is told of an entry besides what it says: why it fits, what it is, where from, and who checked it when. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time

from bots.core.actions import Param, Words
from bots.core.community import in_language
from bots.core.library import Kind, Resource
from bots.resources.wisdom.shelf import source_of


def kind_told(kind: Kind) -> Words:
    """What an entry is."""
    return Words(f"resources.kind.{kind.replace('-', '_')}")


def because_told(words: Sequence[str]) -> Words:
    """The question's words that it is about."""
    return Words("resources.because", {"words": ", ".join(words)})


def source_told(entry: Resource, language: str, default: str) -> Param:
    """Where it is from, in `language` or else in `default`; of another community's entry also whose it is."""
    if entry.shared_by is None:
        return source_of(entry, language, default)
    source = in_language(entry.source, language, default)
    return Words("resources.origin.shared", {"source": source, "community": entry.shared_by})


def origin_told(entry: Resource, today: date, default: str, language: str) -> Words:
    """What it is, where it is from and when it was checked; an entry past its day may be old in parts.

    It is told in `language`, and where it is from in the community's default one if it is not written in that.
    """
    source = source_told(entry, language, default)
    if entry.reviewed is None:
        return Words("resources.origin.unchecked", {"kind": kind_told(entry.kind), "source": source})
    return Words(
        "resources.origin.due" if today > entry.review_by else "resources.origin",
        {
            "kind": kind_told(entry.kind),
            "source": source,
            "reviewed": datetime.combine(entry.reviewed, time(), tzinfo=UTC),
        },
    )
