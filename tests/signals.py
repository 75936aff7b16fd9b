# SPDX-License-Identifier: GPL-3.0-or-later
"""What a test runs takes signals as in a terminal, whatever the caller ignores: nohup SIGHUP, a shell's & SIGINT and SIGQUIT, a
service manager SIGPIPE. Importing this is enough; subprocess gives children SIGPIPE back, which Python itself ignores."""

import signal

for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGALRM, signal.SIGCHLD, signal.SIGUSR1,
               signal.SIGUSR2, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU):
    if signal.getsignal(number) == signal.SIG_IGN:
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
signal.pthread_sigmask(signal.SIG_SETMASK, ())
