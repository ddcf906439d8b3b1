"""Runs a program that must not outlive its parent: `python leash.py PARENT_PID SIGNAL UID GID program arguments...`.

A script on its own, started without the application: Linux sends SIGNAL to the program when the parent dies, however it
dies (a `kill -9` of `tiepdan run` leaves no server behind). Elsewhere the program is simply run. UID -1 keeps the user.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """Become the program: change the user, tie the leash, execute."""
    parent, signal, uid, gid = (int(value) for value in arguments[:4])
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    # After the change of user, which would loosen it again.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0)
        if os.getppid() != parent:
            sys.exit(1)
    os.execv(arguments[4], arguments[4:])


if __name__ == "__main__":
    main(sys.argv[1:])
