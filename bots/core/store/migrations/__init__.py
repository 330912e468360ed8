# SPDX-License-Identifier: Apache-2.0
"""The tables as they came to be, one file a change. `python -m bots.core.store.new_migration` writes the next one."""

from pathlib import Path

MIGRATIONS = Path(__file__).parent
