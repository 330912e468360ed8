# SPDX-License-Identifier: Apache-2.0
"""Drafts as a file of the library, as a person would write it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import yaml

from bots.resources.exchange.draft import KEYS, LISTS, Draft

_WIDTH = 110


def to_yaml(drafts: Iterable[Draft], comment: str = "") -> str:
    """A file for `library/`, its keys in the order in which the README lists them; `comment` is its second line.

    Whatever a draft says is text there: nothing in it can become YAML's own.
    """
    head = "# SPDX-License-Identifier: Apache-2.0\n" + "".join(f"# {line}\n" for line in comment.splitlines())
    entries = [_ordered(draft.values) for draft in drafts]
    body = yaml.dump({"resources": entries}, Dumper=_Shelf, allow_unicode=True, sort_keys=False, width=_WIDTH, indent=2)
    return f"{head}\n{body}"


class _Shelf(yaml.SafeDumper):
    """Lists of words on one line, entries indented below their key."""

    def increase_indent(self, flow: bool = False, *_: object, **__: object) -> None:
        super().increase_indent(flow, indentless=False)

    def ignore_aliases(self, _data: object) -> bool:
        """Whatever is there twice is written twice."""
        return True


class _OnOneLine(list[Any]):
    pass


_Shelf.add_representer(
    _OnOneLine,
    lambda dumper, value: dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=True),
)


def _ordered(values: Any) -> dict[str, Any]:
    known = {key: values[key] for key in KEYS if key in values}
    unknown = {key: value for key, value in values.items() if key not in known}
    return {
        key: _OnOneLine(value) if key in LISTS and isinstance(value, list) else value
        for key, value in (known | unknown).items()
    }
