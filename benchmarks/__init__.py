# SPDX-License-Identifier: Apache-2.0
"""What Kithroom does, measured beside a reference in the same run. `make bench` prints the table and writes JSON."""
