# SPDX-License-Identifier: Apache-2.0
"""Who reported something with a 🚩 takes the tap back: their report counts no more, and the case says so. Pure.

Nobody learns who it was. A case closes where nobody else asks for it and nobody has looked; it is never gone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bots.core.actions import Action, Audit, Remember, Words
from bots.core.bot import Reader
from bots.core.events import Redaction
from bots.core.rooms import RoomView
from bots.moderation.records import Case, Decision, Reporting
from bots.moderation.telling import say_in_office, tell
from bots.moderation.whereabouts import moderators_room

WHY = "moderation.report.withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """The report, its case, whether something was decided in it, and the moderators' room."""

    reporting: Reporting
    case: Case
    decided: bool
    office: RoomView | None


async def gather(event: Redaction, reader: Reader) -> TakenBack | None:
    """The report that was made by the tap, if it was made by the one who takes it back."""
    found = await reader.find(Reporting, reporter=event.sender, flag=event.target)
    case = await reader.get(Case, found[0].case) if found else None
    if case is None:
        return None
    decisions = await reader.find(Decision, case=case.number)
    return TakenBack(reporting=found[0], case=case, decided=bool(decisions), office=moderators_room(reader))


def decide(event: Redaction, facts: TakenBack | None) -> tuple[Action, ...]:
    """One report less. Moderators hear of it in the thread, and the one who reported in private."""
    if facts is None:
        return ()
    case, left = facts.case, max(0, facts.case.reports - 1)
    wanted = left > 0 or bool(case.guidelines) or case.taken_by is not None or facts.decided
    words = [Words("moderation.case.withdrawn")]
    if left:
        words.append(Words("moderation.case.withdrawn.left", {"count": left}))
    elif case.open:
        words.append(Words(f"moderation.case.withdrawn.{'open' if wanted else 'closed'}"))
    return (
        Remember(why=WHY, record=replace(facts.reporting, flag=None, withdrawn=True)),
        Remember(why=WHY, record=replace(case, reports=left, open=case.open and wanted)),
        *(say_in_office(facts.office, case.number, *words) if case.shown else ()),
        Audit(why=WHY, kind="unreport", actor=event.sender, target=case.target, room_id=case.room_id, case=case.number),
        tell(event.sender, Words(WHY), why=WHY),
    )
