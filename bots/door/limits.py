# SPDX-License-Identifier: Apache-2.0
"""How often what may happen, without keeping where it came from. Pure, given a time and a source of keys.

An address is hashed under a key that exists in memory only and is thrown away after an hour, with everything that was
counted: nobody can be asked for what is not there. Only the network is hashed, for one house has many addresses.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

EVERY = timedelta(hours=1)
# More networks than this in an hour are a flood; from there on they share one count.
_MOST_KNOWN = 20_000
# An IPv6 household has a /64, and changes within it at will.
_HOUSEHOLD = 64


class What(StrEnum):
    """What is counted."""

    MADE = "made"
    MADE_SLOWLY = "made_slowly"
    CODE_TRIED = "code_tried"
    ASKED = "asked"
    LOOKED = "looked"


@dataclass(frozen=True, slots=True)
class Budget:
    """The most in an hour: from one network, and in all."""

    each: int
    all: int


BUDGETS = {
    # A school, a clinic, or everybody behind a telephone company's one address.
    What.MADE: Budget(each=10, all=60),
    # Without a proof of work: few enough that waiting for a person is the cheaper way to be a nuisance.
    What.MADE_SLOWLY: Budget(each=2, all=10),
    # Guessing is hopeless (59 bits); this spares the database.
    What.CODE_TRIED: Budget(each=20, all=300),
    # Forms sent in, good or bad.
    What.ASKED: Budget(each=120, all=3000),
    # Looks at the page with names, for which the homeserver is asked.
    What.LOOKED: Budget(each=120, all=1500),
}


class Limits:
    """The counts of this hour. `new_key` gives random bytes."""

    def __init__(self, new_key: Callable[[], bytes]) -> None:
        self._new_key = new_key
        self._key = b""
        self._until: datetime | None = None
        self._each: Counter[tuple[What, bytes]] = Counter()
        self._all: Counter[What] = Counter()

    def allows(self, what: What, address: str | None, now: datetime) -> bool:
        """Whether it may happen once more. An address that is not known (None) counts in all only."""
        self._turn(now)
        budget = BUDGETS[what]
        if self._all[what] >= budget.all:
            return False
        network = self._network(address)
        return network is None or self._each[what, self._known(what, network)] < budget.each

    def count(self, what: What, address: str | None, now: datetime) -> None:
        """It happened."""
        self._turn(now)
        self._all[what] += 1
        if (network := self._network(address)) is not None:
            self._each[what, self._known(what, network)] += 1

    def happened(self, what: What, now: datetime) -> int:
        """How often in this hour, in all."""
        self._turn(now)
        return self._all[what]

    def _turn(self, now: datetime) -> None:
        if self._until is None or now >= self._until:
            self._key, self._until = self._new_key(), now + EVERY
            self._each.clear()
            self._all.clear()

    def _known(self, what: What, network: bytes) -> bytes:
        return network if (what, network) in self._each or len(self._each) < _MOST_KNOWN else b""

    def _network(self, address: str | None) -> bytes | None:
        try:
            parsed = ipaddress.ip_address(address or "")
        except ValueError:
            return None
        mapped = getattr(parsed, "ipv4_mapped", None)
        parsed = mapped or parsed
        if parsed.is_loopback:
            # A proxy that keeps addresses to itself: everybody is here.
            return None
        packed = parsed.packed if parsed.version == 4 else parsed.packed[: _HOUSEHOLD // 8]
        return hmac.digest(self._key, packed, hashlib.sha256)[:16]
