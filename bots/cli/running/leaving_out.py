# SPDX-License-Identifier: Apache-2.0
"""What bots and the door do without."""

from __future__ import annotations

import sys

# What libraries load where it is installed, for things that no bot does: 11 MB in each process.
# structlog takes the first two; PyCryptodome, which nio brings for attachments, does without the third.
_PACKAGES = ("rich", "twisted", "cffi")


def leave_out_what_no_bot_needs() -> None:
    """From here on these packages can't be imported, unless they are already."""
    for package in _PACKAGES:
        sys.modules.setdefault(package, None)  # type: ignore[arg-type]  # None is how Python is told
