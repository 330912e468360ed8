# SPDX-License-Identifier: Apache-2.0
"""Alembic's entry: runs on the connection that `bots.core.store.migrate` hands over."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes.get("metadata"),
    render_item=context.config.attributes.get("render_item"),
)
context.run_migrations()
