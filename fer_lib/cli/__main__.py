"""``python -m fer_lib.cli``, for ``torchrun -m fer_lib.cli``."""

import sys

from fer_lib.cli import main

sys.exit(main())
