# SPDX-License-Identifier: Apache-2.0
"""The key with which a community signs what it gives to others: its library's feed, a condition's pack."""

from __future__ import annotations

from pathlib import Path

import click
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from bots.cli.sorry import Sorry
from bots.core.matrix.private_files import read_private, write_private


def publisher_key(file: Path, shared: Path | None = None) -> Ed25519PrivateKey:
    """The key in the file (PKCS #8, PEM); a new one where there is no such file.

    `shared` is a folder that is made to be shared. Raises Sorry where the key would lie in it, or is none.
    """
    if shared is not None and file.resolve().is_relative_to(shared.resolve()):
        raise Sorry(f"{shared} is made to be shared, and {file.name} is a secret. Name a file somewhere else.")
    try:
        text = read_private(file)
    except UnicodeDecodeError:
        raise _no_key(file) from None
    if text is None:
        key = Ed25519PrivateKey.generate()
        write_private(file, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())
        # Whoever meant another file would tell others a key with which nothing was ever signed.
        click.echo(
            f"There was no key in {file}: a new one was made. Keep a copy of it, where nobody else is.", err=True
        )
        return key
    try:
        found = load_pem_private_key(text.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        found = None
    if not isinstance(found, Ed25519PrivateKey):
        raise _no_key(file)
    return found


def _no_key(file: Path) -> Sorry:
    return Sorry(f"{file} is not an Ed25519 key. Name another file, and one that is not there is made.")
