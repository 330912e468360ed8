# SPDX-License-Identifier: Apache-2.0
"""Whether the homeserver speaks with as many others as the settings want, and what only another one could ask. Pure."""

from __future__ import annotations

from bots.cli.doctor.findings import Finding, Severity, Trouble, Unasked, Verdict, Well
from bots.cli.doctor.questions import Answer, Asker, Check, Question, by_status
from bots.cli.doctor.server import NOWHERE
from bots.core.community import Community, Federation
from bots.core.matrix.http import path


def federation_checks(community: Community) -> tuple[Check, ...]:
    """With whom it speaks, as far as the settings have a wish."""
    if community.federation is Federation.OPEN:
        return ()
    wanted = f"[{', '.join(community.allies)}]"
    speaks = Trouble(
        severity=Severity.WEAKNESS,
        seen="it tried to reach a homeserver that the settings do not name",
        risk="Members can be drawn into rooms elsewhere under the name they have here, and rooms that they make "
        "themselves can be copied to any homeserver.",
        fix=f"federation_domain_whitelist: {wanted}",
    )
    named = "no other homeserver" if community.federation is Federation.CLOSED else "the homeservers of the allies only"

    def spoke(answer: Answer) -> Verdict:
        if answer.status == 403:
            return Well()
        if answer.status in (400, 401, 429, 0):
            return Unasked(f"the homeserver did not say whether it would ({answer.status} {answer.errcode})")
        return speaks

    checks = [
        Check(
            f"The homeserver speaks with {named}",
            Question(Asker.MEMBER, "GET", path("publicRooms"), query=(("server", NOWHERE), ("limit", "1"))),
            spoke,
        )
    ]
    if community.federation is Federation.CLOSED:
        version = Question(Asker.STRANGER, "GET", path("version", area="federation", version="v1"))
        answering = Trouble(
            severity=Severity.HINT,
            seen="this address answers other homeservers, and says which software it runs",
            risk="A mistake in one setting is then enough to let others ask about people and rooms.",
            fix="take `federation` out of the `resources` of every listener",
        )
        judge = by_status(well=frozenset({401, 403, 404}), bad=frozenset({200}), trouble=answering)
        checks.append(Check("Other homeservers find no door here", version, judge))
    return tuple(checks)


_NOT_TO_BE_ASKED = {
    "Other homeservers learn no profile and no name of a device": """\
only another homeserver can ask. Set allow_profile_lookup_over_federation: false, \
allow_device_name_lookup_over_federation: false and allow_public_rooms_over_federation: false""",
    "What was deleted is gone soon": """\
no account can see it. Set redaction_retention_period: 1h, forgotten_room_retention_period: 1d \
and forget_rooms_on_leave: true""",
    "Pictures are for members only, and no room can be put into the public list": """\
one would have to be put there. Set enable_authenticated_media: true \
and room_list_publication_rules: [{action: deny}]""",
    "The homeserver's log has no visitors in it": """\
it is a file. Set level: WARNING in what log_config names, as deploy/synapse/log.yaml does""",
    "Notifications and statistics tell nobody anything": """\
they go to others. Set push: {include_content: false} and report_stats: false""",
}


def not_to_be_asked() -> tuple[Finding, ...]:
    """What no account can ask. Each is named, so that nobody takes silence for a yes."""
    return tuple(Finding(what, Unasked(because)) for what, because in _NOT_TO_BE_ASKED.items())
