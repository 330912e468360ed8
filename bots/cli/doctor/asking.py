# SPDX-License-Identifier: Apache-2.0
"""Asks the homeserver: each question through the door of the one who asks it. What answers mean is judged elsewhere."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from bots.cli.doctor.findings import Finding, Unasked, Verdict
from bots.cli.doctor.questions import Answer, Asker, Check, Question
from bots.cli.installation.deployment import Deployment
from bots.cli.rooms import organiser
from bots.cli.sorry import Sorry
from bots.core.actions import BotName
from bots.core.matrix.http import Http, UserInteractiveAuthError, path
from bots.core.matrix.login import AccessToken, LoginError, kept_session
from bots.core.transport import TransportError

# In seconds. A homeserver that looks for another one takes a while to give up.
_PATIENCE = 30.0
_ADMINISTRATOR = "administrator"
_DOOR = "door"


@dataclass(frozen=True, slots=True)
class Doors:
    """Connections to the homeserver: by who asks, and each bot's own, as the device that it has already.

    `closed` says of those who can't ask why not.
    """

    open: Mapping[Asker, Http]
    bots: Mapping[BotName, Http] = field(default_factory=dict)
    closed: Mapping[Asker | BotName, str] = field(default_factory=dict)

    async def ask(self, question: Question) -> Answer | Unasked:
        """The answer, whatever it is; or why there was nobody to ask it."""
        http = self.open.get(question.by)
        if http is None:
            return Unasked(self.closed.get(question.by, "nobody is there to ask it"))
        return await ask(http, question)

    async def check(self, checks: Iterable[Check]) -> AsyncIterator[Finding]:
        """Each check's finding; a question that several share is asked once."""
        answers: dict[Question, Answer | Unasked] = {}
        for check in checks:
            if check.question not in answers:
                answers[check.question] = await self.ask(check.question)
            answer = answers[check.question]
            verdict: Verdict = answer if isinstance(answer, Unasked) else check.judge(answer)
            yield Finding(check.what, verdict)


async def ask(http: Http, question: Question) -> Answer:
    """What the homeserver answers; status 0 if it does not."""
    body = None if question.body is None else dict(question.body)
    try:
        answer = await http.request(question.method, question.path, body, query=dict(question.query), timeout=_PATIENCE)
    except UserInteractiveAuthError as error:
        return Answer(error.status, error.errcode, flows=error.flows)
    except TransportError as error:
        return Answer(error.status, error.errcode)
    return Answer(200, body=answer)


@asynccontextmanager
async def doors(deployment: Deployment) -> AsyncIterator[Doors]:
    """Everybody who can ask. No bot is logged in anew: its keys belong to the device that it has."""
    async with AsyncExitStack() as stack:
        opened: dict[Asker, Http] = {Asker.STRANGER: await stack.enter_async_context(Http(deployment.homeserver))}
        closed: dict[Asker | BotName, str] = {}
        try:
            opened[Asker.ORGANISER] = await stack.enter_async_context(organiser(deployment))
        except (Sorry, TransportError) as error:
            closed[Asker.ORGANISER] = error.message
        bots: dict[BotName, Http] = {}
        for bot in BotName:
            try:
                bots[bot] = await stack.enter_async_context(await asyncio.to_thread(_as_bot, deployment, bot))
            except LoginError as error:
                closed[bot] = error.message
        if (member := await _member(bots, opened)) is not None:
            opened[Asker.MEMBER] = member
        else:
            closed[Asker.MEMBER] = "no bot has been started yet, and the organiser can't log in"
        named = [await stack.enter_async_context(http) for http in await asyncio.to_thread(_administrators, deployment)]
        for http in (*named, *opened.values(), *bots.values()):
            if http.token and await _administers(http):
                opened[Asker.ADMINISTRATOR] = http
                break
        else:
            closed[Asker.ADMINISTRATOR] = (
                "no administrator's token is at hand, or /_synapse/admin is not reached from here. Put one into "
                f"{deployment.secrets_of(_ADMINISTRATOR) / 'token'}, or into KITHROOM_ADMINISTRATOR_TOKEN"
            )
        yield Doors(opened, bots, closed)


def _as_bot(deployment: Deployment, bot: BotName) -> Http:
    """As the device that the bot is already. Blocks. Raises LoginError."""
    session = kept_session(deployment.secrets_of(bot.value))
    if session is None:
        raise LoginError(f"the {bot.value} bot has not been started yet")
    return Http(deployment.homeserver, session.access_token)


async def _member(bots: Mapping[BotName, Http], opened: Mapping[Asker, Http]) -> Http | None:
    """Whoever is most like a member: the bot without any power first, the organiser if no bot can ask."""
    who = Question(Asker.MEMBER, "GET", path("account", "whoami"))
    for bot in (BotName.RESOURCES, BotName.WELCOME, BotName.MODERATION):
        if bot in bots and (await ask(bots[bot], who)).status == 200:
            return bots[bot]
    return opened.get(Asker.ORGANISER)


def _administrators(deployment: Deployment) -> list[Http]:
    """As an administrator whose token was put there for the doctor, and as the door, which may be one. Blocks.

    A password is not used: it would make a device.
    """
    tokens: list[str] = []
    with contextlib.suppress(Sorry):
        credentials = deployment.credentials(_ADMINISTRATOR)
        if isinstance(credentials, AccessToken):
            tokens.append(credentials.token)
    with contextlib.suppress(LoginError):
        session = kept_session(deployment.secrets_of(_DOOR))
        if session is not None:
            tokens.append(session.access_token)
    return [Http(deployment.homeserver, token) for token in tokens]


async def _administers(http: Http) -> bool:
    question = Question(
        Asker.ADMINISTRATOR, "GET", "/_synapse/admin/v1/registration_tokens", query=(("valid", "true"),)
    )
    return (await ask(http, question)).status == 200
