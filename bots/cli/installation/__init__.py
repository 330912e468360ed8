# SPDX-License-Identifier: Apache-2.0
"""One installation: its file, its database, and the settings of its community as they were read."""
