# SPDX-License-Identifier: Apache-2.0
"""`kithroom door`: the web page where a newcomer gets an account."""

from __future__ import annotations

from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import structlog

from bots.cli.installation.database import log_key, open_database
from bots.cli.installation.deployment import Deployment, load_deployment
from bots.cli.installation.door_settings import DoorSettings
from bots.cli.installation.last_settings import load_or_last
from bots.cli.running.kept_library import KeptLibrary
from bots.cli.running.patience import patiently
from bots.cli.running.stopping import stop_requested
from bots.cli.sorry import Sorry
from bots.core.actions import BotName
from bots.core.community import Community
from bots.core.matrix.http import Http
from bots.core.matrix.login import log_in
from bots.core.records import CommunityRoom
from bots.core.rooms import RoomRole
from bots.core.runtime.clock import SystemClock
from bots.core.runtime.logging import configure
from bots.core.store import Store
from bots.door.accounts import Accounts, MasAccounts, SynapseAccounts
from bots.door.app import Door, serve
from bots.door.codes import Codes
from bots.door.pages import ELEMENT_WEB, Place


async def run_door(config: Path) -> int:
    """Serve the door until stopped. Gives the exit code.

    A mistake in the organiser's settings stops it no more than it stops the bots: see `load_or_last`.
    Raises SettingsError, Sorry, TransportError, OSError when the port is in use.
    """
    deployment = load_deployment(config)
    settings = door_of(deployment, config)
    configure(log_key(deployment), json=deployment.json_logs)
    loaded = load_or_last(deployment.community, deployment.state, deployment.community_in)
    community = loaded.community
    if loaded.mistakes:
        structlog.get_logger().error("the settings have mistakes", count=len(loaded.mistakes))
    async with AsyncExitStack() as stack:
        # Asked to stop while it waits for the homeserver, it stops as a process does.
        store = await stack.enter_async_context(open_database(deployment))
        accounts = await _accounts(deployment, settings, stack)
        place = await _place(deployment, settings, community, store)
        header = settings.visitor_address
        kept = KeptLibrary(deployment.community, SystemClock())
        door = Door(
            place,
            loaded.catalogue,
            accounts,
            Codes(store),
            address_header=header,
            feed=settings.library_feed,
            library=kept.files,
        )
        port = await stack.enter_async_context(serve(door, settings.host, settings.port))
        if settings.library:
            await stack.enter_async_context(kept.keeping())
        structlog.get_logger().info("the door is open", port=port)
        with stop_requested() as stop:
            await stop.wait()
    return 0


def door_of(deployment: Deployment, config: Path) -> DoorSettings:
    """The door's settings. Raises Sorry where there are none."""
    if deployment.door is None:
        raise Sorry(f"There is no `door` in {config}; deploy/README.md says what belongs there.")
    return deployment.door


async def _accounts(deployment: Deployment, settings: DoorSettings, stack: AsyncExitStack) -> Accounts:
    if settings.authentication_service is not None:
        server_name = deployment.cast.server_name
        service = MasAccounts(settings.authentication_service, *deployment.door_client(), server_name)
        return await stack.enter_async_context(service)
    account = settings.account
    assert account is not None, "the settings were checked"
    http, admin = [await stack.enter_async_context(Http(deployment.homeserver)) for _ in range(2)]
    credentials, folder = deployment.credentials("door"), deployment.secrets_of("door")
    await patiently(deployment, "door", account, lambda: log_in(admin, account, credentials, folder))
    return SynapseAccounts(http, admin)


async def _place(deployment: Deployment, settings: DoorSettings, community: Community, store: Store) -> Place:
    async with store.reading(BotName.WELCOME, datetime.now(UTC)) as transaction:
        lobbies = await transaction.find(CommunityRoom, role=RoomRole.LOBBY)
    server_name = deployment.cast.server_name
    return Place(
        community=community,
        address=settings.address,
        server_name=server_name,
        server=settings.server or server_name,
        welcome=deployment.bots[BotName.WELCOME],
        lobby=lobbies[0].room_id if lobbies else None,
        invites=settings.invites,
        library=settings.library,
        element_web=settings.element_web or ELEMENT_WEB,
    )
