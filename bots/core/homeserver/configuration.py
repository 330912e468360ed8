# SPDX-License-Identifier: Apache-2.0
"""The settings of the embedded Synapse: private by default, nothing sent anywhere, nothing kept that need not be."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bots.core.homeserver.process import LOOPBACK


@dataclass(frozen=True, slots=True, kw_only=True)
class FederationListener:
    """Where other homeservers reach this one: a TLS port with a certificate that `authority` (a PEM file) signed."""

    port: int
    certificate: Path
    private_key: Path
    authority: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """What a homeserver must keep to itself, and keep the same from start to start."""

    registration: str
    macaroon: str
    form: str


# What several people behind one address, trying a community out on one machine, may do.
_TRY_OUT_LIMITS: dict[str, Any] = {
    "rc_message": {"per_second": 20, "burst_count": 100},
    "rc_login": {
        "address": {"per_second": 5, "burst_count": 50},
        "account": {"per_second": 5, "burst_count": 50},
    },
    # The door asks for everybody, from one address.
    "rc_registration": {"per_second": 1, "burst_count": 20},
    "rc_registration_token_validity": {"per_second": 1, "burst_count": 20},
    "rc_joins": {"local": {"per_second": 10, "burst_count": 100}},
    "rc_invites": {
        "per_room": {"per_second": 10, "burst_count": 100},
        "per_user": {"per_second": 10, "burst_count": 100},
        "per_issuer": {"per_second": 10, "burst_count": 100},
    },
    "rc_room_creation": {"per_second": 10, "burst_count": 100},
}

_FREELY = {"per_second": 100_000, "burst_count": 100_000}
# A test suite is in a hurry.
_NO_LIMITS: dict[str, Any] = {
    "rc_message": _FREELY,
    "rc_registration": _FREELY,
    "rc_registration_token_validity": _FREELY,
    "rc_login": {"address": _FREELY, "account": _FREELY, "failed_attempts": _FREELY},
    "rc_admin_redaction": _FREELY,
    "rc_joins": {"local": _FREELY, "remote": _FREELY},
    "rc_joins_per_room": _FREELY,
    "rc_3pid_validation": _FREELY,
    "rc_invites": {"per_room": _FREELY, "per_user": _FREELY, "per_issuer": _FREELY},
    "rc_third_party_invite": _FREELY,
    "rc_key_requests": _FREELY,
    "rc_reports": _FREELY,
    "rc_room_creation": _FREELY,
    "rc_media_create": _FREELY,
    "rc_delayed_event_mgmt": _FREELY,
    "rc_federation": {
        "window_size": 1,
        "sleep_limit": 100_000,
        "sleep_delay": 1,
        "reject_limit": 100_000,
        "concurrent": 1_000,
    },
    "bcrypt_rounds": 4,
}

_PRIVATE: dict[str, Any] = {
    # Nobody hears of this server.
    "report_stats": False,
    "trusted_key_servers": [],
    "suppress_key_server_warning": True,
    "presence": {"enabled": False},
    "url_preview_enabled": False,
    # Nobody looks people or rooms up.
    "user_directory": {"enabled": False, "search_all_users": False},
    "require_auth_for_profile_requests": True,
    "limit_profile_requests_to_users_who_share_rooms": True,
    "include_profile_data_on_invite": False,
    "allow_profile_lookup_over_federation": False,
    "allow_device_name_lookup_over_federation": False,
    "allow_public_rooms_without_auth": False,
    "allow_public_rooms_over_federation": False,
    "room_list_publication_rules": [{"action": "deny"}],
    "alias_creation_rules": [{"action": "deny"}],
    "allow_guest_access": False,
    "inhibit_user_in_use_error": True,
    # A picture is copied into every room, unencrypted.
    "enable_set_avatar_url": False,
    # Who comes in by the door has a token of one use; nobody is asked for a telephone number or an e-mail address.
    "enable_registration": True,
    "registration_requires_token": True,
    "enable_3pid_lookup": False,
    "enable_3pid_changes": False,
    "disable_msisdn_registration": True,
    "request_token_inhibit_3pid_errors": True,
    # What is gone is gone soon.
    "user_ips_max_age": "1h",
    "redaction_retention_period": "1h",
    "forgotten_room_retention_period": "1d",
    "forget_rooms_on_leave": True,
    "delete_stale_devices_after": "90d",
    "track_puppeted_user_ips": False,
    "push": {"include_content": False},
    "enable_authenticated_media": True,
    "default_room_version": "12",
}


def homeserver_configuration(
    *,
    server_name: str,
    port: int,
    state: Path,
    secrets: Secrets,
    federation: FederationListener | None = None,
    unlimited: bool = False,
    but_for_messages: bool = False,
) -> dict[str, Any]:
    """`homeserver.yaml`, as a mapping. `unlimited` takes every rate limit away, for tests.

    `but_for_messages` leaves Synapse's own limit of what one account sends, to measure under it.
    """
    listeners: list[dict[str, Any]] = [
        {
            "port": port,
            "tls": False,
            "type": "http",
            "bind_addresses": [LOOPBACK],
            "resources": [{"names": ["client"], "compress": False}],
        }
    ]
    settings: dict[str, Any] = {
        "server_name": server_name,
        "public_baseurl": f"http://{LOOPBACK}:{port}/",
        "pid_file": str(state / "homeserver.pid"),
        "listeners": listeners,
        "database": {"name": "sqlite3", "args": {"database": str(state / "homeserver.db")}},
        "log_config": str(state / "log.yaml"),
        "media_store_path": str(state / "media"),
        "signing_key_path": str(state / "signing.key"),
        "registration_shared_secret": secrets.registration,
        "macaroon_secret_key": secrets.macaroon,
        "form_secret": secrets.form,
        **_PRIVATE,
        **(_NO_LIMITS if unlimited else _TRY_OUT_LIMITS),
    }
    if but_for_messages:
        del settings["rc_message"]
    if federation is None:
        settings["federation_domain_whitelist"] = []
    else:
        listeners.append(
            {
                "port": federation.port,
                "tls": True,
                "type": "http",
                "bind_addresses": [LOOPBACK],
                "resources": [{"names": ["federation"], "compress": False}],
            }
        )
        settings |= {
            "tls_certificate_path": str(federation.certificate),
            "tls_private_key_path": str(federation.private_key),
            "federation_custom_ca_list": [str(federation.authority)],
            "ip_range_blacklist": [],
            "federation_ip_range_blacklist": [],
        }
    return settings


def log_configuration(log: Path) -> dict[str, Any]:
    """Synapse's logging: warnings and worse, to one file that is turned over at 5 MB; no addresses of visitors."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
        "handlers": {
            "file": {
                "class": "logging.handlers.RotatingFileHandler",
                "filename": str(log),
                "maxBytes": 5_000_000,
                "backupCount": 1,
                "formatter": "plain",
                "encoding": "utf-8",
            }
        },
        "root": {"level": "WARNING", "handlers": ["file"]},
    }
