# SPDX-License-Identifier: Apache-2.0
"""E-mail addresses, also those that are written so that no machine reads them: "ana (at) example [.] org"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bots.moderation.detectors.finding import Setting
from bots.moderation.detectors.identity.context import words_of
from bots.moderation.detectors.identity.glance import glance
from bots.moderation.passages.passage import Passage

_SAID_AT, _SAID_DOT = r"(?:at|arroba|arobase|chez)", r"(?:dot|punkt|punto|ponto|point)"
# What stands around an "at" or a "dot" that is written out, or around the sign itself.
_OPENS, _CLOSES = r"[(\[{<*'\"_~|-]{1,2}", r"[)\]}>*'\"_~|-]{1,2}"
# The HTML standard's valid address, with bounds so that no text can make it slow.
_EMAIL = re.compile(
    rf"(?<![\w.+%-])(?P<local>[a-z0-9][\w.+%'-]{{0,63}})"
    rf"(?P<at>\s?(?:@|{_OPENS}\s?(?:{_SAID_AT}|@)\s?{_CLOSES})\s?|\s{_SAID_AT}\s)"
    rf"(?P<domain>(?:[a-z0-9-]{{1,63}}(?:\.|\s?\.\s?(?=(?:com|org|net)\b)"
    rf"|\s?{_OPENS}\s?(?:{_SAID_DOT}|\.)\s?{_CLOSES}\s?|\s{_SAID_DOT}\s)){{1,5}})"
    r"(?P<top>[a-z]{2,18})\b(?![@:])"
)
# Where a name before the @ is left out on purpose or by mistake.
_MAILBOX = re.compile(
    r"(?<![\w.])(?P<local>[\w.+-]{3,64})\s?(?:@|\bat\b)\s?(?:gmail|hotmail|yahoo|outlook|icloud|proton(?:mail)?|gmx|aol"
    r"|web\.de)\b(?!\w|\.\w)"
)
# Called an address, with nothing between its halves.
_CALLED_MAIL = re.compile(
    r"\b(?:e-?mail|mail|correo|courriel)(?:\s(?:address|adresse|is|es|est|ist|e))?\s?[:=-]?\s{1,2}"
    r"(?P<local>[\w.+-]{3,64})\s(?:gmail|hotmail|yahoo|outlook|icloud|proton(?:mail)?|gmx|aol)\b"
)
PATTERNS = (_EMAIL, _MAILBOX, _CALLED_MAIL)
_may_be_email = glance(*PATTERNS)
_DOT = re.compile(rf"[\s(\[{{<*'\"_~|-]+(?:{_SAID_DOT}|\.)[\s)\]}}>*'\"_~|-]+|\s?\.\s?")
_MARKED = re.compile(r"[\d._]")
# Where it is only said, an ending that is no word of a sentence ("at one point it …").
_ENDINGS = words_of("com org net edu gov info eu uk ca au nz de ch fr lu nl es mx ar cl pt br pl io")
_OF_EVERYBODY = words_of(
    """
    gmail googlemail hotmail outlook live msn yahoo ymail icloud me mac aol proton protonmail pm gmx web tutanota
    tuta mail zoho yandex fastmail hey btinternet sky virginmedia ntlworld orange wanadoo free laposte sfr t-online
    freenet uol bol terra sapo libero comcast verizon att bellsouth shaw rogers bigpond
    """
)
# An organisation's own, and not a person's.
_ROLES = re.compile(
    r"(?:info|contact|contacto|contato|kontakt|hello|hi|hola|help|helpline|helpdesk|support|soporte|enquiries|enquiry"
    r"|inquiries|office|admin|appointments?|reception|press|media|news|newsletter|noreply|no-reply|donotreply|privacy"
    r"|dpo|legal|abuse|security|webmaster|postmaster|team|service|customerservice|care|patients?|advice|jo|feedback"
    r"|membership|volunteer(?:s|ing)?|donate|research|studies|trials?|clinic|pharmacy|beratung|ayuda|aide|ajuda"
    r"|services?)"
    r"(?:[.+_-]?\w{0,12})?"
)


def find_emails(passage: Passage, setting: Setting) -> Iterator[tuple[int, int, float]]:
    """Where in the folded text addresses stand, and how surely they are a person's."""
    text = passage.folded
    if not _may_be_email(text):
        return
    for match in _EMAIL.finditer(text):
        yield match.start(), match.end(), _how_surely(match, setting)
    for match in _MAILBOX.finditer(text):
        if "@" in match.group() or _MARKED.search(match["local"]):
            yield match.start(), match.end(), 0.75
    for match in _CALLED_MAIL.finditer(text):
        if _MARKED.search(match["local"]):
            yield match.start("local"), match.end(), 0.75


def _how_surely(match: re.Match[str], setting: Setting) -> float:
    domain = _DOT.sub(".", match["domain"]) + match["top"]
    if _is_known(domain, setting.known):
        return 0
    owner = domain.split(".", maxsplit=1)[0]
    if owner not in _OF_EVERYBODY and not _is_meant(match, owner):
        return 0
    if "chez" in match["at"] and not re.search(_SAID_DOT, match["domain"]):
        return 0
    if _ROLES.fullmatch(match["local"]) and owner not in _OF_EVERYBODY:
        return 0.3
    return 0.95


def _is_meant(match: re.Match[str], owner: str) -> bool:
    """Whether it is an address and no place ("look at example.org"), nor somebody who is called ("ask @ana.b")."""
    at = match["at"]
    if "@" in at:
        return not at[0].isspace() or at[-1].isspace() or match["top"] in _ENDINGS
    if at.strip()[0] in "([{<":
        return True
    return owner != "the" and match["top"] in _ENDINGS and bool(re.search(_SAID_DOT, match["domain"]))


def _is_known(domain: str, known: frozenset[str]) -> bool:
    return any(
        domain == host or domain.endswith(f".{host}") or host.endswith(f".{domain}") for host in known if "." in host
    )
