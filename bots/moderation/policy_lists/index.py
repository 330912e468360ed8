# SPDX-License-Identifier: Apache-2.0
"""Which rules of a list are about somebody: names by hash map, globs by one automaton for many.

Globs are the specification's (`*` and `?`, whatever the case, nothing else special), and not a shell's.
google-re2 answers in time linear in the name, whoever wrote the glob.
"""

from __future__ import annotations

import hashlib

import re2

from bots.core.rooms.policies import About, Policies, Policy

# So many globs share an automaton; when one of them changes, only these are put together again.
_BLOCK = 1_000
_MEMORY = 1 << 28

_Key = tuple[str, str]


def glob_to_pattern(glob: str) -> str:
    """The glob as a regular expression."""
    return "".join({"*": "(?s:.)*", "?": "(?s:.)"}.get(c, re2.escape(c)) for c in glob)


class Index:
    """The rules of one list. `update` takes in the list as it is now; only what changed costs anything."""

    def __init__(self) -> None:
        self._policies: Policies = {}
        # By the name, or by the hash of one.
        self._exact: dict[tuple[About, str | bytes], dict[_Key, Policy]] = {}
        self._globs: dict[About, _Globs] = {about: _Globs() for about in About}

    def __len__(self) -> int:
        return sum(policy is not None for policy in self._policies.values())

    @property
    def ignored(self) -> int:
        """How many events of the list are no rules."""
        return len(self._policies) - len(self)

    def update(self, policies: Policies) -> None:
        """The list as it is now."""
        if policies is self._policies:
            return
        before, self._policies = self._policies, policies
        for key in before.keys() - policies.keys():
            self._take(key, before[key])
        for key, policy in policies.items():
            if (was := before.get(key)) != policy:
                self._take(key, was)
                self._put(key, policy)

    def of(self, user: str) -> Policy | None:
        """A rule about this user, or about their homeserver: the nearest one."""
        server = user.partition(":")[2]
        return self._about(About.USER, user) or self._about(About.SERVER, server) or self._about_host(server)

    def of_server(self, server: str) -> Policy | None:
        """A rule about this homeserver."""
        return self._about(About.SERVER, server) or self._about_host(server)

    def _about_host(self, server: str) -> Policy | None:
        host, colon, port = server.rpartition(":")
        return self._about(About.SERVER, host) if colon and port.isdecimal() else None

    def _about(self, about: About, name: str) -> Policy | None:
        exact = self._exact.get((about, name.casefold()))
        exact = exact or self._exact.get((about, hashlib.sha256(name.encode()).digest()))
        return next(iter(exact.values())) if exact else self._globs[about].match(name)

    def _put(self, key: _Key, policy: Policy | None) -> None:
        if policy is None:
            return
        if policy.is_glob:
            self._globs[policy.about].add(key, policy)
        else:
            self._exact.setdefault(_exactly(policy), {})[key] = policy

    def _take(self, key: _Key, policy: Policy | None) -> None:
        if policy is None:
            return
        if policy.is_glob:
            self._globs[policy.about].remove(key)
        else:
            rules = self._exact[_exactly(policy)]
            del rules[key]
            if not rules:
                del self._exact[_exactly(policy)]


def _exactly(policy: Policy) -> tuple[About, str | bytes]:
    return policy.about, policy.sha256 or policy.entity.casefold()


class _Globs:
    """Globs in blocks, each an automaton that is put together when it is asked."""

    def __init__(self) -> None:
        self._blocks: list[dict[_Key, Policy]] = []
        self._where: dict[_Key, int] = {}
        self._sets: dict[int, tuple[re2.Set, tuple[Policy, ...]]] = {}

    def add(self, key: _Key, policy: Policy) -> None:
        number = next((n for n, block in enumerate(self._blocks) if len(block) < _BLOCK), len(self._blocks))
        if number == len(self._blocks):
            self._blocks.append({})
        self._blocks[number][key] = policy
        self._where[key] = number
        self._sets.pop(number, None)

    def remove(self, key: _Key) -> None:
        number = self._where.pop(key)
        del self._blocks[number][key]
        self._sets.pop(number, None)

    def match(self, name: str) -> Policy | None:
        for number, block in enumerate(self._blocks):
            if block:
                together, policies = self._sets.get(number) or self._put_together(number)
                found: list[int] = together.Match(name)
                if found:
                    return policies[min(found)]
        return None

    def _put_together(self, number: int) -> tuple[re2.Set, tuple[Policy, ...]]:
        options = re2.Options()
        options.case_sensitive, options.max_mem, options.log_errors = False, _MEMORY, False
        policies = tuple(self._blocks[number].values())
        together = re2.Set.FullMatchSet(options)
        for policy in policies:
            together.Add(glob_to_pattern(policy.entity))
        together.Compile()
        self._sets[number] = together, policies
        return together, policies
