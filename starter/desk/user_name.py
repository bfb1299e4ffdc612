"""Who runs this, for what is noted of them.

A profile proves nothing, and neither does a name of the system's: what is noted is what is known.
"""

import getpass
import os

from starter.desk.profile import read_profile


def who() -> str:
    """Who runs this: the profile's id, or the system's user as `user:NAME`, which no profile can say.

    Raises:
        BadInput: there is a profile, and it cannot be read.
        InvalidMessage: there is a profile, and a field of it does not fit.
    """
    profile = read_profile()
    if profile is not None:
        return profile.id
    try:
        return f"user:{getpass.getuser()}"
    except (KeyError, OSError):  # a user of the system without a name, as in some containers
        return f"user:{os.getuid()}"
