# SPDX-License-Identifier: Apache-2.0
"""Addresses in other places: e-mail, and profiles where a person is known by their name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bots.moderation.detectors.finding import Setting
from bots.moderation.detectors.identity.context import words_of
from bots.moderation.passages.passage import Passage

# The HTML standard's valid address, with bounds so that no text can make it slow.
_EMAIL = re.compile(
    r"(?<![\w.+%-])([a-z0-9][\w.+%'-]{0,63})\s?(?:@|\s?[(\[{<]\s?(?:at|arroba|@)\s?[)\]}>]\s?|\s(?:at|arroba)\s)\s?"
    r"((?:[a-z0-9-]{1,63}(?:\s?[(\[{]\s?(?:dot|punkt|punto|ponto|point)\s?[)\]}]\s?|\s(?:dot|punto|punkt|ponto"
    r"|point)\s|\.)){1,5})"
    r"([a-z]{2,18})\b(?![@:])"
)
# Where a name before the @ is left out on purpose or by mistake.
_MAILBOX = re.compile(
    r"(?<![\w.])([\w.+-]{3,64})\s?(?:@|\bat\b)\s?(gmail|hotmail|yahoo|outlook|icloud|proton(?:mail)?|gmx|aol"
    r"|web\.de)\b(?!\w|\.\w)"
)
_DOT = re.compile(r"[\s(\[]+(?:dot|punkt|punto|ponto|point)[\s)\]]+")
_SPOKEN_AT = re.compile(r"\s(?:at|arroba)\s")
_OF_EVERYBODY = words_of(
    """
    gmail googlemail hotmail outlook live msn yahoo ymail icloud me mac aol proton protonmail pm gmx web tutanota
    tuta mail zoho yandex fastmail hey btinternet sky virginmedia ntlworld orange wanadoo free laposte sfr t-online
    freenet uol bol terra sapo libero comcast verizon att bellsouth shaw rogers bigpond example
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
_PROFILE = re.compile(
    r"(?<![\w@.-])(?:https?://)?(?:www\.|m\.|mobile\.|[a-z]{2}\.|web\.)?(?:"
    r"(?:facebook|fb)\.com/(?!groups/|events/|pages/|watch|sharer|share|help|policies|marketplace|hashtag|gaming"
    r"|login|photo)"
    r"(?:profile\.php\?id=\d{4,}|people/[\w.%-]+|[\w.%-]{3,})"
    r"|fb\.me/[\w.]{3,}"
    r"|instagram\.com/(?!p/|reel|explore|stories|tv/|accounts|about)@?[\w.]{2,}"
    r"|(?:twitter|x)\.com/(?!i/|search|hashtag|home|intent|explore|share)@?\w{2,}(?!\w*/status)"
    r"|tiktok\.com/@[\w.]{2,}(?!/video)"
    r"|linkedin\.com/(?:in|pub)/[\w%-]{2,}"
    r"|(?:t|telegram)\.me/(?!joinchat|\+|s/|share|addstickers|c/)\w{3,}"
    r"|wa\.me/\+?\d{6,}|api\.whatsapp\.com/send\?phone=\+?\d{6,}"
    r"|snapchat\.com/add/[\w.-]{2,}"
    r"|discord(?:app)?\.com/users/\d{6,}"
    r"|(?:old\.)?reddit\.com/u(?:ser)?/[\w-]{3,}"
    r"|youtube\.com/(?:@|user/)[\w.-]{2,}"
    r"|onlyfans\.com/[\w.-]{2,}|linktr\.ee/[\w.-]{2,}|ko-fi\.com/[\w.-]{2,}|strava\.com/athletes/\d+"
    r"|bsky\.app/profile/[\w.:-]{3,}|threads\.(?:net|com)/@[\w.]{2,}|mastodon\.\w+/@\w{2,}|keybase\.io/\w{2,}"
    r"|(?:paypal\.me|venmo\.com(?:/u)?|cash\.app)/\$?[\w-]{2,}|vk\.com/[\w.]{3,}|steamcommunity\.com/id/\w+"
    r"|gofundme\.com/f/[\w-]{3,}"
    r")"
)
_NETWORK = (
    r"(?:insta(?:gram)?|ig|snap(?:chat)?|sc|facebook|fb|messenger|tik\s?tok|twitter|discord|telegram|tg|kik|signal"
    r"|skype|whats?app"
    r"|linked\s?in|bluesky|threads|xbox|psn|steam|wechat|line|viber|tumblr|reddit|strava|mastodon)"
)
# One of these is in each of the names.
_NETWORK_SIGNS = (
    *("insta", "ig", "snap", "facebook", "fb", "messenger", "tik", "twitter", "discord", "tele", "tg", "kik"),
    *("signal", "skype", "whats", "linked", "blue", "threads", "xbox", "psn", "steam", "wechat", "line", "viber"),
    *("tumblr", "reddit", "strava", "mastodon"),
)
_HANDLE = re.compile(
    rf"\b{_NETWORK}\b(?:\s(?:account|handle|user\s?name|user|name|id|profile|page|cuenta|usuario|compte|konto"
    rf"|conta))?"
    r"(?:\s(?:me|us))?(?:\s(?:is|es|est|ist|e)|\s?[:=-]|\s?@)\s{0,2}@?(?P<handle>[a-z0-9][\w.-]{2,31})(?:#\d{4})?"
)
_FIND_ME = re.compile(
    rf"\b(?:add|find|follow|message|msg|dm|pm|text|hit|look up|search)\s(?:me|us|her|him|them|my)?\b[^\n.!?]{{0,24}}?"
    rf"\b(?:on|at|via|in)\s{_NETWORK}\b\s?(?:under|as|at|by|with|it'?s|its|i'?m|user(?:name)?|[:,-])?\s?(?:at|as)?\s?"
    r"@?(?P<handle>[a-z][a-z0-9._-]*[\d._][\w.#-]*|(?<=@)[a-z]\w{2,}|(?<=as )[a-z]\w+ [a-z]\w+)"
)
_AT_HANDLE = re.compile(
    rf"(?<![\w.@/])@(?P<handle>[a-z][\w.]{{2,30}})(?![\w:]"
    rf"|\.\w+:)(?=[^\n]{{0,16}}\bon\s{_NETWORK}\b)"
)
_DISCORD = re.compile(r"(?<![\w#])(?P<handle>[a-z][\w.]{1,31}#\d{4})(?![\w#])")
_MARKED = re.compile(r"[\d._]")
_CALLED = re.compile(r"\b(?:handle|user\s?name|usuario|as)\b")
# Words that stand where a handle would.
_NO_HANDLE = words_of(
    """
    the and not for you but was are has had have been very really just like great good bad down full awful horrible
    terrible toxic where when what why who how there here this that these those with from about also only now always
    never so such my your our their his her its it's they them she him group groups page pages app apps post posts
    story video videos bad que para con una los las pero muy pour avec une les des pas plus nicht und der die das
    ein eine auch sehr com para uma free private public people better worse easier useless addictive because way
    owned banned deleted hacked gone
    """
)


