# SPDX-License-Identifier: Apache-2.0
"""`kithroom privacy`: what is kept about somebody, and taking it away."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from bots.cli.installation.database import open_database
from bots.cli.installation.deployment import Deployment, load_deployment
from bots.core.actions import BotName
from bots.core.community import Community
from bots.core.documents import SettingsError
from bots.core.kept import as_json, readable, receipt
from bots.core.language import Catalogue, shipped_words
from bots.core.runtime.ports import Transaction
from bots.core.settings import load_catalogue


async def show(config: Path, user: str) -> str:
    """Everything that is kept about this user id, for a person to read, in the community's language."""
    deployment = load_deployment(config)
    async with _transaction(deployment) as transaction:
        holdings = await transaction.holdings(user)
    return readable(holdings, *words_of(deployment))


async def export(config: Path, user: str) -> str:
    """Everything that is kept about this user id, as JSON."""
    async with _transaction(load_deployment(config)) as transaction:
        return as_json(await transaction.holdings(user))


async def erase(config: Path, user: str) -> str:
    """Delete everything that is kept about this user id, as each table's duty says. Gives the receipt."""
    deployment = load_deployment(config)
    async with _transaction(deployment) as transaction:
        before = await transaction.holdings(user)
        await transaction.erase(user)
    community = _community(deployment)
    publishes = community is not None and community.own_list is not None
    catalogue, language = words_of(deployment)
    return "\n".join(catalogue.render(words, language).body for words in receipt(before, publishes=publishes))


def words_of(deployment: Deployment) -> tuple[Catalogue, str]:
    """What to say it with, and in which language: a mistake in the settings keeps nobody's rows from them."""
    community = _community(deployment)
    if community is None:
        return Catalogue.load(shipped_words(), ("en",)), "en"
    return load_catalogue(community), community.default_language


def _community(deployment: Deployment) -> Community | None:
    try:
        return deployment.load_community()
    except SettingsError:
        return None


@asynccontextmanager
async def _transaction(deployment: Deployment) -> AsyncIterator[Transaction]:
    async with (
        open_database(deployment) as store,
        store.transaction(BotName.WELCOME, datetime.now(UTC)) as transaction,
    ):
        yield transaction
