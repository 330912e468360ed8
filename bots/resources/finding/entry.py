# SPDX-License-Identifier: Apache-2.0
"""What goes into an index and what comes out: small frozen types that know nothing of Matrix or of YAML."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something that can be found.

    `titles` and `bodies` are texts in any language, what describes it best first.
    `synonyms` are other words for what it is about; `called` what its subjects are called, in whichever language:
    searched as words, and not read for their meaning. Empty `languages`, `conditions`, `countries` or `audience`
    mean that it is for everybody; they hold codes and ids, which are compared and never searched.
    In so many languages as `tongues` says, the texts say the same.
    """

    id: str
    titles: tuple[str, ...]
    synonyms: tuple[str, ...] = ()
    called: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    tongues: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class For:
    """For whom one looks, as far as it is known. What is None or empty is not asked about.

    These bring entries forward and put others behind. None of them hides the best entry that there is.
    """

    condition: str | None = None
    language: str | None = None
    country: str | None = None
    audience: tuple[str, ...] = ()


ANYBODY = For()


@dataclass(frozen=True, slots=True)
class Match:
    """An entry, how well it fits (1 is as well as can be), and the question's words that are in it.

    No words in `because` means that only the meaning is near, or that many others come first.
    `closest`: nothing is closer to the question itself, whoever asks it.
    """

    id: str
    score: float
    because: tuple[str, ...]
    closest: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What is closest, best first, and the telling words that no entry has.

    It never says that an answer is among them: no score tells "it is here" from "something near it is here".
    `confidence` rises with how much the question is about what the library is about; `matches` is empty when it is
    so low that nothing fits, and `weak` says that it is nearer to that than to the entries' own titles.
    `by_words_alone`: the meaning was not looked at, for the model does not carry it there.
    """

    matches: tuple[Match, ...]
    missing: tuple[str, ...] = ()
    confidence: float = 0.0
    weak: bool = False
    by_words_alone: bool = False
