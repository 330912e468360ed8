# SPDX-License-Identifier: Apache-2.0
"""What is known about somebody, told to them: what they agreed to, what is kept, and the receipt when it is erased."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bots.core.actions import Words
from bots.core.kept import receipt, shown
from bots.core.records import Holding
from bots.welcome.records import Consent, Conversation, Polls
from bots.welcome.wording import Wording

# The tables that `kept` tells of in words of its own.
_TOLD = frozenset({"private_chat", "conversation", "spoken_language", "consent", "ticks", "outbox"})


def agreed_to(say: Wording, consents: Sequence[Consent]) -> tuple[Words, ...]:
    """What somebody agreed to, to which version, and when."""
    if not consents:
        return (say.words("receipt.nothing"),)
    lines = (
        say.words(f"receipt.{consent.purpose}", version=consent.version, when=consent.agreed_at) for consent in consents
    )
    return (say.words("receipt.intro"), *lines, say.words("receipt.end"))


def kept(say: Wording, conversation: Conversation, holdings: Sequence[Holding]) -> tuple[Words, ...]:
    """What the bot keeps about the person, and then what `holdings` has besides: the other bots' tables."""
    ids = [*conversation.chosen.split(), *conversation.wanted.split()]
    names = [say.condition(c) for c in say.conditions(ids)]
    told = [say.words("mydata.intro"), say.words("mydata.name"), say.words("mydata.step")]
    if conversation.adult:
        told.append(say.words("mydata.adult"))
    if conversation.picture:
        told.append(say.words("mydata.picture"))
    if conversation.agreed:
        told.append(say.words("mydata.agreed", version=conversation.agreed))
    if names:
        told.append(say.words("mydata.conditions", conditions=", ".join(names)))
    if conversation.country or conversation.zone:
        told.append(say.words("mydata.settings"))
    if conversation.who:
        told.append(say.words("mydata.who", who=say.words(f"who.{conversation.who}")))
    if conversation.polls is not Polls.CHOICES:
        told.append(say.words("mydata.polls"))
    if say.language:
        told.append(say.words("mydata.language"))
    besides = [holding for holding in holdings if holding.table not in _TOLD]
    return (*told, *_in_their_language(say, shown(besides) if besides else ()), say.words("mydata.end"))


def erased(say: Wording, holdings: Sequence[Holding]) -> tuple[Words, ...]:
    """The receipt for what is erased."""
    return _in_their_language(say, receipt(holdings, publishes=say.community.own_list is not None))


def _in_their_language(say: Wording, told: Sequence[Words]) -> tuple[Words, ...]:
    return tuple(replace(words, language=say.language or None) for words in told)
