# SPDX-License-Identifier: Apache-2.0
"""Profiles in other places, where a person is known by their name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bots.moderation.detectors.finding import Setting
from bots.moderation.detectors.identity.context import words_of
from bots.moderation.passages.passage import Field, Passage

_PROFILE = re.compile(
    r"(?<![\w@.-])(?:https?://)?(?:www\.|m\.|mobile\.|[a-z]{2}\.|web\.)?(?:"
    r"(?:facebook|fb)\s?[. ]\s?com\s?/\s?(?!groups/|events/|pages/|watch|sharer|share|help"
    r"|policies|marketplace|hashtag|gaming|login|photo)"
    r"(?:profile\.php\?id=\d{4,}|people/[\w.%-]+|[\w.%-]{3,})"
    r"|fb\.me/[\w.]{3,}"
    r"|instagram\s?[. ]\s?com\s?/\s?(?!p/|reel|explore|stories|tv/|accounts|about)@?[\w.]{2,}"
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
    r"(?:\s(?:me|us))?(?:\s(?:is|es|est|ist|e|c'est)|\s?[:=-]{1,2}>?|\s?[@→>👉➡⇒])\s{0,2}@?(?P<handle>[a-z0-9][\w.-]{2,31})(?:#\d{4})?"
)
# The other way round: "i'm ana_84 on insta", "ana_84 is my insta".
_ON_NETWORK = re.compile(
    rf"\b(?:i'?m|i am|me|soy|je suis|ich bin|(?:eu )?sou)\s"
    rf"(?P<handle>[a-z][\w.]{{3,30}})\s(?:on|en|sur|auf|bei|no|na)\s{_NETWORK}\b"
)
_IS_MY_NETWORK = re.compile(
    rf"(?<![\w.@/])(?P<handle>[a-z][\w.]{{3,30}})\s(?:is|es|est|ist|e)\s(?:my|mi|mon|mein|(?:o )?meu)\s{_NETWORK}\b"
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
PATTERNS = (_HANDLE, _FIND_ME, _ON_NETWORK, _IS_MY_NETWORK, _AT_HANDLE, _DISCORD)
"""Of what people are called in other places, where no link says so."""
_MARKED = re.compile(r"[\d._]")
_CALLED = re.compile(r"\b(?:handle|user\s?name|usuario|as)\b")
# An amount is no name: "my line is 20mg", "signal: 3hours".
_AMOUNT = re.compile(r"[\d.]+[a-z%]*")
# What comes after a name that is only named: nothing, or the end of a clause.
_ENDS = re.compile(r"\s*(?:$|[\n,.;!?)(/|]|\b(?:and|or|if|y|o|et|ou|und|oder|e)\b)")
# Words that stand where a handle would.
_NO_HANDLE = words_of(
    """
    the and not for you but was are has had have been very really just like great good bad down full awful horrible
    terrible toxic where when what why who how there here this that these those with from about also only now always
    never so such my your our their his her its it's they them she him group groups page pages app apps post posts
    story video videos bad que para con una los las pero muy pour avec une les des pas plus nicht und der die das
    ein eine auch sehr com para uma free private public people better worse easier useless addictive because way
    owned banned deleted hacked gone too so ok okay yes nope good best worst hate love need want waiting late lost
    """
)


def find_profiles(passage: Passage, setting: Setting) -> Iterator[tuple[int, int, float]]:
    """Where in the folded text links to people's profiles stand, or what they are called there."""
    text = passage.folded
    if "/" in text:
        for match in _PROFILE.finditer(text):
            if _bare(match.group()) not in setting.known:
                yield match.start(), match.end(), 0.85
    # Apps name the pictures that they save after themselves: "signal-2026-11-25.jpeg".
    named = (passage.field is not Field.FILENAME or "@" in text) and any(name in text for name in _NETWORK_SIGNS)
    patterns = (
        *((_HANDLE, _FIND_ME, _ON_NETWORK, _IS_MY_NETWORK) if named else ()),
        *((_AT_HANDLE,) if "@" in text and named else ()),
    )
    for pattern in (*patterns, *((_DISCORD,) if "#" in text else ())):
        for match in pattern.finditer(text):
            handle = match.group("handle").strip("._-")
            if handle not in _NO_HANDLE and _is_a_handle(handle, match):
                yield match.start("handle"), match.end("handle"), 0.75


def _is_a_handle(handle: str, match: re.Match[str]) -> bool:
    """A word of a language alone is none, unless it is marked as one; nor is an amount, nor how a sentence goes on."""
    written = match.group()
    if "@" in written or "#" in written:
        return True
    if _AMOUNT.fullmatch(handle):
        return False
    named = ("=" in written or ":" in written) and _ENDS.match(match.string, match.end())
    return bool(named or _MARKED.search(handle) or _CALLED.search(written))


def _bare(link: str) -> str:
    return link.rsplit("//", maxsplit=1)[-1].removeprefix("www.").rstrip("/")
