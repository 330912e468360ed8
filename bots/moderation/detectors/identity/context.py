# SPDX-License-Identifier: Apache-2.0
"""What stands around a number or a name, and what it says about whose it is. Pure; on folded text."""

from __future__ import annotations

import re

from bots.moderation.detectors.finding import Whose

# What looks like a number is asked about in each region and scheme, which takes its time;
# nobody reads a message with more of them in it.
MOST_CANDIDATES = 100
# How far one looks back and on: about a clause.
_BACK, _ON = 48, 28
_DIGIT = re.compile(r"[0-9]")
# But "no. 5" and "tel. 5" go on.
_END_OF_SENTENCE = re.compile(r"(?<!\bno)(?<!\bnr)(?<!\bnum)(?<!\btel)[.!?](?=\s)|\n")

_OWN = re.compile(
    r"\b(?:my|mine|me|i|i'?m|im|i am|us|our"
    r"|mi|mio|mia|me|soy|nuestro|nuestra|llamame|escribeme"
    r"|mon|ma|mes|moi|je|j'|m'"
    r"|mein|meine|meiner|meinem|meinen|mich|mir|ich|unser|unsere"
    r"|meu|minha|mim|sou|nosso|nossa)\b"
)
_OTHERS = (
    r"doctors?|dr|doc|gp|nurse|consultant|therapist|psychiatrist|boss|ex|husband|wife|partner|boyfriend|girlfriend"
    r"|bf|gf"
    r"|mum|mom|mother|dad|father|sister|brother|son|daughter|aunt|uncle|cousin|friend|neighbou?r|colleague|teacher"
    r"|landlord|manager|roommate|flatmate|kid|child"
    r"|medic[oa]|enfermer[oa]|jefe|jefa|marido|mujer|esposa|novi[oa]|madre|padre|herman[oa]|hij[oa]|amig[oa]"
    r"|vecin[oa]"
    r"|medecin|docteur|infirmiere?|patron(?:ne)?|mari|femme|copain|copine|mere|pere|s[oe]eur|frere|fils|fille|amie?"
    r"|voisine?"
    r"|arzt|arztin|hausarzt|chef(?:in)?|mann|frau|freund(?:in)?|mutter|vater|schwester|bruder|sohn|tochter"
    r"|nachbar(?:in)?"
    r"|chefe|esposo|namorad[oa]|mae|pai|irma|irmao|filh[oa]|vizinh[oa]"
)
_ANOTHERS = re.compile(
    rf"\b(?:his|her|hers|him|their|theirs|them|she|he|they)\b|\b(?:my|mi|mon|ma|meine?[mnrs]?|meu|minha)\s+"
    rf"(?:\w+\s)?(?:{_OTHERS})\b|\b[a-z]{{3,}}'s\s|\bhe's|\bshe's"
    r"|\b(?:su|sus|el|ella|vive|ellos)\b|\b(?:sa|leurs?|lui|elle)\b|\b(?:sein|seine[mnrs]?|ihr|ihre[mnrs]?|er|sie)\b"
    r"|\b(?:dele|dela|ele|ela|seu|sua)\b"
)


def before(folded: str, start: int, most: int = _BACK) -> str:
    """What stands before a place, in the same sentence as far as that can be told."""
    piece = folded[max(0, start - most) : start]
    ends = [end.end() for end in _END_OF_SENTENCE.finditer(piece)]
    return piece[ends[-1] :] if ends else piece


def after(folded: str, end: int, most: int = _ON) -> str:
    """What stands after it."""
    piece = folded[end : end + most]
    stop = _END_OF_SENTENCE.search(piece)
    return piece[: stop.start()] if stop else piece


def whose(folded: str, start: int, end: int) -> Whose:
    """Whom what stands there belongs to, as far as the words around it tell: the nearest before it counts."""
    lead = before(folded, start, 64)
    own = max((found.end() for found in _OWN.finditer(lead)), default=-1)
    anothers = max((found.end() for found in _ANOTHERS.finditer(lead)), default=-1)
    if max(own, anothers) >= 0:
        return Whose.ANOTHERS if anothers >= own else Whose.OWN
    tail = after(folded, end)
    if re.search(r"\b(?:is|are|es|est|ist|e)\s+(?:my|mine|mi|mon|mein|meine|meu|minha)\b", tail):
        return Whose.OWN
    return Whose.UNKNOWN


def digits_in(text: str) -> int:
    """How many digits there are: mostly none, and then nothing that is made of them needs to be looked for."""
    return len(_DIGIT.findall(text))


def words_of(text: str) -> frozenset[str]:
    """The words of a list that is written as a text."""
    return frozenset(text.split())
