# SPDX-License-Identifier: Apache-2.0
"""The library as a signed feed that another community can subscribe to: JSON Feed 1.1, and what it is checked for.

Any feed reader shows it (jsonfeed.org/version/1.1). `_kithroom` has each entry whole, and when the feed was made;
`_signature` is an Ed25519 signature over the canonical JSON of everything else, with the key beside it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bots.core.community import in_language
from bots.core.library import Resource
from bots.core.signing import canonical, read_object, signer
from bots.resources.exchange.draft import Draft, UnreadableError, drafts_of

VERSION = "https://jsonfeed.org/version/1.1"
FORMAT = 1
LARGEST = 5_000_000
MOST_ENTRIES = 5_000
_LONGEST_TITLE = 100
# As far as another clock may be ahead of ours: a feed from further on could never be followed by a newer one.
_AHEAD = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed whose signature holds: who signed it (a public key), what they call themselves, when, and its entries.

    `digest` tells two feeds apart. The entries are not checked yet.
    """

    key: str
    title: str
    made: datetime
    digest: str
    drafts: tuple[Draft, ...]


def to_feed(
    library: Iterable[Resource], *, title: str, home: str | None, language: str, made: datetime
) -> dict[str, Any]:
    """The community's own entries, not signed yet. What others share with us is theirs to share."""
    own = [entry for entry in library if entry.shared_by is None]
    items = [_item(entry, draft.values, language) for entry, draft in zip(own, drafts_of(own), strict=True)]
    return {
        "version": VERSION,
        "title": title,
        **({"home_page_url": home} if home else {}),
        "language": language,
        "_kithroom": {"format": FORMAT, "made": made.astimezone(UTC).isoformat(timespec="seconds")},
        "items": items,
    }


def read_feed(raw: bytes, now: datetime) -> Feed:
    """What somebody published. Raises UnreadableError where it is no feed, or its signature does not hold."""
    if len(raw) > LARGEST:
        raise UnreadableError(f"It is larger than {LARGEST // 1_000_000} MB.")
    try:
        value = read_object(raw)
    except ValueError as error:
        raise UnreadableError(str(error)) from None
    key = signer(value)
    if key is None:
        raise UnreadableError("Its signature does not hold: it is not what its publisher signed.")
    about = value.get("_kithroom")
    if value.get("version") != VERSION or not isinstance(about, dict) or about.get("format") != FORMAT:
        raise UnreadableError("It is signed, but it is no library that this Kithroom can read.")
    return Feed(
        key=key,
        title=_title(value.get("title")),
        made=_made(about.get("made"), now),
        digest=hashlib.sha256(canonical(value)).hexdigest(),
        drafts=_drafts(value.get("items")),
    )


def _item(entry: Resource, values: Mapping[str, Any], language: str) -> dict[str, Any]:
    summary = in_language(entry.summary, language, language)
    return {
        "id": entry.id,
        **({"external_url": entry.url} if entry.url else {}),
        "title": in_language(entry.title, language, language),
        "summary": summary,
        "content_text": in_language(entry.text, language, language) if entry.text else summary,
        "tags": [*entry.conditions, *entry.topics],
        "_kithroom": {key: value.isoformat() if isinstance(value, date) else value for key, value in values.items()},
    }


def _title(value: Any) -> str:
    title = " ".join(value.split()) if isinstance(value, str) else ""
    if not title or len(title) > _LONGEST_TITLE or not title.isprintable():
        raise UnreadableError("It does not say properly what its publisher is called.")
    return title


def _made(value: Any, now: datetime) -> datetime:
    try:
        made = datetime.fromisoformat(value)
    except (ValueError, TypeError):
        raise UnreadableError("It does not say when it was made.") from None
    if made.tzinfo is None or made > now + _AHEAD:
        raise UnreadableError("It says that it was made on a day that has not come yet.")
    return made


def _drafts(items: Any) -> tuple[Draft, ...]:
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise UnreadableError("There is no list of entries in it.")
    if len(items) > MOST_ENTRIES:
        raise UnreadableError(f"There are more than {MOST_ENTRIES} entries in it.")
    entries = (item.get("_kithroom") for item in items)
    return tuple(
        Draft(number, entry if isinstance(entry, dict) else {}) for number, entry in enumerate(entries, start=1)
    )
