# SPDX-License-Identifier: Apache-2.0
"""Full names of people, where somebody is called by one; and days of birth."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bots.core.anonymity import names
from bots.moderation.detectors.finding import Whose
from bots.moderation.detectors.identity.context import words_of
from bots.moderation.detectors.identity.glance import glance
from bots.moderation.passages.passage import Field, Passage

_WORD = r"[a-z][a-z'-]{1,19}"
_TITLE = (
    r"(?:dr|doctor|doc|prof|professor|mr|mrs|ms|miss|mx|sir|nurse|sister|dra|ing|lic|srita|srta|dipl\.-?ing"
    r"|doctora|sr|sra|senor|senora|docteur|mme|m|frau|herr|doutor|doutora)"
)
_INTRODUCED = re.compile(
    r"\b(?:my (?:(?:full|real|actual|legal|birth|first and last) )?name(?:'s| is| was|:)|(?:full|real"
    r"|legal) name(?: is|'s|:)|(?:nombre|nom|nome|name)(?: completo| complet)?:"
    r"|i(?:'?m| am) (?:called|named)|they call me|people call me|you can call me|this is|i(?:'?m| am)|im|it'?s me"
    r"|signed|sincerely,?"
    r"|mi nombre(?: completo| real)? es|me llamo|soy|mon (?:vrai )?nom(?: complet)? est|je m'appelle|je suis|c'est"
    r"|mein (?:richtiger |voller |echter )?name ist|ich heisse|ich bin(?: die| der)?"
    r"|meu nome(?: completo| verdadeiro)? e|me chamo|chamo-me|eu sou|sou|aqui e)"
    rf"\s(?:in real life |irl |really |actually |o |a )?(?P<title>{_TITLE}\.?\s)?(?P<name>{_WORD}(?:\s(?:(?:de|da|do"
    rf"|dos|das|van|von|der|den|la|le|del|di|al|el|bin|mc|o)\s){{0,2}}(?:[a-z]\.?\s)?{_WORD}){{0,2}})"
)
_STRONG = re.compile(
    r"name|called|named|call me|nombre|nom|llam[ao]|appelle|heiss[et]|cham[ao]|signed|sincerely|really|actually"
)
_TOLD_OF = re.compile(
    rf"\b(?:(?:his|her|their|hers|whose|the (?:doctor|nurse|guy|man|woman|person|bully|admin|moderator"
    rf"|user)'?s?)(?: \w+'?s?)? (?:full |real |actual |legal )?name(?:'s| is| was|:)"
    rf"|real name(?:'s| is| was|:)|(?:he|she|they)(?:'s| is|'re| are) (?:really |actually |called |named )+|(?:is"
    rf"|was) (?:really|actually|called|named)"
    rf"|su nombre(?: completo| real)? es|se llama|son (?:vrai )?nom est|(?:il|elle) s'appelle|(?:sein|ihr) name ist"
    rf"|(?:er|sie|(?:der|die|mein|meine|unser|unsere) \w+) heisst|o nome d[eo]l[ea] e|(?:ele|ela) se chama"
    rf"|(?:my|our|mi|mon|ma|mein|meine|meu|minha) (?:\w+ )?(?:doctor|dr|gp|nurse|consultant|therapist|psychiatrist"
    rf"|boss|ex|husband|wife|partner|boyfriend|girlfriend|mum|mom|mother|dad|father|sister|brother|son|daughter|aunt"
    rf"|uncle|cousin|friend|neighbou?r|colleague|teacher|landlord|manager|roommate|endo|endocrinologist"
    rf"|diabetologist|surgeon|midwife|dietitian|coworker|workmate|flatmate|classmate"
    rf"|medico|medica|jefe|jefa|hermano|hermana|companero|companera|vecino|vecina|amigo|amiga|marido|mujer|hijo|hija"
    rf"|padre|madre|profesor|profesora|psicologo|psicologa|doctor|doctora|enfermero|enfermera|novio|novia|primo|prima|casero|casera"
    rf"|medecin|patron|patronne|soeur|frere|collegue|voisin|voisine|ami|amie|mari|femme|fils|fille|pere|mere|psy|kine"
    rf"|infirmier|infirmiere|proprietaire|arzt|arztin|chef|chefin|kollege|kollegin|nachbar|nachbarin|freund|freundin|mann|frau"
    rf"|bruder|schwester|mutter|vater|sohn|tochter|lehrer|lehrerin|vermieter|vermieterin|therapeut|therapeutin|hausarzt|hausarztin"
    rf"|chefe|irma|irmao|colega|vizinho|vizinha|mulher|filho|filha|pai|mae|professor|professora|enfermeiro"
    rf"|enfermeira)(?:,| is| called| named|:)?)"
    rf"\s(?P<title>{_TITLE}\.?\s)?(?P<name>{_WORD}(?:\s(?:(?:de|da|do|dos|das|van|von|der|den|la|le|del|di|al|el|bin"
    rf"|mc|o)\s){{0,2}}(?:[a-z]\.?\s)?{_WORD}){{1,2}})"
)
# Where somebody can be looked up by it: "on facebook as …", "auf facebook unter …".
_LOOKED_UP = re.compile(
    rf"\b(?:facebook|fb|linkedin|xing|insta|instagram|tiktok)(?:,|:| -)?"
    rf"\s(?:(?:as|under|called|unter|als|como|por|sous le nom de|sous|com o nome de|im|bin|soy) )?"
    rf"(?P<name>{_WORD}\s(?:(?:de|da|do|von|van|der|la|le|del|di|al|el) ){{0,2}}{_WORD})"
)
# Where they are seen, and not what they wrote: "Dr … at the Royal".
_TITLED = re.compile(
    rf"\b(?P<title>{_TITLE}\.?)\s(?P<name>{_WORD}\s(?:(?:de|da|do|von|van|der|la|le|del|di|al|el)\s){{0,2}}{_WORD})"
    rf"\s(?:at|from|in|im|vom|aus|in der|del|de la|du|da|do)\s"
)
_DOCTOR_IS_ME = re.compile(
    rf"\b(?:i(?:'?m| am)|this is|im|soy (?:el|la)|je suis(?: le)?|ich bin|(?:eu )?sou (?:o"
    rf"|a))\s(?P<title>(?:dr|doctor|prof|professor|dra|doctora|docteur"
    rf"|doutora?)\.?)\s(?P<name>{_WORD}(?:\s{_WORD}){{0,1}})"
)
_SOMEONE_WHO = re.compile(
    rf"\b(?P<name>{_WORD}\s{_WORD})(?:,? (?:who )?(?:works? (?:at|for|in)|lives? (?:at|in|on|near)|from (?:number"
    rf"|the|my) |at number|is (?:the|a) (?:user|one|person) (?:behind|who)))"
)
_PARTICLES = words_of(
    """
    de da do dos das van von der den la le del di al el bin mc o
    """
)
_NOT_A_NAME = words_of(
    """
    a an the not so too very really just also still here there back new old now never always only going getting
    having feeling being trying doing looking taking on in at of off out up down with without for from to and or but
    if as by no yes ok okay sure sorry glad happy sad tired sick ill done fine good bad well better worse alone
    afraid scared worried excited grateful diabetic celiac coeliac type one two years year old my your his her their
    our that this what how who why when where which all some any one ready late from un una uno el la los las muy no
    nueva nuevo de en con para por le une tres pas nouvelle nouveau ein eine der die das sehr nicht neu hier o a uma
    um muito nao novo nova it's its he she they we you me him them doctor doctors nurse nurses mum mom dad house who
    google pepper phil oz strange
    """
)
_BORN = re.compile(
    r"\b(?:dob|d\.o\.b\.?|date of birth|birth\s?date|born(?: on)?(?: the)?|(?:my |his |her |their )?birthday(?: is"
    r"|'s)?(?: on)?(?: the)?|fecha (?:de )?nacimiento"
    r"|naci(?:do|da)?(?: el)?|cumpleanos(?: es)?(?: el)?|nee?(?: le)?|date (?:de )?naissance"
    r"|anniversaire(?: est)?(?: le)?|geboren(?: am)?|geb\.?|geburtsdatum|geburtstag(?: ist)?(?: am)?"
    r"|nasci(?:do|da)?(?: em| a)?(?: no dia)?|data (?:de )?nascimento|aniversario(?: e)?)[\s:.=-]{1,3}(?:is |es |est "
    r"|ist |e |on |am |le |el )?"
    r"(?P<date>\d{1,2}(?:st|nd|rd|th)?[\s./-]{1,2}(?:of\s|de\s)?(?:\d{1,2}|[a-z]{3,10}\.?)[\s./,-]{1,2}(?:de\s)?(?:(?:19"
    r"|20)\d\d|\d\d)(?!\d)|(?:19|20)\d\d[./-]\d{1,2}[./-]\d{1,2}"
    r"|[a-z]{3,9}\.?\s\d{1,2}(?:st|nd|rd|th)?,?\s(?:19|20)\d\d)"
)


# A title says there who it is.
_SAID_BY_TITLE = (_DOCTOR_IS_ME, _INTRODUCED, _TITLED)
_BY_OWNER = (
    (_DOCTOR_IS_ME, Whose.OWN),
    (_INTRODUCED, Whose.OWN),
    (_TOLD_OF, Whose.ANOTHERS),
    (_SOMEONE_WHO, Whose.ANOTHERS),
    (_LOOKED_UP, None),
    (_TITLED, Whose.ANOTHERS),
)
PATTERNS = tuple(pattern for pattern, _ in _BY_OWNER)
_may_be_name = glance(*PATTERNS)


def find_names(passage: Passage) -> Iterator[tuple[int, int, float, Whose | None]]:
    """Where in the folded text full names stand, how surely, and whose they are if that is said."""
    text = passage.folded
    if passage.field is Field.FILENAME:
        words = names.words_of(passage.text.rpartition(".")[0])
        if names.is_full_name(words):
            yield 0, len(text), 0.7, None
        return
    if not _may_be_name(text):
        return
    for pattern, owner in _BY_OWNER:
        for match in pattern.finditer(text):
            strong = pattern in (_TOLD_OF, _INTRODUCED) and bool(_STRONG.search(match.group()))
            confidence, end = _how_surely(match, passage, strong=strong)
            if confidence:
                yield match.start("name"), end, confidence, owner


def find_birth_dates(passage: Passage) -> Iterator[tuple[int, int, float]]:
    """Where in the folded text days of birth stand that are called so."""
    for match in _BORN.finditer(passage.folded):
        yield match.start("date"), match.end("date"), 0.8


def _how_surely(match: re.Match[str], passage: Passage, *, strong: bool) -> tuple[float, int]:
    """How surely the words are a full name, and where it ends."""
    start = match.start("name")
    words = match.group("name").split()
    title = bool(match.groupdict().get("title"))
    capitals = [_is_capital(passage, start + found.start()) for found in re.finditer(r"\S+", match.group("name"))]
    # The name ends where words no longer look like one.
    length = 0
    for word, capital in zip(words, capitals, strict=True):
        bare = word.strip(".'-")
        particle = length and bare in _PARTICLES
        like_one = capital or particle or _is_known(bare) or (length and strong)
        if not like_one or (bare in _NOT_A_NAME and not particle):
            break
        length += 1
    taken = words[:length]
    end = start + len(" ".join(taken))
    real = [word for word in taken if word not in _PARTICLES]
    if title and real and (capitals[0] or _is_known(real[0])):
        return (0.75 if len(real) > 1 or match.re in _SAID_BY_TITLE else 0.4), end
    if len(real) < 2:
        return 0, end
    parts = [part for word in real for part in word.strip(".'").split("-")]
    known = names.is_full_name(parts)
    some = names.is_given(parts[0], surely=False) or names.is_family(parts[-1], surely=False)
    written = capitals[0] and capitals[length - 1]
    if known:
        return (0.9 if written or strong else 0.7), end
    if strong and (written or some):
        return (0.8 if written and some else 0.7 if written else 0.6), end
    return (0.65 if written and some else 0), end


def _is_known(word: str) -> bool:
    return names.is_given(word) or names.is_family(word)


def _is_capital(passage: Passage, place: int) -> bool:
    return passage.text[passage.origin[place]].isupper()
