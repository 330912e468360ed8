# SPDX-License-Identifier: Apache-2.0
"""How things stand: what the bot can do in each room, what it can't, and who is told."""
