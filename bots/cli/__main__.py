# SPDX-License-Identifier: Apache-2.0
"""`python -m bots.cli`: the same as `kithroom`."""

from bots.cli import main

# What is forked from this process looks at its main module too.
if __name__ == "__main__":
    main()
