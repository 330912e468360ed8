# SPDX-License-Identifier: Apache-2.0
"""Numbers by which states, banks and clinics know a person. Where there is a check digit, it has to be right."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from types import ModuleType

from stdnum import iban, luhn
from stdnum.at import vnr as at_vnr
from stdnum.au import tfn as au_tfn
from stdnum.be import nn as be_nn
from stdnum.br import cpf as br_cpf
from stdnum.ca import sin as ca_sin
from stdnum.ch import ssn as ch_ssn
from stdnum.cl import rut as cl_rut
from stdnum.de import idnr as de_idnr
from stdnum.es import dni as es_dni
from stdnum.es import nie as es_nie
from stdnum.fr import nir as fr_nir
from stdnum.gb import nhs as gb_nhs
from stdnum.ie import pps as ie_pps
from stdnum.in_ import aadhaar as in_aadhaar
from stdnum.it import codicefiscale as it_codicefiscale
from stdnum.mx import curp as mx_curp
from stdnum.nl import bsn as nl_bsn
from stdnum.pl import pesel as pl_pesel
from stdnum.pt import nif as pt_nif
from stdnum.us import ssn as us_ssn

from bots.moderation.detectors.identity.context import MOST_CANDIDATES, after, before
from bots.moderation.detectors.identity.glance import glance
from bots.moderation.passages.passage import Passage


@dataclass(frozen=True, slots=True)
class _Scheme:
    """A kind of number: how it is written, what checks it, how surely it is one by itself, and what it is called."""

    written: re.Pattern[str]
    valid: Callable[[str], bool]
    alone: float
    called: re.Pattern[str]


def _named(words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{words})\b")


def _checked(module: ModuleType) -> Callable[[str], bool]:
    return lambda number: bool(module.is_valid(_bare(number)))


def _bare(number: str) -> str:
    """Without what parts its digits: whoever writes it, writes it in their own way."""
    return re.sub(r"[\W_]", "", number).upper()


def _nino(number: str) -> bool:
    bare = _bare(number).lower()
    never = bare[:2] in ("bg", "gb", "kn", "nk", "nt", "tn", "zz") or set(bare[:2]) & set("dfiquv") or bare[1] == "o"
    # Written in pairs, it is meant to be one, whoever it was given to.
    return len(number.split()) >= 4 or not never


def _kvnr(number: str) -> bool:
    """The German insured person's number: Luhn's sum with the letter as two digits and the weights the other way."""
    digits = f"{ord(number[0]) - 96:02d}{number[1:9]}"
    total = sum(sum(divmod(int(digit) * (1 + place % 2), 10)) for place, digit in enumerate(digits))
    return total % 10 == int(number[9])


def _scheme(written: str, valid: Callable[[str], bool], alone: float, called: str) -> _Scheme:
    return _Scheme(re.compile(rf"(?<![\w.-]){written}(?![\w-]|\.\d)"), valid, alone, _named(called))


_SSN_CALLED = r"ssn|social(?:\s?security)?(?:\s?(?:number|no|#))?|social|itin|ss#?"
_SCHEMES = (
    _scheme(r"\d{3}-\d{2}-\d{4}", _checked(us_ssn), 0.85, _SSN_CALLED),
    _scheme(r"\d{3}[ .]?\d{2}[ .]?\d{4}", _checked(us_ssn), 0, _SSN_CALLED),
    _scheme(r"\d{3} ?-?\d{3} ?-?\d{4}", _checked(gb_nhs), 0, r"nhs|chi number|patient number"),
    _scheme(r"[a-z]{2} ?\d{2} ?\d{2} ?\d{2} ?[a-d]", _nino, 0.85, r"nino|ni|national insurance|insurance number"),
    _scheme(
        r"\d{2} ?\d{3} ?\d{3} ?\d{3}",
        _checked(de_idnr),
        0,
        r"steuer\w*|steueridentifikationsnummer|idnr"
        r"|identifikationsnummer|tin|tax",
    ),
    _scheme(r"[a-z]\d{9}", _kvnr, 0.7, r"krankenvers\w*|versicherten\w*|kvnr|versichertennummer|krankenkasse\w*"),
    _scheme(
        r"[12] ?\d{2} ?[01]\d ?\d[\dab] ?\d{3} ?\d{3}(?: ?/?\d{2})",
        _checked(fr_nir),
        0.95,
        r"nir|secu"
        r"|securite sociale",
    ),
    _scheme(
        r"\d{8}[ -]?[a-z]|\d{2}\.\d{3}\.\d{3}-?[a-z]|\d{2} \d{3} \d{3}[ -]?[a-z]",
        _checked(es_dni),
        0.85,
        r"dni|nif",
    ),
    _scheme(r"[xyz][ -]?\d{7}[ -]?[a-z]", _checked(es_nie), 0.9, r"nie"),
    _scheme(r"[1235689]\d{2} ?\d{3} ?\d{3}", _checked(pt_nif), 0, r"nif|contribuinte|numero fiscal"),
    _scheme(r"\d{3}\.\d{3}\.\d{3}-\d{2}", _checked(br_cpf), 0.95, r"cpf"),
    _scheme(r"\d{11}|\d{9}-\d{2}|\d{3} \d{3} \d{3} \d{2}", _checked(br_cpf), 0, r"cpf"),
    _scheme(r"\d{3}[ -]\d{3}[ -]\d{3}", _checked(ca_sin), 0, r"sin|social insurance"),
    _scheme(r"\d{3} ?\d{3} ?\d{3}", _checked(au_tfn), 0, r"tfn|tax file"),
    _scheme(r"\d{7}[a-w][a-iw]?", _checked(ie_pps), 0.85, r"pps|ppsn"),
    _scheme(r"[a-z]{6}\d{2}[a-ehlmprst]\d{2}[a-z]\d{3}[a-z]", _checked(it_codicefiscale), 0.95, r"codice fiscale|cf"),
    _scheme(r"\d{4}\.?\d{2}\.?\d{3}", _checked(nl_bsn), 0, r"bsn|sofi\w*|burgerservicenummer"),
    _scheme(r"\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}", _checked(be_nn), 0.95, r"rijksregister\w*|registre national"),
    _scheme(r"756\.\d{4}\.\d{4}\.\d{2}", _checked(ch_ssn), 0.95, r"ahv|avs"),
    _scheme(r"\d{4} ?\d{6}", _checked(at_vnr), 0, r"svnr|sozialversicherung\w*|e-card"),
    _scheme(r"[a-z]{4}\d{6}[hm][a-z]{5}[\da-z]\d", _checked(mx_curp), 0.95, r"curp"),
    _scheme(r"\d{1,2}\.\d{3}\.\d{3}-[\dk]", _checked(cl_rut), 0.9, r"rut|run"),
    _scheme(r"[2-9]\d{3} \d{4} \d{4}", _checked(in_aadhaar), 0, r"aadhaar|aadhar|uid"),
    _scheme(r"\d{11}", _checked(pl_pesel), 0, r"pesel"),
)
# What has no check digit that anybody knows: only where it is called by its name.
_RECORD = re.compile(
    r"\b(?:mrn|(?:medical|health|hospital|patient|insurance|member|policy|nhs|ssn|social security|national insurance"
    r"|tax"
    r"|passport|driver'?s?|driving|identity|id card|medicaid|medicare|account|pasaporte|historia clinica|seguro"
    r"|passeport"
    r"|carte vitale|carte d'identite|permis|personalausweis|ausweis|reisepass|fuhrerschein|patienten|versicherungs"
    r"|passaporte|rg|cartao|prontuario|identidad|dni|cpf|nif|sus|curp)"
    r"\s?-?(?:record|card|licen[cs]e|id|identification|insurance|security|file|plan|de conducir|de conduire)?\s?"
    r"(?:number|no|nr|num|#|id|numero|nummer|code)?)"
    r"\s{0,2}(?:is|was|es|est|ist|e|[:#=.])*\s{0,2}(?:number|no"
    r"|#)?\s?(?P<id>(?=[a-z]{0,3}[\s-]?\d)[a-z]{0,3}[\s-]?\d(?:[\da-z-]|\s(?=\d)){4,16})\b"
)
_PASSPORT = re.compile(
    r"\b(?:passport|pasaporte|passeport|reisepass|passaporte)\b[^\n.!?]{0,20}?\b(?P<id>[a-z]{0,2}\d{6,9}"
    r"|[cfghjk][0-9cfghjklmnprtvwxyz]{8})\b"
)
_may_be_id = glance(*(scheme.written for scheme in _SCHEMES), _RECORD, _PASSPORT)
_BANK = re.compile(
    r"\bsort\s?code\b[^\n]{0,12}?(?P<id>\d{2}[-\s]?\d{2}[-\s]?\d{2})(?!\d)"
    r"|\b(?:bank\s)?(?:account|acct|routing|kontonummer|konto|conta|cuenta|compte)\s?(?:number|no|nr|#|numero)?"
    r"\s?(?:is|es|est|ist|[:#])\s{0,2}(?P<account>\d{8,12})(?!\d)"
)
_CARD = re.compile(r"(?<![\w.,/-])(?:\d[ -]?){12,18}\d(?![\w]|[.-]\d)")
# Written to be overlooked: by fours, or digit by digit, with anything between them.
_CARD_IN_GROUPS = re.compile(
    r"(?<![\w.,/-])(?:\d{4}[\s._/*|-]{1,3}){3}\d{4}(?![\w]|[.,/-]\d)|(?<![\w.,/-])(?:\d[\s._/*|-]{1,3}){15}\d(?![\w]|[.,/-]\d)"
)
_CALLED_CARD = re.compile(r"\b(?:card|visa|mastercard|amex|cc|debit|credit|tarjeta|carte|karte|kreditkarte|cartao)\b")
# Visa, Mastercard, Amex and Diners, Discover and UnionPay, Maestro.
_ISSUED = re.compile(r"(?:4|5[0-8]|2[2-7]|6[0-9])\d{11,18}|3[47]\d{13}|35\d{14}|3[0689]\d{12}")
_IBAN = re.compile(r"(?<![a-z0-9])[a-z][\s._-]?[a-z](?:[\s._-]?\d){2}(?:[\s._-]{0,2}[a-z0-9]){11,30}")
_SHORTEST_IBAN = 15
_FEWEST_DIGITS_OF_IBAN = 8
_CVV = re.compile(r"\bcv[cv]2?\b[^\n]{0,10}\d{3}|\bexp(?:iry|ires|\.)?\b[^\n]{0,10}\d\d/\d\d")
_NAMED_WITHIN = 32
_OF_THINGS = re.compile(
    r"\b(?:lot|batch|serial|model|order|ref|reference|version|part|item|lote|pedido|modelo|serie|charge|bestellung|commande"
    r"|modele|encomenda)(?:\s(?:no|nr|number|num|numero|nummer|ref))?[\s:.#]{1,3}$"
)


def find_ids(passage: Passage) -> Iterator[tuple[int, int, float]]:
    """Where in the folded text numbers of national registers and of clinics stand, and how surely."""
    text = passage.folded
    if not _may_be_id(text):
        return
    for scheme in _SCHEMES:
        for match in islice(scheme.written.finditer(text), MOST_CANDIDATES):
            called = scheme.called.search(before(text, match.start(), _NAMED_WITHIN)) or scheme.called.match(
                after(text, match.end()).lstrip(" (")
            )
            alone = 0 if _OF_THINGS.search(before(text, match.start(), _NAMED_WITHIN)) else scheme.alone
            confidence = 0.95 if called else alone
            if confidence and scheme.valid(match.group()):
                yield match.start(), match.end(), confidence
    for pattern in (_RECORD, _PASSPORT):
        for match in islice(pattern.finditer(text), MOST_CANDIDATES):
            if sum(map(str.isdigit, match.group("id"))) >= (5 if pattern is _RECORD else 6):
                yield match.start("id"), match.end("id"), 0.75


def find_cards(passage: Passage) -> Iterator[tuple[int, int, float]]:
    """Where in the folded text numbers of payment cards stand."""
    text = passage.folded
    for pattern in (_CARD, _CARD_IN_GROUPS):
        for match in islice(pattern.finditer(text), MOST_CANDIDATES):
            digits = re.sub(r"\D", "", match.group())
            if len(set(digits)) > 1 and _ISSUED.fullmatch(digits) and luhn.is_valid(digits):
                meant = _CVV.search(after(text, match.end(), 60)) or _CALLED_CARD.search(before(text, match.start()))
                if pattern is _CARD or meant or not _is_a_list(match.group()):
                    yield match.start(), match.end(), 0.95 if len(digits) == 16 or meant else 0.8


def _is_a_list(written: str) -> bool:
    """Four numbers of four digits each on a line of its own, or between slashes: steps, years, calories."""
    return bool(re.search(r"[\n/]", written))


def find_accounts(passage: Passage) -> Iterator[tuple[str, int, int, float]]:
    """Where in the folded text numbers of bank accounts stand, and of which kind: `iban` or `bank`."""
    text = passage.folded
    for match in islice(_IBAN.finditer(text), MOST_CANDIDATES):
        end = _end_of_iban(match)
        if end:
            yield "iban", match.start(), end, 0.97
    for match in islice(_BANK.finditer(text), MOST_CANDIDATES):
        name = "id" if match.group("id") else "account"
        yield "bank", match.start(name), match.end(name), 0.8


def _end_of_iban(match: re.Match[str]) -> int:
    """Where the account's number ends: what follows may have been taken for a part of it. 0 if it is none."""
    places = [match.start() + at for at, character in enumerate(match.group()) if character.isalnum()]
    bare = _bare(match.group())
    if sum(map(str.isdigit, bare)) < _FEWEST_DIGITS_OF_IBAN:
        return 0
    for length in range(_SHORTEST_IBAN, len(bare) + 1):
        at_an_end = length == len(bare) or places[length] - places[length - 1] > 1
        if at_an_end and iban.is_valid(bare[:length]):
            return places[length - 1] + 1
    return 0
