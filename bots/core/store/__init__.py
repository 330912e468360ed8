# SPDX-License-Identifier: Apache-2.0
"""The only place that knows SQLAlchemy: schema, migrations, sealed columns, who may erase what."""

from bots.core.store.keys import Keys, WrongKeyError
from bots.core.store.store import DatabaseUrlError, Store
from bots.core.store.transaction import Transaction

__all__ = ["DatabaseUrlError", "Keys", "Store", "Transaction", "WrongKeyError"]
