# SPDX-License-Identifier: Apache-2.0
"""Cases: something for moderators to look at, opened, joined, looked after and closed; and how a report becomes one."""
