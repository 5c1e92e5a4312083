"""``python -m pipeline.cli``: the ``claims`` command."""

import sys

from pipeline.cli import main

sys.exit(main())
