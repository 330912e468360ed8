# SPDX-License-Identifier: Apache-2.0
"""The tables that the runtime itself needs, and the duty that goes with each.

What bots remember are records (`bots.core.records`); their tables come from `columns`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import sqlalchemy as sa

from bots.core.records import CORE_RECORDS, Duty, Record
from bots.core.store.columns import UtcDateTime, record_table

CORE = sa.MetaData()

positions = sa.Table(
    "positions",
    CORE,
    sa.Column("bot", sa.String(16), primary_key=True),
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
seen = sa.Table(
    "seen",
    CORE,
    sa.Column("bot", sa.String(16), primary_key=True),
    sa.Column("source", sa.String(32), primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False, index=True),
)
outbox = sa.Table(
    "outbox",
    CORE,
    sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("bot", sa.String(16), nullable=False),
    sa.Column("transaction_id", sa.String(128), nullable=False),
    sa.Column("asked_by", sa.String(16), nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("priority", sa.SmallInteger, nullable=False),
    sa.Column("not_before", UtcDateTime),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("payload", sa.LargeBinary, nullable=False),
    sa.UniqueConstraint("bot", "transaction_id"),
)
labels = sa.Table(
    "labels",
    CORE,
    sa.Column("bot", sa.String(16), primary_key=True),
    sa.Column("label", sa.String(32), primary_key=True),
    sa.Column("label_sealed", sa.LargeBinary, nullable=False),
    sa.Column("event_id", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False, index=True),
    sa.Index("labels_by_event", "bot", "event_id"),
)
ticks = sa.Table(
    "ticks",
    CORE,
    sa.Column("bot", sa.String(16), primary_key=True),
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("due_at", UtcDateTime, nullable=False),
    sa.Column("tick", sa.LargeBinary, nullable=False),
    sa.Index("ticks_by_time", "bot", "due_at"),
)
unreadable = sa.Table(
    "unreadable",
    CORE,
    sa.Column("bot", sa.String(16), primary_key=True),
    sa.Column("event_id", sa.String(255), primary_key=True),
    sa.Column("room_id", sa.Text, nullable=False),
    sa.Column("session_id", sa.Text, nullable=False),
    sa.Column("sender_sealed", sa.LargeBinary, nullable=False),
    sa.Column("withheld", sa.Text),
    sa.Column("sent_at", UtcDateTime, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False, index=True),
    sa.Index("unreadable_by_session", "bot", "room_id", "session_id"),
)
series = sa.Table(
    "series",
    CORE,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)
audit = sa.Table(
    "audit",
    CORE,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", UtcDateTime, nullable=False, index=True),
    sa.Column("bot", sa.String(16), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("actor", sa.String(32)),
    sa.Column("target", sa.String(32)),
    sa.Column("room_id", sa.Text),
    sa.Column("case_number", sa.BigInteger),
    sa.Column("content", sa.String(64), nullable=False),
    sa.Column("previous", sa.String(64), nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)
audit_head = sa.Table(
    "audit_head",
    CORE,
    sa.Column("id", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("number", sa.BigInteger, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Column("expired", sa.BigInteger, nullable=False),
    sa.Column("seal", sa.String(32), nullable=False),
)

# Every table here, too, says why it exists and when it empties. `keep` counts from the column `at`.
DUTIES: dict[str, Duty] = {
    "positions": Duty(
        purpose="where each bot goes on after a restart; one row a bot and stream", keep=None, subject=None
    ),
    "seen": Duty(
        purpose="no event is handled twice; a keyed hash of its id, longer than a homeserver repeats itself",
        keep=timedelta(days=30),
        subject=None,
    ),
    "outbox": Duty(
        purpose="what is still to be done, sealed; a row is deleted when it is done",
        keep=None,
        subject="payload",
        on_erase="keep",
        kept_because="what a bot is about to do is done first, and the row goes with it",
    ),
    "labels": Duty(
        purpose="which of a bot's own messages a reaction or a thread belongs to",
        keep=timedelta(days=365),
        subject=None,
    ),
    "ticks": Duty(purpose="what is due later, sealed; a row is deleted when it is due", keep=None, subject="tick"),
    "unreadable": Duty(
        purpose="events whose key has not come, by their ids, so that they can be read when it does",
        keep=timedelta(days=30),
        subject="sender_sealed",
    ),
    "series": Duty(purpose="the last case number", keep=None, subject=None),
    "audit": Duty(
        purpose="who decided what, so that moderators can be held to account; people are keyed hashes",
        keep=timedelta(days=365),
        subject="target",
        on_erase="keep",
        kept_because="each line seals the one before, so that none can be taken out; people are hashes in it",
    ),
    "audit_head": Duty(
        purpose="which line of the audit log is the last, so that none can be cut off its end; one row, overwritten",
        keep=None,
        subject=None,
    ),
}


def schema(records: Iterable[type[Record]]) -> sa.MetaData:
    """All tables of a community whose bots keep these records."""
    whole = sa.MetaData()
    for table in CORE.sorted_tables:
        table.to_metadata(whole)
    for record in dict.fromkeys((*CORE_RECORDS, *records)):
        record_table(record).table.to_metadata(whole)
    return whole
