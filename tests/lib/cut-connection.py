#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""A way to a server on which connections break.

    cut-connection.py HOST:PORT BYTES TIMES PORT-FILE

Listens on 127.0.0.1, and leads each connection to the server. The first TIMES of them are reset, on both sides, when
BYTES have come from the client. PORT-FILE appears, with the port in it, when it is ready."""

import os
import selectors
import socket
import struct
import sys
import threading


def reset(connection):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def lead(client, server, left):
    """Until one side ends, or left bytes have come from the client (None: without end)."""
    with selectors.DefaultSelector() as selector:
        selector.register(client, selectors.EVENT_READ, server)
        selector.register(server, selectors.EVENT_READ, client)
        while True:
            for key, _ in selector.select():
                block = key.fileobj.recv(min(65536, left or 65536))
                if not block:
                    return
                key.data.sendall(block)
                if key.fileobj is client and left is not None:
                    left -= len(block)
                    if not left:
                        reset(client)
                        reset(server)
                        return


def serve(client, address, left):
    with client, socket.create_connection(address) as server:
        try:
            lead(client, server, left)
        except OSError:
            pass


def main():
    host, _, port = sys.argv[1].rpartition(":")
    times = int(sys.argv[3])
    listener = socket.create_server(("127.0.0.1", 0))
    with open(sys.argv[4] + ".part", "w", encoding="utf-8") as out:
        out.write("%d\n" % listener.getsockname()[1])
    os.rename(sys.argv[4] + ".part", sys.argv[4])
    while True:
        client, _ = listener.accept()
        threading.Thread(target=serve, daemon=True, args=(
            client, (host, int(port)), int(sys.argv[2]) if times > 0 else None)).start()
        times -= 1


main()
