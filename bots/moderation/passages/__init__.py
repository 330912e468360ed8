# SPDX-License-Identifier: Apache-2.0
"""A message as it is read: its parts, each as a person sees it and as it is compared. Pure.

What is looked for in it, `bots.moderation.grammar` and `bots.moderation.detectors` know.
"""
