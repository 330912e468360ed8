# SPDX-License-Identifier: Apache-2.0
"""What every sentence that a bot says is held to. Each rule gives the complaints it has, in words.

The sources: SAMHSA and iNAPS (a peer does not dictate), r/SuicideWatch (no promises that can't be kept),
#chatsafe (no comparing, no making small), Samaritans (two or three signposts), Flesch-Kincaid for the reading grade.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from babel import Locale

from bots.core.actions import Words
from bots.core.language import STYLES, Catalogue, Entry, placeholders

# An order, a promise nobody can keep, a comparison, or a feeling claimed to be known.
BANNED = (
    "you should",
    "you must",
    "you have to",
    "you need to",
    "you ought to",
    "it gets better",
    "will get better",
    "be fine",
    "don't worry",
    "at least",
    "calm down",
    "cheer up",
    "stay positive",
    "others have it worse",
    "could be worse",
    "everything happens for a reason",
    "i understand how you feel",
    "i know how you feel",
    "i understand what you",
    "just relax",
    "commit suicide",
    "committed suicide",
    "attention seeking",
    "simply",
    "obviously",
    "100% safe",
    "completely anonymous",
    "we promise",
    "i promise",
    "suffer from",
    "suffers from",
    "victim",
    "abuse the",
    "violation",
    "violated",
    "please note",
)
MAX_GRADE = 7.0
MIN_WORDS = 8
MAX_SIGNPOSTS = 3
# Long words that everyone here meets on the first day count as two syllables (Dale-Chall spares familiar words, too).
FAMILIAR = frozenset(
    re.findall(
        r"[a-z]+",
        """
        account accounts america anybody anything appeal australia coeliac communities community condition conditions
        diabetes emergencies emergency encrypted encryption europe everybody everything family guideline guidelines
        helpline helplines insulin invitation invitations language languages library matrix medicine medicines message
        messages moderator moderators nobody opinion organiser organisers private server servers somebody suicide
        treatment
        """,
    )
)

_EMOJI = re.compile("[\U0001f300-\U0001faff\u2190-\u21ff\u2600-\u27bf\u2b00-\u2bff]")
_TWIN = re.compile(r"\*\*[^*]*\w[^*]*\*\*|`[^`]*\w[^`]*`|[“\"][^”\"]*\w[^”\"]*[”\"]|![a-z]")
_SIGNPOST = re.compile(r"https?://|(?<![@\w/])[a-z0-9-]+\.(?:com|org|net|uk|gov|ie|au)\b")
_SHOUT = re.compile(r"!(?![a-z\w]|\*)")
_CAPITALS = re.compile(r"\b(?!SHOUT\b)[A-Z]{5,}\b")

Rule = Callable[[str], Iterator[str]]


def forms(entry: Entry) -> Iterator[str]:
    """The sentences of an entry."""
    if isinstance(entry, str):
        yield entry
    else:
        yield from entry.values()


def kind_words(text: str) -> Iterator[str]:
    """No order, no promise, no comparison."""
    plain = re.sub(r"\s+", " ", re.sub(r"[*_`]", "", text.replace("’", "'"))).casefold()
    for phrase in BANNED:
        if re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", plain):
            yield f"says “{phrase}”"


def quiet(text: str) -> Iterator[str]:
    """Nobody is shouted at."""
    if _SHOUT.search(text):
        yield "has an exclamation mark"
    if shouted := _CAPITALS.search(text):
        yield f"shouts “{shouted[0]}”"


def few_signposts(text: str) -> Iterator[str]:
    """Somebody in distress can take in three."""
    if (count := len(_SIGNPOST.findall(text.casefold()))) > MAX_SIGNPOSTS:
        yield f"points to {count} places"


def word_twins(text: str) -> Iterator[str]:
    """A button named in a line has a word beside it that does the same, for those who can't see or tap it."""
    for line in text.splitlines():
        if (emoji := _EMOJI.search(line)) and not _TWIN.search(line):
            yield f"names {emoji[0]} without a word that does the same"


def easy_to_read(text: str) -> Iterator[str]:
    """Reading age eleven or twelve."""
    if (found := grade(text)) is not None and found > MAX_GRADE:
        yield f"reads at grade {found:.1f}"


ENGLISH: tuple[Rule, ...] = (kind_words, quiet, few_signposts, word_twins, easy_to_read)


def grade(text: str) -> float | None:
    """The Flesch-Kincaid grade: 0.39 words per sentence + 11.8 syllables per word - 15.59.

    Placeholders, commands and addresses are not prose, and count as one short word. None under `MIN_WORDS` words.
    """
    prose = re.sub(r"\{[^}]*\}|`[^`]*`|https?://\S+|\b\S+\.(?:com|org)\b", "x", text)
    sentences = [s for s in re.split(r"[.?!:;]+(?=\s|$|\*)|\n+", prose) if re.search(r"[A-Za-z]", s)]
    words = [w for s in sentences for w in re.findall(r"[A-Za-z][A-Za-z'’-]*", s)]
    if len(words) < MIN_WORDS:
        return None
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def syllables(word: str) -> int:
    """Groups of vowels, without a silent e; at least one."""
    word = re.sub(r"[^a-z]", "", word.casefold())
    if word in FAMILIAR:
        return 2
    word = re.sub(r"(?<=[^aeiouyl])e(s|d)?$", "", re.sub(r"(?<=[aeiouy][^aeiouy])ely$", "ly", word))
    return max(1, len(re.findall(r"[aeiouy]+", word)))


def of_one_catalogue(entries: Mapping[str, Entry], language: str) -> Iterator[str]:
    """The complaints about a language by itself: its wording (rules of English for English), forms, and rendering."""
    catalogue = Catalogue({language: entries}, language)
    plural_forms = set(Locale.parse(language, sep="-").plural_form.tags) | {"other"}
    for key, entry in entries.items():
        for rule in ENGLISH if language == "en" else (quiet, few_signposts, word_twins):
            yield from (f"{key} {complaint}" for form in forms(entry) for complaint in rule(form))
        if not isinstance(entry, str) and set(entry) != plural_forms:
            yield f"{key} lacks or has too many plural forms: {sorted(set(entry) ^ plural_forms)}"
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
        ours, theirs = set(placeholders(entries[key])), set(placeholders(english[key]))
        if ours ^ theirs:
            yield f"{key} differs in placeholders: {sorted(ours ^ theirs)}"
