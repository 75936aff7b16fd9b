# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs on a terminal of their own."""

import fcntl
import os
import pty
import struct
import subprocess
import termios


def run(command, env, folder, stdin, user, timeout):
    """Standard input, output and error are a terminal of 80 columns. What is written comes as standard output."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    settings = termios.tcgetattr(follower)
    settings[1] &= ~termios.OPOST
    settings[3] &= ~termios.ECHO
    termios.tcsetattr(follower, termios.TCSANOW, settings)
    env = dict(env, TERM="xterm")
    process = subprocess.Popen(command, cwd=folder, env=env, stdin=follower, stdout=follower, stderr=follower,
                               start_new_session=True, **user)
    os.close(follower)
    if stdin:
        os.write(leader, stdin)
    out = b""
    while True:
        try:
            part = os.read(leader, 65536)
        except OSError:
            break
        if not part:
            break
        out += part
    os.close(leader)
    return process.wait(timeout), out, b""
