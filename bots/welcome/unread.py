# SPDX-License-Identifier: Apache-2.0
"""Somebody who can read nothing that the bot says: after a while the topic of the private chat says what helps.

It is the one thing in there that is not encrypted, so they can read it, and so can the servers:
it speaks of apps, and of nothing else. As soon as an answer comes, it goes away.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from bots.core.actions import Action, Remember, Schedule, SetTopic, Words
from bots.core.community import Community
from bots.welcome.coming_up import Later, tick_id
from bots.welcome.facts import Facts
from bots.welcome.records import Conversation, Step

WHY = "welcome.unread"
# Who reads slowly has had time for the first question by then; who can read nothing is still there.
HINT_AFTER = timedelta(minutes=30)


def entered(facts: Facts) -> Iterator[Action]:
    """Somebody came into the private chat: whether they can read anything shows by their first answer."""
    if facts.conversation is not None and _has_not_answered(facts.conversation):
        yield Schedule(
            why=WHY,
            id=tick_id(Later.UNREAD, facts.person),
            kind=Later.UNREAD,
            at=facts.now + HINT_AFTER,
            payload={"user": facts.person},
        )


def hint(community: Community, facts: Facts) -> Iterator[Action]:
    """No answer yet: in each language that they may speak, for they could not read which ones are offered."""
    known = facts.conversation
    if known is None or known.hinted or not _has_not_answered(known):
        return
    default = community.default_language
    languages = (facts.language,) if facts.language else dict.fromkeys((default, *community.languages))
    yield Remember(why=WHY, record=replace(known, hinted=True))
    yield SetTopic(
        why=WHY, user=facts.person, parts=tuple(Words("welcome.unread.topic", language=each) for each in languages)
    )


def answered(before: Conversation | None, after: Conversation) -> Iterator[Action]:
    """Something came from them: the topic has done its work."""
    if before is not None and before.hinted and not after.hinted:
        yield SetTopic(why=WHY, user=after.user)


def _has_not_answered(conversation: Conversation) -> bool:
    return conversation.step is Step.AGE and not conversation.heard and not conversation.reads
