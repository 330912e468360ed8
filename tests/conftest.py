# SPDX-License-Identifier: Apache-2.0
"""Real homeservers for the tests that want them: one for the whole run, and a federating pair."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from hypothesis import settings

from bots.core.homeserver.configuration import FederationListener
from bots.core.homeserver.process import free_port
from bots.core.homeserver.synapse import Account, Synapse
from fakes.certificates import Authority

# An example that comes first may load what the others use, on a machine that has other things to do.
settings.register_profile("kithroom", deadline=None)
settings.load_profile("kithroom")


@pytest.fixture(scope="session")
def synapse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Synapse]:
    """A running Synapse without rate limits; `synapse.url`, `synapse.server_name`, `synapse.register(name)`."""
    with Synapse(tmp_path_factory.mktemp("synapse"), server_name="kith.test", unlimited=True) as server:
        yield server


@dataclass(frozen=True)
class FederatedPair:
    """Two Synapses that federate."""

    first: Synapse
    second: Synapse


@pytest.fixture(scope="session")
def federated_pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FederatedPair]:
    """Two running Synapses, without rate limits, that federate with each other on loopback."""
    folder = tmp_path_factory.mktemp("federated")
    authority = Authority(folder)

    def server(name: str, host: str) -> Synapse:
        port = free_port()
        certificate, key = authority.issue(name)
        return Synapse(
            folder / name,
            server_name=f"{host}:{port}",
            federation=FederationListener(
                port=port, certificate=certificate, private_key=key, authority=authority.path
            ),
            unlimited=True,
        )

    # Two hosts, since servers' access lists know no ports.
    with server("first", "localhost") as first, server("second", "127.0.0.1") as second:
        yield FederatedPair(first, second)


_numbers = itertools.count(1)


@pytest.fixture
def new_account(synapse: Synapse) -> Callable[..., Account]:
    """`new_account("anna")`: a fresh account on `synapse`; the name gets a number that no other test has."""

    def make(name: str = "user", *, admin: bool = False) -> Account:
        return synapse.register(f"{name}{next(_numbers)}", admin=admin)

    return make


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What leans on the same server is one worker's: the server starts once. What takes longest begins first.

    First of all hooks, since xdist reads the groups in one of its own; pytest-randomly has been here before.
    """
    groups = {item: _server_of(item) for item in items}
    for item, group in groups.items():
        if group is not None:
            item.add_marker(pytest.mark.xdist_group(group))
    items.sort(key=lambda item: _turn(groups[item]))


# The longest first. After them the other groups, and then what is a group of its own, test by test.
_LONGEST = ("interop", "synapse", "test_up.py")


def _turn(group: str | None) -> int:
    if group is None:
        return len(_LONGEST) + 1
    return _LONGEST.index(group) if group in _LONGEST else len(_LONGEST)


def _server_of(item: pytest.Item) -> str | None:
    asks = getattr(item, "fixturenames", ())
    if "synapse" in asks or "federated_pair" in asks:
        return "synapse"
    if item.path.parent.name == "interop":
        return "interop"
    if "postgres" in item.name:
        return "postgres"
    return item.path.name if item.get_closest_marker("real") else None
