# SPDX-License-Identifier: Apache-2.0
"""Telephone numbers: of people, not of helplines, and not everything that has as many digits.

Whether a number could be dialled at all, libphonenumber knows; whether it is one, the way it is written and the words
around it say. Health talk is full of numbers: readings, doses, dates, times, orders.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise

import phonenumbers
from phonenumbers import PhoneNumberType

from bots.moderation.detectors.finding import Setting
from bots.moderation.detectors.identity.context import MOST_CANDIDATES, after, before, digits_in
from bots.moderation.detectors.identity.glance import glance
from bots.moderation.passages.passage import Passage

# Where a room names no countries: those where its languages are spoken most.
_SPOKEN_IN = {
    "en": ("US", "GB", "IE", "CA", "AU", "NZ", "IN", "ZA"),
    "es": ("ES", "MX", "AR", "CO", "CL", "PE"),
    "fr": ("FR", "BE", "CH", "CA"),
    "de": ("DE", "AT", "CH"),
    "pt": ("PT", "BR"),
}
_CANDIDATE = re.compile(
    r"(?<![\w.,:/@#=-])\(?(?:\+|00)?\(?\d(?:[\s().\-/_•·*|~]{0,3}\d){6,16}(?:\s?(?:x|ext\.?"
    r"|extension)\s?\d{1,6})?(?![\w@%°]|[.,:]\d)"
)
# But "2l" is two litres.
_NEARLY_DIGITS = re.compile(r"(?<![a-z0-9])(?=[ol]{0,8}\d)(?!\d{1,2}l(?![a-z0-9]))[\dol]{2,16}(?![a-z0-9])")
_NOUGHTS_AND_ONES = str.maketrans("ol", "01")
_EXTENSION = re.compile(r"\s?(?:x|ext\.?|extension)\s?\d{1,6}$")
_WORDS = {
    **dict.fromkeys(("zero", "oh", "o", "null", "nulo", "cero"), "0"),
    **dict.fromkeys(("one", "uno", "un", "une", "eins", "um", "uma"), "1"),
    **dict.fromkeys(("two", "dos", "deux", "zwei", "zwo", "dois", "duas"), "2"),
    **dict.fromkeys(("three", "tres", "trois", "drei"), "3"),
    **dict.fromkeys(("four", "cuatro", "quatre", "vier", "quatro"), "4"),
    **dict.fromkeys(("five", "cinco", "cinq", "funf", "fuenf"), "5"),
    **dict.fromkeys(("six", "seis", "sechs", "meia"), "6"),
    **dict.fromkeys(("seven", "siete", "sept", "sieben", "sete"), "7"),
    **dict.fromkeys(("eight", "ocho", "huit", "acht", "oito"), "8"),
    **dict.fromkeys(("nine", "nueve", "neuf", "neun", "nove"), "9"),
}
_SPOKEN = re.compile(
    rf"\b(?:(?:double|triple)\s)?(?:{'|'.join(_WORDS)}|\d)"
    rf"(?:[\s,.-]{{1,3}}(?:(?:double|triple)\s)?(?:{'|'.join(_WORDS)}|\d)){{6,14}}\b"
)
PATTERNS = (_SPOKEN,)
"""Of numbers that are not written in digits."""
_may_be_spoken = glance(*PATTERNS)
_ASKED_FOR = re.compile(
    r"\b(?:call|ring|phone|telephone|tel|text|txt|sms|dial|reach|contact|number|no|nr|num|cell|cellphone|mobile|mob"
    r"|landline"
    r"|fax|whats?app|wa|signal|viber|imessage|facetime|telegram|ph|hmu|hit me up|digits|message me|msg me|dm me"
    r"|llama|llamame|llamad|llamadme|llamar|escribid|escribidme|avisad|telefono|tfno|movil|celular|numero|escribeme|wasap|guasap|marca"
    r"|appelle|appelez|appeler|telephone|portable|numero|joindre|joignable|ecris|sms|texto"
    r"|ruf|rufe|rufen|anrufen|ruft|handy|handynummer|telefon|telefonnummer|nummer|mobil|erreichbar|festnetz|schreib|schreibt|schreiben"
    r"|liga|ligue|ligar|telefone|telemovel|celular|zap|zapzap|numero|contato|contacto|chama|fone)\b[^\n]{0,26}$"
)
_SOMETHING_ELSE = re.compile(
    r"(?:\b(?:order|ref|reference|track(?:ing)?|invoice|lot|batch|serial|model|version|ver|isbn|issn|doi|pmid|pmcid"
    r"|nct|case|ticket"
    r"|policy|claim|member|account|acct|sort code|confirmation|booking|code|pin|otp|sku|item|product|part|firmware"
    r"|build|ndc|udi"
    r"|barcode|upc|ean|imei|zip|parcel|usps|fedex|ups|dhl|nhs|ssn|nino|tax|id|license|licence|passport|room|page"
    r"|pages|line"
    r"|vin|patent|episode|season|score|study|trial|article|hospital|patient|mrn|record|steps?|grant|donation|npi"
    r"|reddit"
    r"|pedido|referencia|factura|lote|seguimiento|expediente|commande|facture|lot|suivi|dossier|bestellung"
    r"|bestellnummer"
    r"|rechnung|sendung|sendungsnummer|charge|aktenzeichen|encomenda|fatura|rastreio|protocolo|processo|lote)"
    r"(?:\s?(?:number|no|nr|num|id|#|code|numero|nummer|is|was|es|est|ist|e|de|du))*[\s.:#]{1,3}|[#$€£v]\s?"
    r"|\bv\.?\s?)$"
)
_UNIT = re.compile(
    r"\s?(?:mg|mcg|ug|g|kg|ml|l|dl|mmol|mol|iu|ie|ui|units?|einheiten|unidades|unites|cal|kcal|calories|steps"
    r"|schritte|pasos|pas"
    r"|passos|%|bpm|mmhg|lbs?|pounds|stone|cm|mm|km|miles|hz|kb|mb|gb|people|members|dollars|euros?|usd|eur|gbp|€|\$"
    r"|£"
    r"|years?|months?|weeks?|days?|hours?|hrs?|minutes?|mins?|am|pm|uhr|times|views|cells|copies|nmol|pmol|ng|pg)\b"
)
_DATE = re.compile(
    r"(?:19|20)\d\d[\s./-]?(?:0?[1-9]|1[0-2])[\s./-]?(?:0?[1-9]|[12]\d|3[01])(?:\D.*)?"
    r"|(?:0?[1-9]|[12]\d|3[01])[\s./-](?:0?[1-9]|[12]\d|3[01])[\s./-](?:19|20)\d\d(?:\D.*)?"
    r"|(?:19|20)\d\d(?:[\s/.-]{1,3}(?:19|20)\d\d)+|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d\d"
)
_DECIMAL = re.compile(r"\d{1,3}\.\d{4,}")
_AMERICAN = re.compile(r"(?:1[\s.-])?(?:\([2-9]\d\d\)[\s.-]{0,2}|[2-9]\d\d[\s.-]{1,2})\d{3}[\s.-]\d{4}")
_AMERICAN_PUBLIC = re.compile(r"(?:1[\s.-])?\(?(?:8(?:00|33|44|55|66|77|88)|900)")
_NAMED_AFTER = re.compile(
    r"\s{0,2}(?:,|-|\()?\s{0,2}(?:is|are|es|est|ist|e|that'?s|thats|esse e|this is)?\s?(?:my|his|her|their|our|the"
    r"|mi|su|mon|ma|son|meine|seine|ihre|(?:o )?meu|(?:o )?seu)\s"
    r"(?:\w+\s)?(?:number|cell|mobile|phone|digits|numero|telefono|movil|portable|nummer|handynummer|telefone"
    r"|telemovel|celular)\b"
)
_BRITISH_MADE_UP = re.compile(r"0(?:7700900|1632960|1\d1496|2079460)\d{3,4}")
# Of organisations: who calls them reaches no person's own line.
_PUBLIC = frozenset(
    {
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.UAN,
        PhoneNumberType.VOICEMAIL,
    }
)
_SHORTEST, _LONGEST = 7, 15
# The others may be letters that look like some.
_FEWEST = 4


def find_phones(passage: Passage, setting: Setting) -> Iterator[tuple[int, int, float]]:
    """Where in the folded text numbers of people stand, and how surely."""
    text = passage.folded
    with_zeros = _with_zeros(text) if digits_in(text) >= _FEWEST else ""
    if digits_in(with_zeros) >= _SHORTEST:
        for match in islice(_CANDIDATE.finditer(with_zeros), MOST_CANDIDATES):
            confidence = _how_surely(match.group(), text, match.start(), match.end(), setting)
            if confidence:
                yield match.start(), match.end(), confidence
    for match in islice(_SPOKEN.finditer(text), MOST_CANDIDATES) if _may_be_spoken(text) else ():
        digits = _said(match.group())
        if (
            not _is_counting(digits)
            and any(c.isalpha() for c in match.group())
            and (
                _ASKED_FOR.search(before(text, match.start()))
                or any(valid for valid, _ in _in_regions(digits, _regions(setting)))
            )
        ):
            yield match.start(), match.end(), 0.7


def _with_zeros(text: str) -> str:
    """`O7700 9OO l23`: in a word of digits an o is a nought, and an l a one."""
    return _NEARLY_DIGITS.sub(lambda word: word.group().translate(_NOUGHTS_AND_ONES), text)


def _said(words: str) -> str:
    digits, times = "", 1
    for word in re.findall(r"[a-z]+|\d", words):
        if word in ("double", "triple"):
            times = 2 if word == "double" else 3
        else:
            digits += _WORDS.get(word, word) * times
            times = 1
    return digits


def _is_counting(digits: str) -> bool:
    """One, two, three, or three, two, one."""
    return {int(later) - int(earlier) for earlier, later in pairwise(digits)} in ({1}, {-1})


def _how_surely(written: str, text: str, start: int, end: int, setting: Setting) -> float:
    written = _EXTENSION.sub("", written.strip())
    digits = re.sub(r"\D", "", written)
    if not _SHORTEST <= len(digits) <= _LONGEST + 2 or _is_known(digits, setting.known):
        return 0
    lead, tail = before(text, start), after(text, end)
    asked_for = bool(_ASKED_FOR.search(lead) or _NAMED_AFTER.match(tail))
    international = written.lstrip("(").startswith(("+", "00"))
    if _UNIT.match(tail) or _DATE.fullmatch(written) or len(set(digits)) == 1:
        return 0
    if _SOMETHING_ELSE.search(lead) and not international:
        return 0
    regions = _regions(setting)
    found = _in_regions(("+" + digits.removeprefix("00")) if international else digits, regions)
    if written.startswith("(") and not any(valid for valid, _ in found):
        # The country's code in brackets: `(351) 912 …`.
        found += _in_regions(f"+{digits}", regions)
    if _AMERICAN.fullmatch(written):
        # Written so, it is meant to be one of North America, whatever it would be elsewhere.
        return 0 if _AMERICAN_PUBLIC.match(written) else 0.95 if any(valid for valid, _ in found) else 0.8
    if any(kind in _PUBLIC for valid, kind in found if valid):
        return 0
    if international:
        return 0.95 if any(valid for valid, _ in found) else 0.75 if asked_for or written.startswith("+") else 0
    valid = any(valid for valid, _ in found)
    if _BRITISH_MADE_UP.fullmatch(digits):
        return 0.85
    groups = re.findall(r"\d+", written)
    if asked_for and (valid or (found and len(digits) >= 8) or _looks_local(groups, tail)):
        return 0.9 if valid else 0.7
    if not valid or _looks_like_readings(groups, written):
        return 0
    if digits.startswith("0"):
        return 0.85
    # Nothing but its length speaks for it.
    return 0.65 if len(groups) > 1 else 0.55


def _looks_local(groups: Sequence[str], tail: str) -> bool:
    """Within a town: `555-0134`."""
    return [len(group) for group in groups] == [3, 4] and not tail.lstrip().startswith(("-", "/"))


def _looks_like_readings(groups: Sequence[str], written: str) -> bool:
    """A row of values: blood sugars, pulses, weights; years; a slash between them."""
    if ("/" in written and not written.startswith("0")) or _DECIMAL.fullmatch(written):
        return True
    if len(groups) >= 3 and all(len(group) <= 3 for group in groups) and written[0] != "0":
        values = [int(group) for group in groups]
        # Three of three digits are a number in Spain; what is measured seldom goes beyond 400.
        return len(groups) != 3 or any(len(group) != 3 for group in groups) or values[0] < 600
    return False


def _regions(setting: Setting) -> tuple[str, ...]:
    if setting.regions:
        return setting.regions
    spoken = (region for language in setting.languages for region in _SPOKEN_IN.get(language.split("-")[0], ()))
    return tuple(dict.fromkeys(spoken)) or _SPOKEN_IN["en"]


def _in_regions(number: str, regions: tuple[str, ...]) -> tuple[tuple[bool, int], ...]:
    """For each region in which the number is possible: whether it is valid there, and of what kind."""
    found = []
    for region in regions[:1] if number.startswith("+") else regions:
        try:
            parsed = phonenumbers.parse(number, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number(parsed):
            found.append((phonenumbers.is_valid_number(parsed), phonenumbers.number_type(parsed)))
    return tuple(found)


def _is_known(digits: str, known: frozenset[str]) -> bool:
    """Whether it is one of the community's own numbers, in its national or its international form."""
    if not known:
        return False
    bare = digits.lstrip("0")
    return (
        any(
            bare == number.lstrip("0") or bare.endswith(number.lstrip("0"))
            for number in known
            if number.isdigit() and len(number) >= _SHORTEST
        )
        or digits in known
    )
