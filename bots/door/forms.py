# SPDX-License-Identifier: Apache-2.0
"""Forms that only we can have given out: sealed, of a certain age, good for one account. Pure, given a key and a time.

This is the door's protection against forged requests, without a cookie: what is posted must hold a form that this
process made, and each form makes one account.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken

# Somebody reads, is called away, and comes back.
GOOD_FOR = timedelta(hours=2)
# No letter looks like another, and 20 of 31 are 99 bits.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 4, 5


@dataclass(frozen=True, slots=True)
class Form:
    """One that was given out; `id` is never shown."""

    id: str
    made_at: datetime


class Forms:
    """All forms of one process. `key` (32 bytes) is made anew at every start: nothing outlives it."""

    def __init__(self, key: bytes) -> None:
        self._seal = Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"seal" + key).digest()))
        self._passwords = hashlib.sha256(b"passwords" + key).digest()

    def give(self, form_id: str, now: datetime) -> str:
        """A form to put into a page; `form_id` is random."""
        return self._seal.encrypt_at_time(form_id.encode(), int(now.timestamp())).decode()

    def take(self, sealed: str, now: datetime) -> Form | None:
        """The form that came back; None for one that is not ours, or too old."""
        try:
            token = sealed.encode("ascii")
            plain = self._seal.decrypt_at_time(token, int(GOOD_FOR.total_seconds()), int(now.timestamp()))
            return Form(plain.decode(), datetime.fromtimestamp(self._seal.extract_timestamp(token), UTC))
        except (InvalidToken, UnicodeError):
            return None

    def password(self, form: Form) -> str:
        """The password of the account that this form makes, the same each time: it need not be kept to be said again.

        It can be read off a screen and typed on a phone.
        """
        number = int.from_bytes(hmac.digest(self._passwords, form.id.encode(), hashlib.sha256))
        letters = ""
        while len(letters) < _GROUPS * _GROUP:
            number, rest = divmod(number, len(_LETTERS))
            letters += _LETTERS[rest]
        return "-".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))
