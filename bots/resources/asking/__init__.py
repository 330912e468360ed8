# SPDX-License-Identifier: Apache-2.0
"""What is asked, for whom, and what is said back. Pure, but for what each handler's `gather` reads."""
