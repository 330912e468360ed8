# SPDX-License-Identifier: Apache-2.0
"""Everything that the doctor looks at, one after the other: asks, and hands the answers to those who judge them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import aiohttp

from bots.cli.doctor.accounts import account_checks
from bots.cli.doctor.asking import Doors, ask, doors
from bots.cli.doctor.devices import administers, one_time_keys, vouched_for
from bots.cli.doctor.federation import federation_checks, not_to_be_asked
from bots.cli.doctor.findings import Finding, Severity, Trouble, Unasked, Verdict, Well
from bots.cli.doctor.kept import addresses, invitations
from bots.cli.doctor.questions import Answer, Asker, Check, Question
from bots.cli.doctor.rooms import room_findings
from bots.cli.doctor.server import encrypted, is_inside, profile_checks, reached, surface_checks
from bots.cli.installation.deployment import Deployment
from bots.cli.rooms import look
from bots.core.actions import BotName
from bots.core.community import Community
from bots.core.homeserver.plan import Actual
from bots.core.homeserver.process import LOOPBACK
from bots.core.matrix.http import path
from bots.core.transport import TransportError

# Of how many accounts an administrator's token is used to ask how old their addresses are.
_ACCOUNTS = 20


async def examine(deployment: Deployment, community: Community) -> AsyncIterator[Finding]:
    """Everything that can be asked, the nearest cause first: without a homeserver, nothing else is."""
    async with doors(deployment) as at:
        versions = await at.ask(Question(Asker.STRANGER, "GET", "/_matrix/client/versions"))
        yield Finding("The homeserver answers", reached(deployment.homeserver, versions))
        if not (isinstance(versions, Answer) and versions.status == 200):
            return
        yield Finding("The way to the homeserver is encrypted", encrypted(deployment.homeserver))
        actual = None
        async for finding in _organised(deployment, community, at):
            if isinstance(finding, Actual):
                actual = finding
            else:
                yield finding
        lobby = actual.rooms.get("lobby") if actual else None
        checks = (
            *account_checks(),
            *profile_checks(deployment.cast),
            *surface_checks(lobby.room_id if lobby else None, inside=is_inside(deployment.homeserver)),
            *federation_checks(community),
            *_administrators_checks(),
        )
        async for finding in at.check(checks):
            yield finding
        began = datetime.fromtimestamp(lobby.created / 1000, UTC) if lobby else None
        yield await _addresses(deployment, at, began)
        async for finding in _bots(deployment, at):
            yield finding
    if deployment.door is not None:
        yield Finding("The door is open", await _health(f"http://{deployment.door.host}:{deployment.door.port}"))
    for finding in not_to_be_asked():
        yield finding


async def _organised(deployment: Deployment, community: Community, at: Doors) -> AsyncIterator[Finding | Actual]:
    """The rooms and the bots' devices, through the organiser's account; and the rooms as they are."""
    http = at.open.get(Asker.ORGANISER)
    if http is None:
        yield Finding("The organiser can log in", _not_in(at.closed[Asker.ORGANISER]))
        return
    yield Finding("The organiser can log in", Well())
    try:
        keys = await http.request(
            "POST", path("keys", "query"), {"device_keys": {user: [] for user in deployment.bots.values()}}
        )
        actual, differences = await look(deployment, community, http)
    except TransportError as error:
        yield Finding("The organiser can look around", _not_in(error.message))
        return
    yield actual
    for bot, user in deployment.bots.items():
        yield Finding(f"The {bot.value} bot's devices are vouched for", vouched_for(keys, user))
    visible = {
        key: await ask(http, Question(Asker.ORGANISER, "GET", path("directory", "list", "room", room.room_id)))
        for key, room in actual.rooms.items()
    }
    for finding in room_findings(actual, differences, visible):
        yield finding


def _not_in(message: str) -> Trouble:
    return Trouble(
        severity=Severity.DANGER,
        seen=message,
        risk="Nobody can look after the rooms; and most of what follows can't be asked.",
        fix="the organiser's password or token, see deploy/README.md",
    )


def _administrators_checks() -> tuple[Check, ...]:
    tokens = Question(Asker.ADMINISTRATOR, "GET", "/_synapse/admin/v1/registration_tokens", query=(("valid", "true"),))
    return (Check("No registration token can be used without end", tokens, invitations),)


async def _addresses(deployment: Deployment, at: Doors, began: datetime | None) -> Finding:
    """How old the addresses are that are kept of our own accounts and, for an administrator, of the first members."""
    asked = [
        await ask(http, Question(Asker.MEMBER, "GET", path("admin", "whois", deployment.bots[bot])))
        for bot, http in at.bots.items()
    ]
    if Asker.ORGANISER in at.open:
        asked.append(
            await ask(
                at.open[Asker.ORGANISER], Question(Asker.ORGANISER, "GET", path("admin", "whois", deployment.organiser))
            )
        )
    if (administrator := at.open.get(Asker.ADMINISTRATOR)) is not None:
        query = (("limit", str(_ACCOUNTS)), ("order_by", "creation_ts"), ("deactivated", "false"))
        listed = await ask(administrator, Question(Asker.ADMINISTRATOR, "GET", "/_synapse/admin/v2/users", query=query))
        for user in listed.body.get("users") or ():
            about = path("admin", "whois", str(user.get("name")))
            asked.append(await ask(administrator, Question(Asker.ADMINISTRATOR, "GET", about)))
    what = "Addresses on the internet are forgotten soon"
    return Finding(what, addresses(asked, now=datetime.now(UTC), since=began))


async def _bots(deployment: Deployment, at: Doors) -> AsyncIterator[Finding]:
    for bot in BotName:
        http = at.bots.get(bot)
        keys, power = (
            f"Newcomers find keys of the {bot.value} bot",
            f"The {bot.value} bot has no power that it does not need",
        )
        if http is None:
            for what in (keys, power):
                yield Finding(what, Unasked(at.closed[bot]))
        else:
            yield Finding(
                keys, one_time_keys(await ask(http, Question(Asker.MEMBER, "POST", path("keys", "upload"), body=())))
            )
            own = f"/_synapse/admin/v1/users/{deployment.bots[bot]}/admin"
            answer = await ask(http, Question(Asker.MEMBER, "GET", own))
            yield Finding(power, administers(answer, needs_it=bot is BotName.MODERATION))
        what = f"The {bot.value} bot is well"
        if bot in deployment.health:
            yield Finding(what, await _health(f"http://{LOOPBACK}:{deployment.health[bot]}"))
        else:
            yield Finding(what, Unasked("it has no port under `health` in kithroom.yaml"))


async def _health(address: str) -> Verdict:
    seen = f"nobody answers at {address}"
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as client,
            client.get(f"{address}/healthz") as answer,
        ):
            if answer.ok:
                return Well()
            seen = f"its /healthz says: {await answer.text()}"
    except (aiohttp.ClientError, TimeoutError):
        pass
    return Trouble(
        severity=Severity.DANGER,
        seen=seen,
        risk="Nobody is met, and nobody is helped.",
        fix="see that it is running, and what its log says",
    )
