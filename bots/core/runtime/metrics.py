# SPDX-License-Identifier: Apache-2.0
"""What an operator may watch: counts and ages, never people.

One registry of its own per bot, no user labels, no room labels:
a graph of how often somebody needed the crisis lines would be a record about them.
"""

from __future__ import annotations

from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from bots.core.transport import Health

_SECONDS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300)


class Metrics:
    """The figures of one bot."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.last_sync: datetime | None = None
        self.batches = Counter("kithroom_sync_batches", "Sync responses committed", registry=self.registry)
        self.events = Counter("kithroom_events", "Events decided on", registry=self.registry)
        self.handler_errors = Counter("kithroom_handler_errors", "Handlers that raised", registry=self.registry)
        self.alarms = Counter("kithroom_alarms", "Alarms that reached nobody", registry=self.registry)
        self.performed = Counter("kithroom_actions_performed", "Actions carried out", registry=self.registry)
        self.failed = Counter("kithroom_actions_failed", "Actions given up or refused", registry=self.registry)
        self.rate_limited = Counter("kithroom_rate_limited", "Times the homeserver said 429", registry=self.registry)
        self.event_to_action = Histogram(
            "kithroom_event_to_action_seconds",
            "From an event's arrival to its action's being done",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.outbox_depth = Gauge("kithroom_outbox_depth", "Actions that wait", registry=self.registry)
        self._sync_age = Gauge("kithroom_sync_age_seconds", "Since the last sync response", registry=self.registry)
        self._undecryptable = Gauge(
            "kithroom_undecryptable_ratio",
            "Of the encrypted events, those not read",
            registry=self.registry,
        )
        self._one_time_keys = Gauge(
            "kithroom_one_time_keys", "One-time keys on the homeserver (-1: unknown)", registry=self.registry
        )
        self._fallback_key = Gauge(
            "kithroom_fallback_key", "A fallback key is published (-1: unknown)", registry=self.registry
        )
        self._cross_signed = Gauge(
            "kithroom_cross_signed", "The device is signed by its owner (-1: unknown)", registry=self.registry
        )

    def sync_age(self, now: datetime) -> float | None:
        """Seconds since the last sync response; None before the first."""
        return (now - self.last_sync).total_seconds() if self.last_sync else None

    def text(self, health: Health, now: datetime) -> bytes:
        """Everything in Prometheus' text format."""
        age = self.sync_age(now)
        self._sync_age.set(-1 if age is None else age)
        self._undecryptable.set(undecryptable_ratio(health))
        self._one_time_keys.set(_known(health.one_time_keys))
        self._fallback_key.set(_known(health.fallback_key))
        self._cross_signed.set(_known(health.cross_signed))
        return generate_latest(self.registry)


def undecryptable_ratio(health: Health) -> float:
    """Of the encrypted events so far, the part that could not be read (0 when there were none)."""
    encrypted = health.decrypted + health.undecryptable
    return health.undecryptable / encrypted if encrypted else 0.0


def _known(value: float | None) -> float:
    return -1 if value is None else float(value)
