# SPDX-License-Identifier: Apache-2.0
"""What is done about what detectors saw. Pure, and the only place where that is decided.

There are three answers. Moderators are told, with buttons. Somebody is reminded, in private and gently.
Clear spam and floods from somebody who is new wait, taken out of the room, until a moderator has looked.
There is no fourth: nobody is warned, muted for good, removed or banned by a bot.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from bots.core.community import HOLDING, FirstStep, Guidelines
from bots.moderation.detectors.finding import Finding, Whose

# How sure a detector must be that anybody hears of it, and that something waits for a moderator.
TOLD_FROM, CLEAR_FROM = 0.5, 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Whom it is about.

    `spared`: a moderator, an organiser or a bot, whom no detector hits. `new_here` as in `Setting`.
    `certain`: it could be read, and it is certain who sent it. `cry`: it sounds like a cry for help.
    `reminded` are the guidelines of which they were reminded lately.
    """

    spared: bool
    new_here: bool
    certain: bool = True
    cry: bool = False
    reminded: Collection[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What is told to moderators; what the author is reminded of; and why the message waits, if it does."""

    tell: tuple[Finding, ...] = ()
    remind: Finding | None = None
    hold: Finding | None = None


NOTHING = Response()


def respond(findings: Sequence[Finding], rules: Guidelines, author: Author) -> Response:
    """What the room's guidelines say is to be done about these findings.

    A cry for help is shown to people, and nothing else: no reminder, and nothing is taken away.
    What is only weighed is told, and nothing more; of a cry it says nothing that the cry does not.
    """
    if author.spared:
        return NOTHING
    seen = [each for each in findings if not (each.weighed and author.cry)]
    told = [(each, step) for each in seen if (step := _step(each, rules)) is not FirstStep.OFF]
    if not told:
        return NOTHING
    # Somebody else's data weighs more than one's own: that is what is shown first, and what somebody is reminded of.
    told.sort(key=lambda each: each[0].whose is not Whose.ANOTHERS)
    tell = tuple(each for each, _ in told)
    if author.cry or not author.certain:
        return Response(tell=tell)
    by_rule = [(each, step) for each, step in told if not each.weighed]
    for each, step in by_rule:
        if step is FirstStep.HOLD and author.new_here and _is_clear_spam(each):
            return Response(tell=tell, hold=each)
    remind = (each for each, step in by_rule if step is FirstStep.REMIND and each.guideline not in author.reminded)
    return Response(tell=tell, remind=next(remind, None))


def _step(finding: Finding, rules: Guidelines) -> FirstStep:
    rule = rules.named(finding.guideline)
    if rule is None or finding.confidence < TOLD_FROM:
        return FirstStep.OFF
    return rule.first_step(finding.detector)


def _is_clear_spam(finding: Finding) -> bool:
    return finding.detector.partition(".")[0] in HOLDING and finding.confidence >= CLEAR_FROM
