#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""An agent that is notified of a container's system calls (seccomp_unotify(2)).

usage: seccomp-agent.py SOCKET [NAME=ANSWER]...

Makes and listens on SOCKET. Prints a line of JSON for each connection: the container process state, and besides
"received" (how many descriptors), "inode" (what the first of them is), "extra" (bytes that did not come with the
descriptors) and "closed" (did the connection end behind the message?). Then answers the calls of every listener,
until it is killed: NAME=0 lets a call go on, NAME=ERRNO lets it fail, NAME=none keeps it waiting; a call
that is not named goes on. Prints {"call": NAME, "pid": PID} for each.
"""
import array
import ctypes
import json
import os
import platform
import select
import socket
import struct
import sys

NUMBERS = {
    "x86_64": {"read": 0, "write": 1, "close": 3, "mkdir": 83, "execve": 59, "sendmsg": 46, "sethostname": 170,
               "futex": 202, "exit_group": 231, "uname": 63, "getppid": 110},
    "aarch64": {"read": 63, "write": 64, "close": 57, "mkdir": 34, "execve": 221, "sendmsg": 211,
                "sethostname": 161, "futex": 98, "exit_group": 94, "uname": 160, "getppid": 173},
}[platform.machine()]
NAMES = {number: name for name, number in NUMBERS.items()}

# struct seccomp_notif and struct seccomp_notif_resp
NOTIF = struct.Struct("=QII" "iIQ6Q")
RESPONSE = struct.Struct("=QqiI")
RECEIVE, SEND = 0xC0502100, 0xC0182101
CONTINUE = 1

libc = ctypes.CDLL(None, use_errno=True)


def say(**line):
    print(json.dumps(line), flush=True)


def ioctl(fd, request, data):
    buffer = ctypes.create_string_buffer(bytes(data), len(data))
    return libc.ioctl(fd, ctypes.c_ulong(request), buffer), buffer.raw


def read_rest(connection):
    """What follows the first message, and whether the connection has ended behind it."""
    rest = b""
    try:
        while True:
            more = connection.recv(1 << 16)
            if not more:
                return rest, True
            rest += more
    except socket.timeout:
        return rest, False


def take(connection):
    """The descriptor that a connection brings, whose message is printed."""
    connection.settimeout(20)
    data, control, _, _ = connection.recvmsg(1 << 20, socket.CMSG_SPACE(16 * 4))
    fds = array.array("i")
    for level, kind, content in control:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            fds.frombytes(content[:len(content) - len(content) % fds.itemsize])
    connection.settimeout(1)
    rest, closed = read_rest(connection)
    connection.close()
    message = json.loads(data + rest) if data else {}
    inode = os.readlink(f"/proc/self/fd/{fds[0]}") if fds else ""
    say(**message, received=len(fds), inode=inode, extra=len(rest), closed=closed)
    return fds[0] if fds else None


def answer(fd, answers):
    result, data = ioctl(fd, RECEIVE, bytes(NOTIF.size))
    if result < 0:
        return
    identity, pid, _, number = NOTIF.unpack(data)[:4]
    name = NAMES.get(number, str(number))
    what = answers.get(name, "0")
    say(call=name, pid=pid)
    if what == "none":
        return
    if what == "0":
        ioctl(fd, SEND, RESPONSE.pack(identity, 0, 0, CONTINUE))
    else:
        ioctl(fd, SEND, RESPONSE.pack(identity, 0, -int(what), 0))


def main():
    path = sys.argv[1]
    answers = dict(word.split("=") for word in sys.argv[2:])
    server = socket.socket(socket.AF_UNIX)
    server.bind(path + ".new")
    server.listen(16)
    os.rename(path + ".new", path)
    poll = select.poll()
    poll.register(server, select.POLLIN)
    while True:
        for fd, events in poll.poll():
            if fd == server.fileno():
                taken = take(server.accept()[0])
                if taken is not None:
                    poll.register(taken, select.POLLIN)
            elif events & select.POLLIN:
                answer(fd, answers)
            else:
                poll.unregister(fd)
                os.close(fd)


main()
