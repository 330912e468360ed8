# SPDX-License-Identifier: Apache-2.0
"""Cries for help, as far as every bot has to know of them: how near to danger words sound, and who is told what.

Nobody is ever punished for one, or answered in public. All of it is pure.
"""
