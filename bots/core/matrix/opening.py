# SPDX-License-Identifier: Apache-2.0
"""From a homeserver's URL and a password or token to a `MatrixClient` that is logged in, cross-signed and ready."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from pathlib import Path

from bots.core.matrix.client import MatrixClient
from bots.core.matrix.cross_signing import Device, Identity, ensure_cross_signed, published_device
from bots.core.matrix.crypto import CryptoMachine, StoreInUseError, StoreMissingError, StoreUnreadableError
from bots.core.matrix.encryption import Encryption
from bots.core.matrix.http import Http
from bots.core.matrix.key_exchange import CryptoThread
from bots.core.matrix.known_rooms import KnownRooms
from bots.core.matrix.login import Credentials, LoginError, Password, Session, log_in
from bots.core.matrix.private_files import read_private, write_private
from bots.core.matrix.profile import ensure_named
from bots.core.matrix.secret_storage import account_data, ensure_secrets_stored, set_account_data
from bots.core.transport import TokenRevokedError, TransportError

PICKLE_KEY_FILE = "pickle_key.txt"
REPORTS_FILE = "reports_token"
_KEY_BACKUP = "m.key_backup"
_log = logging.getLogger(__name__)


async def open_client(
    homeserver_url: str,
    user: str,
    credentials: Credentials,
    folder: Path,
    secrets_folder: Path,
    *,
    bots: frozenset[str] = frozenset(),
    display_name: str | None = None,
    replace_identity: bool = False,
) -> MatrixClient:
    """Log in (once; then the same device again), open the crypto store, and see that the device is cross-signed.

    `user` is a user id or a localpart. `folder` gets the crypto store and needs a lock-keeping, local file system;
    `secrets_folder` gets, mode 0600: `session.json` (the token), `pickle_key.txt` (which seals the store),
    `cross_signing.json` (the identity) and `recovery_key.txt` (for a person, to be kept elsewhere).
    In `reports_token` there may be an administrator's token: the homeserver's reports are read with it, no more.
    Back both folders up together, with the bot stopped.
    `bots` are the user ids of all of the community's bots.
    `display_name` is for an account that has no name but its localpart.
    `replace_identity` gives up an identity that the account has on the homeserver and that is not ours.

    Raises LoginError, IdentityChangedError and TokenRevokedError, whose text says what to do and which don't go away
    by themselves; other TransportErrors as their `retryable` says.
    """
    http = Http(homeserver_url)
    thread = CryptoThread()
    try:
        session = await log_in(http, user, credentials, secrets_folder)
        encryption, device = await _open_encryption(http, thread, session, folder, secrets_folder)
    except BaseException:
        thread.stop()
        await http.close()
        raise
    try:
        await encryption.upload_keys()
        keys = await ensure_cross_signed(
            http,
            device,
            encryption.sign,
            secrets_folder,
            password=credentials.password if isinstance(credentials, Password) else None,
            replace_identity=replace_identity,
        )
        if not await ensure_secrets_stored(http, session.user_id, keys.seeds(), secrets_folder):
            _log.warning(
                "secret storage was set up by a person and is left as it is; recovery_key.txt does not open it"
            )
        if await account_data(http, session.user_id, _KEY_BACKUP) is None:
            # A backup would be a second copy of every room key; clients that ask are told that this is meant (MSC4287).
            await set_account_data(http, session.user_id, _KEY_BACKUP, {"enabled": False})
        shown = await published_device(http, session.user_id, session.device_id)
        if shown is not None:
            await encryption.publish_as(shown)
        encryption.cross_signed(confirmed=True)
        if display_name is not None:
            await _name(http, session.user_id, display_name)
    except BaseException:
        await encryption.close()
        await http.close()
        raise
    rooms = KnownRooms(http, folder)
    token = await asyncio.to_thread(read_private, secrets_folder / REPORTS_FILE)
    administrator = Http(homeserver_url, token.strip()) if token else None
    return MatrixClient(http, Identity(device, keys), encryption, rooms, bots=bots, administrator=administrator)


async def _name(http: Http, user_id: str, display_name: str) -> None:
    try:
        await ensure_named(http, user_id, display_name)
    except TokenRevokedError:
        raise
    except TransportError as error:
        # Some homeservers let nobody change their name: the bot is as good without one.
        _log.warning("the bot could not be given a display name: %s", error.errcode)


async def _open_encryption(
    http: Http, thread: CryptoThread, session: Session, folder: Path, secrets_folder: Path
) -> tuple[Encryption, Device]:
    pickle_key = await asyncio.to_thread(_pickle_key, secrets_folder / PICKLE_KEY_FILE)
    # A device whose keys the homeserver has is only itself with the store that holds the other half of them.
    known = await published_device(http, session.user_id, session.device_id) is not None
    try:
        machine = await thread.run(
            CryptoMachine.open,
            folder,
            session.user_id,
            session.device_id,
            pickle_key,
            now=time.time,
            create=not known,
        )
    except StoreMissingError:
        raise LoginError(
            f"Device {session.device_id} of {session.user_id} is known to others, but its crypto store is not in "
            f"{folder}: restore that folder, or move {secrets_folder}/session.json away and log in as a new device."
        ) from None
    except StoreUnreadableError:
        raise LoginError(
            f"The crypto store in {folder} can't be read with {secrets_folder / PICKLE_KEY_FILE}: restore both from "
            f"one backup, or move the folder and {secrets_folder}/session.json away and log in as a new device."
        ) from None
    except StoreInUseError:
        raise LoginError(
            f"Another process is running with the crypto store in {folder}: stop that one first."
        ) from None
    keys = machine.identity_keys
    device = Device(session.user_id, session.device_id, keys["ed25519"], keys["curve25519"])
    return Encryption(http, machine, thread), device


def _pickle_key(file: Path) -> str:
    text = read_private(file)
    if text is None:
        text = secrets.token_urlsafe(32)
        write_private(file, text)
    return text.strip()
