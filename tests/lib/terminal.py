#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Run a command on a terminal of its own, and play a script with it.

    terminal.py [--size ROWSxCOLUMNS] COMMAND... <<'END'
    expect '$ '
    send 'stty size\\n'
    resize 40 100
    send '\\x03'
    END

expect TEXT    wait until the terminal has shown TEXT since the last match (20 seconds at most)
send TEXT      type it; escapes as in C
resize R C     resize the terminal (SIGWINCH)
pause SECONDS  do nothing
hangup         close the terminal
signal NAME    send a signal to the command itself
At the end of the script the command may finish by itself (20 seconds).

What the terminal shows goes to stdout, with \\r\\n as it came. The status is the command's; 128+N
when signal N ended it; 99 when an expectation failed or the time was over."""

import codecs
import fcntl
import os
import select
import shlex
import signal
import struct
import sys
import termios
import time

LIMIT = 20


class Terminal:
    def __init__(self, command, rows, columns):
        self.fd, slave = os.openpty()
        self.resize(rows, columns)
        self.seen, self.status = b"", None
        self.pid = os.fork()
        if self.pid == 0:
            login_tty(slave)
            try:
                os.execvp(command[0], command)
            finally:
                os._exit(127)
        os.close(slave)

    def resize(self, rows, columns):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self, seconds):
        """Show what comes within that time; False when the terminal is closed."""
        if self.fd < 0 or not select.select([self.fd], [], [], seconds)[0]:
            return self.fd >= 0
        try:
            got = os.read(self.fd, 65536)
        except OSError:  # EIO: nobody has the other side open
            got = b""
        self.seen += got
        sys.stdout.buffer.write(got)
        sys.stdout.buffer.flush()
        return bool(got)

    def expect(self, text):
        end = time.monotonic() + LIMIT
        while text not in self.seen:
            if time.monotonic() > end or not self.read(0.1):
                if text in self.seen:
                    break
                self.give_up(f"expected {text!r}")
        self.seen = self.seen.split(text, 1)[1]

    def pause(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.read(end - time.monotonic()):
            pass

    def give_up(self, why):
        print(f"\nterminal.py: {why}", file=sys.stderr)
        os.kill(self.pid, signal.SIGKILL)
        sys.exit(99)

    def finish(self):
        end = time.monotonic() + LIMIT
        while True:
            is_open = self.read(0.05)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                while self.read(0.2) and time.monotonic() < end and self.fd >= 0:
                    if not select.select([self.fd], [], [], 0.2)[0]:
                        break
                return os.waitstatus_to_exitcode(status)
            if time.monotonic() > end:
                self.give_up("it does not end")
            if not is_open:
                time.sleep(0.02)

    def play(self, line):
        words = shlex.split(line, comments=True)
        verb = words[0]
        if verb == "expect":
            self.expect(codecs.escape_decode(words[1].encode())[0])
        elif verb == "send":
            os.write(self.fd, codecs.escape_decode(words[1].encode())[0])
        elif verb == "resize":
            self.resize(int(words[1]), int(words[2]))
        elif verb == "pause":
            self.pause(float(words[1]))
        elif verb == "hangup":
            os.close(self.fd)
            self.fd = -1
        elif verb == "signal":
            os.kill(self.pid, getattr(signal, "SIG" + words[1]))
        else:
            self.give_up(f"unknown verb {verb}")


def login_tty(slave):
    # A shell ignores these in what it starts in the background, and that would be inherited.
    for number in (signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for fd in range(3):
        os.dup2(slave, fd)
    if slave > 2:
        os.close(slave)


def main():
    words, rows, columns = sys.argv[1:], 24, 80
    if words and words[0] == "--size":
        rows, columns = (int(n) for n in words[1].split("x"))
        words = words[2:]
    if not words:
        sys.exit(__doc__)
    script = sys.stdin.read().splitlines()
    terminal = Terminal(words, rows, columns)
    for line in script:
        if line.strip() and not line.lstrip().startswith("#"):
            terminal.play(line)
    code = terminal.finish()
    sys.exit(128 - code if code < 0 else code)


if __name__ == "__main__":
    main()
