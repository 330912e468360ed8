# SPDX-License-Identifier: Apache-2.0
"""What every sentence that a bot says is held to. Each rule gives the complaints it has, in words.

The sources: SAMHSA and iNAPS (a peer does not dictate), r/SuicideWatch (no promises that can't be kept),
#chatsafe (no comparing, no making small), Samaritans (two or three signposts); for reading ages see `fakes.reading`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from babel import Locale

from bots.core.actions import Words
from bots.core.language import STYLES, Catalogue, Entry, placeholders
from fakes.copy_phrases import BANNED, OFFICIAL
from fakes.reading import MEASURES, measured

MAX_SIGNPOSTS = 3

_EMOJI = re.compile("[\U0001f300-\U0001faff\u2190-\u21ff\u2600-\u27bf\u2b00-\u2bff]")
_TWIN = re.compile(r"\*\*[^*]*\w[^*]*\*\*|`[^`]*\w[^`]*`|[“„«\"][^”“»\"]*\w[^”“»\"]*[”“»\"]|![a-z]")
_SIGNPOST = re.compile(r"https?://|(?<![@\w/])[a-z0-9-]+\.(?:com|org|net|uk|gov|ie|au|es|fr|de|at|ch|pt|br)\b")
_SHOUT = re.compile(r"!(?![a-z\w]|\*)")
_CAPITALS = re.compile(r"\b(?!SHOUT\b)[A-Z]{5,}\b")

# A rule for texts, in a language.
Rule = Callable[[str, str], Iterator[str]]


def forms(entry: Entry) -> Iterator[str]:
    """The sentences of an entry."""
    if isinstance(entry, str):
        yield entry
    else:
        yield from entry.values()


def kind_words(text: str, language: str) -> Iterator[str]:
    """No order, no promise, no comparison."""
    plain = re.sub(r"\s+", " ", re.sub(r"[*_`]", "", text.replace("’", "'")))
    for phrase in BANNED[language]:
        if re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", plain.casefold()):
            yield f"says “{phrase}”"
    if (stiff := re.search(OFFICIAL.get(language, "(?!)"), plain)) is not None:
        yield f"says “{stiff[0]}”"


def quiet(text: str, _language: str) -> Iterator[str]:
    """Nobody is shouted at."""
    if _SHOUT.search(text):
        yield "has an exclamation mark"
    if shouted := _CAPITALS.search(text):
        yield f"shouts “{shouted[0]}”"


def few_signposts(text: str, _language: str) -> Iterator[str]:
    """Somebody in distress can take in three."""
    if (count := len(_SIGNPOST.findall(text.casefold()))) > MAX_SIGNPOSTS:
        yield f"points to {count} places"


def word_twins(text: str, _language: str) -> Iterator[str]:
    """A button named in a line has a word beside it that does the same, for those who can't see or tap it."""
    for line in text.splitlines():
        if (emoji := _EMOJI.search(line)) and not _TWIN.search(line):
            yield f"names {emoji[0]} without a word that does the same"


def easy_to_read(text: str, language: str) -> Iterator[str]:
    """Reading age eleven or twelve."""
    found = measured(text, language)
    if found is not None and MEASURES[language].too_hard(found):
        yield f"reads at {found:.1f}"


EVERY: tuple[Rule, ...] = (kind_words, quiet, few_signposts, word_twins, easy_to_read)


def of_a_text(text: str, language: str) -> Iterator[str]:
    """All complaints about a text."""
    for rule in EVERY:
        yield from rule(text, language)


def of_one_catalogue(entries: Mapping[str, Entry], language: str) -> Iterator[str]:
    """The complaints about a language by itself: its wording, its forms, and how it renders."""
    catalogue = Catalogue({language: entries}, language)
    plural_forms = set(Locale.parse(language, sep="-").plural_form.tags) | {"other"}
    for key, entry in entries.items():
        yield from (f"{key} {complaint}" for form in forms(entry) for complaint in of_a_text(form, language))
        if not isinstance(entry, str) and set(entry) != plural_forms:
            yield f"{key} lacks or has too many plural forms: {sorted(set(entry) ^ plural_forms)}"
        if len(told := {frozenset(placeholders(form)) - {"count"} for form in forms(entry)}) > 1:
            yield f"{key} says other things in other plural forms: {sorted(map(sorted, told))}"
        for name, style in placeholders(entry).items():
            if style and style not in STYLES:
                yield f"{key} wants {name} in an unknown style, {style}"
        for form in forms(entry):
            if re.search(r"[{}]", re.sub(r"\{\{|\}\}|\{[a-z][a-z0-9_]*(:[a-z]+)?\}", "", form)):
                yield f"{key} has a brace that is no placeholder"
        params = {name: 1 for name, style in placeholders(entry).items() if not style}
        if len(params) == len(placeholders(entry)) and not catalogue.render(Words(key, params), language).body:
            yield f"{key} says nothing"


def of_a_translation(entries: Mapping[str, Entry], english: Mapping[str, Entry]) -> Iterator[str]:
    """The complaints about a language beside English."""
    yield from (f"{key} is not translated" for key in english.keys() - entries.keys())
    yield from (f"{key} is not in English" for key in entries.keys() - english.keys())
    for key in entries.keys() & english.keys():
        ours, theirs = placeholders(entries[key]), placeholders(english[key])
        if odd := dict(ours.items() ^ theirs.items()):
            yield f"{key} differs in placeholders: {sorted(odd)}"
        buttons = [sorted(set(_EMOJI.findall("\n".join(forms(entry))))) for entry in (entries[key], english[key])]
        if buttons[0] != buttons[1]:
            yield f"{key} differs in buttons: {buttons}"
