# SPDX-License-Identifier: Apache-2.0
"""The tips that members gave to the library, out of the database: for `kithroom library export --tips`."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bots.cli.installation.database import open_database
from bots.cli.installation.deployment import load_deployment
from bots.cli.privacy import words_of
from bots.core.actions import BotName, Words
from bots.core.library import Resource
from bots.resources.wisdom.records import SharedTip
from bots.resources.wisdom.shelf import resource_of


async def shared_tips(config: Path) -> tuple[Resource, ...]:
    """They as entries, without whose they are unless that was wished. Raises SettingsError, Sorry."""
    deployment = load_deployment(config)
    catalogue, default = words_of(deployment)
    slug = deployment.load_community().slug

    def said(words: Words, language: str) -> str:
        return catalogue.render(words, language or default).body

    def entry(tip: SharedTip) -> Resource:
        named = Words("wisdom.source.named", {"name": tip.name}) if tip.name else Words("wisdom.source")
        reviewers = said(Words("wisdom.reviewers"), tip.language)
        return replace(resource_of(tip, slug, said(named, tip.language)), reviewed_by=reviewers)

    async with (
        open_database(deployment) as store,
        store.reading(BotName.RESOURCES, datetime.now(UTC)) as transaction,
    ):
        return tuple(map(entry, await transaction.find(SharedTip)))
