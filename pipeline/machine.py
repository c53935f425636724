"""What this process may use of its machine."""

import os


def usable_cores() -> int:
    """Cores that this process may run on; fewer than the machine has where a container or a
    service manager pins it to some."""
    return len(os.sched_getaffinity(0))
