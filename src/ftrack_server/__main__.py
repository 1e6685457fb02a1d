"""``python -m ftrack_server``: the command line."""

import sys

from ftrack_server.cli import main

sys.exit(main())