def find_emails(passage: Passage, setting: Setting) -> Iterator[tuple[int, int, float]]:
    """Where in the folded text addresses stand, and how surely they are a person's."""
    text = passage.folded
    if "@" in text or " at" in text or "(at" in text or "[at" in text or "arroba" in text or "{at" in text:
        for match in _EMAIL.finditer(text):
            domain = _DOT.sub(".", match.group(2)) + match.group(3)
            yield match.start(), match.end(), _email(match.group(1), domain, match.group(), setting)
        for match in _MAILBOX.finditer(text):
            if "@" in match.group() or re.search(r"\d|\.", match.group(1)):
                yield match.start(), match.end(), 0.75


def _email(local: str, domain: str, written: str, setting: Setting) -> float:
    if _is_known(domain, setting.known):
        return 0
    owner = domain.split(".", maxsplit=1)[0]
    if _SPOKEN_AT.search(written) and "dot" not in written and owner not in _OF_EVERYBODY:
        # "look at example.org": a place, and no address.
        return 0
    if local in ("me", "us", "look", "here", "it", "that", "is", "am", "was") and owner == "the":
        return 0
    if _ROLES.fullmatch(local) and owner not in _OF_EVERYBODY:
        return 0.3
    return 0.95


def find_profiles(passage: Passage, setting: Setting) -> Iterator[tuple[int, int, float]]:
    """Where in the folded text links to people's profiles stand, or what they are called there."""
    text = passage.folded
    if "/" in text:
        for match in _PROFILE.finditer(text):
            if _bare(match.group()) not in setting.known:
                yield match.start(), match.end(), 0.85
    named = any(name in text for name in _NETWORK_SIGNS)
    patterns = (*((_HANDLE, _FIND_ME) if named else ()), *((_AT_HANDLE,) if "@" in text and named else ()))
    for pattern in (*patterns, *((_DISCORD,) if "#" in text else ())):
        for match in pattern.finditer(text):
            handle = match.group("handle").strip("._-")
            if handle not in _NO_HANDLE and _is_a_handle(handle, match.group()):
                yield match.start("handle"), match.end("handle"), 0.75


def _is_a_handle(handle: str, written: str) -> bool:
    """A word of a language alone is none, unless it is marked as one."""
    return any(mark in written for mark in "@#=:") or bool(_MARKED.search(handle) or _CALLED.search(written))


def _is_known(domain: str, known: frozenset[str]) -> bool:
    return any(
        domain == host or domain.endswith(f".{host}") or host.endswith(f".{domain}") for host in known if "." in host
    )


def _bare(link: str) -> str:
    return link.rsplit("//", maxsplit=1)[-1].removeprefix("www.").rstrip("/")
