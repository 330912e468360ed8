# SPDX-License-Identifier: Apache-2.0
"""What a name gives away about the person who bears it. Pure, and without words: bots and pages have their own.

It judges pseudonyms, so a false alarm costs trust: what may as well be an ordinary word is left in peace.
"""

from bots.core.anonymity.findings import Finding, look_at_device, look_at_line, look_at_name, look_at_user_id

__all__ = ["Finding", "look_at_device", "look_at_line", "look_at_name", "look_at_user_id"]
