# SPDX-License-Identifier: Apache-2.0
"""Importing this loads everything that the bots and the door are made of, for those that are forked from here on.

It only loads. Nothing may be opened, started or drawn at random: what has a thread, a connection or a state that
must differ between two processes is begun by each of them.
"""

from __future__ import annotations

import gc
import os
from importlib import import_module
from pathlib import Path

from babel import Locale

from bots.cli.running.forked import INSTALLATION, leave_no_folder_behind
from bots.cli.running.leaving_out import leave_out_what_no_bot_needs

_ALL = (
    "bots.cli.running.bots",
    "bots.cli.running.door",
    "bots.welcome.bot",
    "bots.moderation.bot",
    "bots.resources.bot",
    "bots.moderation.crisis.ears",
    "sqlalchemy.dialects.sqlite.aiosqlite",
    "uvloop",
)

leave_no_folder_behind()
leave_out_what_no_bot_needs()
# numpy's OpenBLAS would start a thread for each core; the one question at a time that is searched for needs one.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
for module in _ALL:
    import_module(module)
tables = import_module("bots.moderation.grammar.tables")
import_module("bots.moderation.grammar").learn(tables.LANGUAGES)
for language in tables.LANGUAGES:
    # Read at the first look: the names of countries.
    len(Locale.parse(language).territories)
import_module("bots.core.store.schema").schema(import_module("bots.cli.installation.database").every_record())
if installation := os.environ.get(INSTALLATION):
    folder = import_module("bots.cli.installation.deployment").community_folder(Path(installation))
    if folder is not None:
        import_module("bots.cli.installation.beforehand").read_beforehand(folder)
gc.collect()
# What is there now is there to stay: a child that looked through it for garbage would write to all of it.
gc.freeze()
