# SPDX-License-Identifier: Apache-2.0
"""The library as other programs' files, and back: pure, text in and text out.

What comes from elsewhere is a `Draft`: the keys of an entry as `config/README.md` lists them, not yet checked.
"""

from bots.resources.exchange.draft import Draft, UnreadableError, drafts_of
from bots.resources.exchange.feed import Feed, read_feed, to_feed
from bots.resources.exchange.health_topics import from_health_topics
from bots.resources.exchange.incoming import Here, settled
from bots.resources.exchange.merging import Merged, merged
from bots.resources.exchange.objects import from_json, to_json
from bots.resources.exchange.shelf import to_yaml
from bots.resources.exchange.syndication import to_rss
from bots.resources.exchange.tables import from_csv, to_csv

__all__ = [
    "Draft",
    "Feed",
    "Here",
    "Merged",
    "UnreadableError",
    "drafts_of",
    "from_csv",
    "from_health_topics",
    "from_json",
    "merged",
    "read_feed",
    "settled",
    "to_csv",
    "to_feed",
    "to_json",
    "to_rss",
    "to_yaml",
]
