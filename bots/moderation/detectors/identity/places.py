# SPDX-License-Identifier: Apache-2.0
"""Where somebody lives: postal addresses as several countries write them, and places on the map."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bots.moderation.detectors.identity.context import before, digits_in, words_of
from bots.moderation.detectors.identity.glance import glance
from bots.moderation.passages.passage import Passage

# Of a pair of coordinates.
_FEWEST_DIGITS = 6
_LIVES = re.compile(
    r"\b(?:address|adress|addy|live[sd]?|living|lives at|house|home|flat|apartment|apt|stay(?:s|ing)?|moved to"
    r"|move to|send|ship|mail|post"
    r"|deliver|come (?:to|over|by)|meet me|visit|found at|located|direccion|vivo|vive|vivimos|casa|piso|domicilio"
    r"|enviar|manda"
    r"|adresse|habite|habitons|j'habite|domicile|envoie|envoyer|wohne|wohnt|wohnen|anschrift|zuhause|schick|moro|mora"
    r"|endereco|morada|resido|reside)\b"
)
# What a number before a street's kind counts instead.
_NO_STREET = re.compile(
    r"\b(?:mg|mcg|ml|units?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?|miles?|km|kms|metres?|meters?"
    r"|steps|times"
    r"|of us|people|percent|am|pm|years?|old|more|other|different|times|laps?|lane|way (?:to|of|too|more|up|down"
    r"|back|through)"
    r"|stone|pounds|lbs|kg|beds?|bedroom|car|cars|kids|ways|cups?|glasses|pills|tablets|tests|after|before|in|on"
    r"|down|and|or"
    r"|since|until|for|with|a|an|is|are|was|were|to|from|at|the way|second|third|fourth|hour|minute|day|week|month"
    r"|year|mile)\b"
)
_ENGLISH_KIND = (
    r"street|st|road|rd|avenue|ave|av|lane|ln|drive|dr|close|court|ct|crescent|cres|way|place|pl|boulevard|blvd"
    r"|terrace|terr"
    r"|gardens|gdns|grove|square|sq|highway|hwy|parkway|pkwy|row|mews|hill|park|walk|rise|view|green|trail|circle"
    r"|cir|loop"
    r"|heights|alley|quay|wharf|esplanade|parade|broadway"
)
# These are words of every day: only with a name before them that is written as one, or where somebody says they live.
_EVERYDAY = words_of(
    """
    way place drive close court park walk rise view green hill row circle loop dr st pl ct cir av terrace square
    trail
    """
)
_ENGLISH = re.compile(
    rf"(?<![\w.,/:$£€-])(?:(?:flat|apt\.?|apartment|unit|suite|no\.?|number)\s{{0,2}}#?\w{{1,5}},?\s)?"
    rf"\d{{1,5}}[a-d]?(?:[/-]\d{{1,4}})?,?\s(?:[nsew]{{1,2}}\.?\s|north\s|south\s|east\s|west\s)?"
    rf"(?P<name>(?:[a-z0-9'.-]{{2,20}}\s){{1,3}}?)(?P<kind>{_ENGLISH_KIND})\b\.?"
)
_NUMBERED = re.compile(rf"(?<![\w.])\d{{1,5}}\s(?:[nsew]\.?\s)?\d{{1,3}}(?:st|nd|rd|th)\s(?:{_ENGLISH_KIND})\b")
_PO_BOX = re.compile(
    r"\b(?:p\.?\s?o\.?\s?box|postfach|apartado(?: de correos| postal)?|caixa postal"
    r"|boite postale)\s#?\d{1,6}\b"
)
_STATES = (
    "al ak az ar ca co ct de fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh ok or"
    " pa ri sc sd tn tx"
    " ut vt va wa wv wi wy dc pr vi gu as mp fm mh pw aa ae ap".replace(" ", "|")
)
_CITY = r"[a-z][a-z.'-]{1,24}(?:\s[a-z.'-]{1,24})?"
_ZIP = re.compile(rf"\b{_CITY},?\s(?P<state>{_STATES})\.?,?\s\d{{5}}(?:-\d{{4}})?(?![\w-])")
_AUSTRALIAN = re.compile(r"\b[a-z]{3,},?\s(?P<state>nsw|vic|qld|sa|wa|tas|nt|act),?\s\d{4}(?![\w-])")
_PROVINCE = re.compile(r"\b(?:on|qc|bc|ab|mb|sk|ns|nb|nl|pe|yt|nt|nu)\s{1,2}$")
_MEXICAN = re.compile(
    r"(?:\b(?P<state>ags|bcs?|camp|chis|chih|coah|col|cdmx|df|dgo|gto|gro|hgo|jal|mex|mich|mor|nay|nl|oax|pue|qro|qroo|slp|sin"
    r"|son|tab|tamps|tlax|ver|yuc|zac)\.?,?\s|\bc\.?p\.?\s?)\d{5}(?:-\d{4})?(?![\w-])"
)
_INDIAN = re.compile(r"\b(?P<city>[a-z]{4,})\s?-\s?\d{6}(?![\w-])|\bpin(?:\s?code)?[\s:-]{1,3}\d{3}\s?\d{3}\b")
_AREAS = "|".join(
    sorted(
        words_of(
            """
            ab al ba bb bd bf bh bl bn br bs bt ca cb cf ch cm co cr ct cv cw da dd de dg dh dl dn dt dy ec eh
            en ex fk fy gl gu gy ha hd hg hp hr hs hu hx ig im ip iv je ka kt kw ky la ld le ll ln ls lu me mk
            ml ne ng nn np nr nw ol ox pa pe ph pl po pr rg rh rm sa se sg sk sl sm sn so sp sr ss st sw sy ta
            td tf tn tq tr ts tw ub wa wc wd wf wn wr ws wv yo ze b e g l m n s w
            """
        ),
        key=len,
        reverse=True,
    )
)
_POSTCODE = re.compile(rf"(?<![\w-])(?:{_AREAS})\d[\da-z]?\s?\d[abd-hjlnp-uw-z]{{2}}(?![\w-])")
_EIRCODE = re.compile(r"(?<![\w-])[ac-fhknprtv-y]\d[\dw]\s[0-9ac-fhknprtv-y]{4}(?![\w-])")
_CANADIAN = re.compile(r"(?<![\w-])[abceghj-nprstvxy]\d[abceghj-nprstv-z]\s?\d[abceghj-nprstv-z]\d(?![\w-])")
_GERMAN = re.compile(
    r"\b(?P<name>(?:[a-z-]{3,24}(?:strasse|straße|str\.?|weg|platz|allee|gasse|ring|ufer|damm|chaussee|steig|markt"
    r"|graben)"
    r"|(?:am|an der|an den|auf der|auf dem|im|in der|zum|zur|unter den|alte|neue|grosse|kleine|lange"
    r"|hohe)\s[a-z-]{3,20}"
    r"(?:\s(?:strasse|str\.?|weg|platz|allee|gasse))?"
    r"|[a-z-]{3,20}(?:er)?\s(?:strasse|str\.|weg|platz|allee|gasse|ring|damm|ufer)))"
    r"\s{0,2}(?P<number>\d{1,3}(?:\s?[-/]\s?\d{1,3})?\s?[a-f]?)(?![\w.,:]\d|\w|\s?(?:mg|km|min|uhr|stunden|meter"
    r"|minuten|tage|wochen|jahre|mal|%|euro|x)\b)"
)
_GERMAN_SURE = re.compile(r"(?:strasse|str\.?|allee|gasse|chaussee|damm|platz)$|weg$")
# Nothing else is called so, in small letters either.
_GERMAN_ONLY = re.compile(r"[a-z-]{4,}(?:strasse|str\.?|gasse|allee)$")
# What follows the number of a house, and of nothing else.
_DOOR = re.compile(
    r",?\s(?:apto|apt|ap|bloco|bl|piso|izq\w{0,7}|dcha|drcha|bajo|puerta|portal|esc(?:alera)?|andar|fundos)\b|,?\s\d{1,2}\s?[oa°](?!\w)"
)
_GERMAN_TALK = re.compile(
    r"(?:heim|um|rueck|ruck|hin|aus|arbeits|schul|feld|wald|rad|jakobs|lebens|mittel|unter|luft|seh|leidens"
    r"|keines)weg$|ersatz$|markt$"
    r"|(?:arbeits|sitz|schlaf|park|stell|spiel|sport|lauf|ster|ruhe|impf|kita|therapie|start|bau|studien|kranken"
    r"|lager)platz$"
)
_FRENCH = re.compile(
    r"(?<![\w.,])\d{1,4}\s?(?:bis|ter|quater)?,?\s(?:rue|r\.|r(?=\sd(?:es?|u)\s)|avenue|av\.?|boulevard|bd\.?|blvd|place|pl\.|chemin"
    r"|ch\.|impasse"
    r"|allees?|quai|route|cours|square|passage|sentier|residence|faubourg|villa|esplanade)\s"
    r"(?!par\b|en\b|a\b|pour\b|avec\b|libre|est\b)(?:d'|de\s|du\s|des\s|l'|la\s|le\s"
    r"|les\s){0,3}[a-z0-9'-]{2,}(?:\s[a-z'-]{3,}){0,2}"
)
_IBERIAN = re.compile(
    r"\b(?:calle|c/|cl\.|avenida|avda\.?|avd\.?|av\.?|paseo|pso\.|plaza|pza\.?|plza\.|carrer|camino|cno\.|travesia"
    r"|ronda"
    r"|carretera|ctra\.?|urbanizacion|callejon|jiron|carrera|cra\.?|diagonal|pasaje|rambla|cuesta|pasadizo|acceso"
    r"|glorieta|cerrada|calzada|circuito|privada|prolongacion|andador|viela|ladeira|loteamento|condominio|conjunto"
    r"|chacara|sitio|setor|nucleo|parque|jardim|vila|patio|rua|r\.|travessa|tv\.|praca|largo|alameda|al\."
    r"|estrada|rodovia|beco|quinta|rúa)\s(?P<name>(?:[a-z0-9'º.-]{1,20}\s){0,5}?[a-z'.-]{2,20}),?\s"
    r"(?:n[º°o.]{0,2}\s?|numero\s|num\.?\s|#\s?|lote\s)?(?P<number>\d{1,5}\s?[a-d]?|s/n)(?![\w.,]\d|\w|\s?(?:mg|min"
    r"|minutos|horas|dias|km|veces"
    r"|vezes|semanas|metros|anos|%)\b)"
)
_COLOMBIAN = re.compile(
    r"\b(?:calle|cl|carrera|cra|kr|diagonal"
    r"|transversal)\.?\s\d{1,3}[a-z]?\s?(?:bis\s?)?#\s?\d{1,3}[a-z]?\s?-\s?\d{1,3}\b"
)
_CITY_AFTER = re.compile(
    r",?\s{1,2}(?:\d{4,5}\s[a-z]{3,}|[a-z]{1,2}\d[\da-z]?\s?\d[a-z]{2}\b"
    r"|[a-z .'-]{3,25},?\s(?:[a-z]{2}\s)?\d{5}\b)"
)
_POSTAL_AND_CITY = re.compile(
    r"(?<![\w.,/-])(?:(?:d|f|ch|a|de|at|b|l"
    r"|e)-)?(?P<code>\d{5})\s(?P<city>[a-z][a-z'-]{2,}(?:[\s-][a-z'-]{3,}){0,2})"
)
_CEP = re.compile(r"(?<![\w.-])(?:\d{5}-\d{3}|\d{4}-\d{3})(?P<city>\s[a-z]{3,})?(?![\w.-]\d)")
_BRAZILIAN = re.compile(r"(?<![\w.-])\d{5}-?\d{3}\s[a-z][a-z .'-]{2,30}\s/\s[a-z]{2}\b")
_LATITUDE = re.compile(
    r"(?<![\w.])[+-]?(?:[0-8]?\d|90)\.\d{3,8}\s?°?\s?[ns]?\s?[,;/\s]\s{0,2}(?:(?:lon|lng|long|longitude|[eow])[:=.]?\s{0,2})?"
    r"[+-]?(?:1[0-7]\d|0?\d?\d|180)\.\d{3,8}\s?°?\s?[ew]?(?![\w.])"
    r"|(?<![\w.,])-?(?:[0-8]?\d|90),\d{4,8}\s?°?\s?[ns]?[;/\s]\s{0,2}-?(?:1[0-7]\d|\d?\d|180),\d{4,8}(?![\w,])"
    r"|(?<![\w.])\d{1,2}°\s?\d{1,2}['′]\s?[\d.]{0,7}[\"″]?\s?[ns],?\s{1,2}\d{1,3}°\s?\d{1,2}['′]\s?[\d.]{0,7}[\"″]?\s?[ewo](?!\w)"
)
_MAP = re.compile(
    r"(?:https?://)?(?:www\.)?(?:maps\.app\.goo\.gl/\w{5,}|goo\.gl/maps/\w{5,}|(?:google\.[a-z.]{2,6}/maps"
    r"|maps\.google\.[a-z.]{2,6})\S{3,200}"
    r"|maps\.apple\.com/\S{3,200}|what3words\.com/\S{5,60}|w3w\.co/\S{5,60}"
    r"|(?:www\.)?openstreetmap\.org/\S{0,60}mlat\S{0,60})"
    r"|(?<![/:\w])///[a-z]{3,}\.[a-z]{3,}\.[a-z]{3,}\b|\bgeo:-?\d{1,2}\.\d+,-?\d{1,3}\.\d+"
)
_ADDRESSES = (
    *(_ENGLISH, _NUMBERED, _PO_BOX, _COLOMBIAN, _ZIP, _AUSTRALIAN, _MEXICAN, _INDIAN, _POSTCODE, _EIRCODE, _CANADIAN),
    *(_GERMAN, _FRENCH, _IBERIAN, _CEP, _BRAZILIAN, _POSTAL_AND_CITY),
)
_may_be_address = glance(*_ADDRESSES)


def find_addresses(passage: Passage) -> Iterator[tuple[int, int, float]]:
    """Where in the folded text postal addresses stand, and how surely."""
    text = passage.folded
    if not (digits_in(text) and _may_be_address(text)):
        return
    for match in _ENGLISH.finditer(text):
        confidence = _english(match, passage)
        if confidence:
            yield match.start(), match.end(), confidence
    for pattern, sure in ((_NUMBERED, 0.8), (_PO_BOX, 0.75), (_COLOMBIAN, 0.9)):
        for match in pattern.finditer(text):
            yield match.start(), match.end(), sure
    for match in _ZIP.finditer(text):
        if _written(passage, match.start("state"), match.end("state")).isupper() or _lives(text, match.start()):
            yield match.start(), match.end(), 0.85
    yield from _by_code(passage)
    yield from _continental(passage)


def _by_code(passage: Passage) -> Iterator[tuple[int, int, float]]:
    """Codes of the post that stand for a few houses, or stand beside their town."""
    text = passage.folded
    for pattern in (_AUSTRALIAN, _MEXICAN):
        for match in pattern.finditer(text):
            state = match.group("state") and _written(passage, match.start("state"), match.end("state"))
            if not state or (state.isupper() and "," in text[max(0, match.start() - 40) : match.end()]):
                yield match.start(), match.end(), 0.8
    for match in _INDIAN.finditer(text):
        if match.group("city") is None or _written(passage, match.start(), match.start() + 1).isupper():
            yield match.start(), match.end(), 0.7
    for pattern in (_POSTCODE, _EIRCODE, _CANADIAN):
        for match in pattern.finditer(text):
            capital = _written(passage, match.start(), match.end()).isupper()
            marked = " " in match.group() or _PROVINCE.search(before(text, match.start(), 6))
            if (capital and marked) or _lives(text, match.start()) or "postcode" in before(text, match.start()):
                yield match.start(), match.end(), 0.75


def _continental(passage: Passage) -> Iterator[tuple[int, int, float]]:
    text = passage.folded
    for match in _GERMAN.finditer(text):
        name = match.group("name")
        named = (
            _written(passage, match.start("name"), match.start("name") + 1).isupper()
            or _GERMAN_ONLY.search(name)
            or _lives(text, match.start())
        )
        sure = _GERMAN_SURE.search(name) and not _GERMAN_TALK.search(name)
        if named and (sure or _CITY_AFTER.match(text, match.end())):
            yield match.start(), match.end(), 0.8
    for match in _FRENCH.finditer(text):
        yield match.start(), match.end(), 0.85
    for match in _IBERIAN.finditer(text):
        named = _named(passage, match.start("name"), match.end("name"))
        if named or _DOOR.match(text, match.end()) or _lives(text, match.start()):
            yield match.start(), match.end(), 0.8
    for match in _CEP.finditer(text):
        city = match.group("city") and _written(passage, match.start("city") + 1, match.start("city") + 2).isupper()
        if city or "cep" in before(text, match.start(), 12) or _lives(text, match.start()):
            yield match.start(), match.end(), 0.75
    for match in _BRAZILIAN.finditer(text):
        yield match.start(), match.end(), 0.85
    for match in _POSTAL_AND_CITY.finditer(text):
        city = _written(passage, match.start("city"), match.start("city") + 1)
        after_street = text[: match.start()].rstrip(" ")[-1:] in (",", "\n")
        if city.isupper() and (after_street or _lives(text, match.start())):
            yield match.start(), match.end(), 0.7


def find_places(passage: Passage) -> Iterator[tuple[int, int, float]]:
    """Where in the folded text coordinates and links to maps stand."""
    text = passage.folded
    for match in _LATITUDE.finditer(text) if digits_in(text) >= _FEWEST_DIGITS else ():
        decimals = re.findall(r"[.,](\d+)", match.group())
        # Three places are a block of houses, and also how some laboratories write.
        if "°" in match.group() or "-" in match.group() or all(len(each) >= 4 for each in decimals):
            yield match.start(), match.end(), 0.8
    for match in _MAP.finditer(text) if "/" in text or "geo:" in text else ():
        yield match.start(), match.end(), 0.7


def _english(match: re.Match[str], passage: Passage) -> float:
    text, name, kind = passage.folded, match.group("name"), match.group("kind")
    if _NO_STREET.search(name) or name == "way " or not re.search(r"[a-z]", name):
        return 0
    capital = _named(passage, match.start("name"), match.end("name"))
    lives = _lives(text, match.start())
    full = bool(_CITY_AFTER.match(text, match.end()))
    if full:
        return 0.9
    if kind in _EVERYDAY:
        kind_capital = _written(passage, match.start("kind"), match.start("kind") + 1).isupper()
        return 0.85 if (capital and kind_capital) else 0.7 if lives and not re.search(r"\s\w+\s\w+\s", name) else 0
    return 0.9 if capital else 0.75 if lives or len(name.split()) == 1 else 0


def _named(passage: Passage, start: int, end: int) -> bool:
    """Whether the words are written as names are."""
    words = _written(passage, start, end).split()
    return any(word[:1].isupper() for word in words)


def _written(passage: Passage, start: int, end: int) -> str:
    places = passage.origin[start:end]
    return passage.text[min(places) : max(places) + 1] if places else ""


def _lives(text: str, start: int) -> bool:
    return bool(_LIVES.search(before(text, start)))
