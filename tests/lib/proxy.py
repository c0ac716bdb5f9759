#!/usr/bin/python3 -B
# SPDX-License-Identifier: Apache-2.0
"""An HTTP proxy on 127.0.0.1 for which every host is 127.0.0.1.

    proxy.py [--login USER:PASSWORD] [--refuse STATUS] PORT-FILE LOG

Plain requests are made anew, CONNECT opens a tunnel. PORT-FILE appears, with the port in it, when the
proxy is ready. LOG gets a line for each request: METHOD TARGET LOGIN, where the last is "-" without one.

    --login USER:PASSWORD   who does not say that gets the status 407
    --refuse STATUS         every request gets that status
"""

import argparse
import base64
import http.client
import http.server
import os
import socket
import threading
import urllib.parse


def pump(source, target):
    """Copy until the end, and then say so."""
    try:
        while True:
            data = source.recv(65536)
            if not data:
                break
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def refuse(self, status):
        self.send_response(status)
        if status == 407:
            self.send_header("Proxy-Authenticate", 'Basic realm="proxy"')
        self.send_header("Content-Length", "0")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True

    def may_pass(self):
        """Log the request, and refuse it where it must be."""
        options = self.server.options
        given = self.headers.get("Proxy-Authorization")
        with self.server.lock:
            self.server.log.write("%s %s %s\n" % (self.command, self.path, given or "-"))
            self.server.log.flush()
        if options.refuse:
            self.refuse(options.refuse)
            return False
        if options.login and given != "Basic " + base64.b64encode(options.login.encode()).decode():
            self.refuse(407)
            return False
        return True

    def do_CONNECT(self):
        if not self.may_pass():
            return
        port = int(self.path.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as there:
            self.send_response(200)
            self.end_headers()
            back = threading.Thread(target=pump, args=(there, self.connection), daemon=True)
            back.start()
            pump(self.connection, there)
            back.join()
        self.close_connection = True

    def do_GET(self):
        if not self.may_pass():
            return
        url = urllib.parse.urlsplit(self.path)
        there = http.client.HTTPConnection("127.0.0.1", url.port or 80)
        headers = {name: value for name, value in self.headers.items()
                   if not name.lower().startswith("proxy-")}
        there.request("GET", url.path, headers=headers)
        answer = there.getresponse()
        body = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("content-length", "connection", "server", "date"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, options):
        super().__init__(("127.0.0.1", 0), Handler)
        self.options = options
        self.lock = threading.Lock()
        self.log = open(options.log, "a", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--login")
    parser.add_argument("--refuse", type=int)
    parser.add_argument("port_file")
    parser.add_argument("log")
    options = parser.parse_args()
    server = Server(options)
    with open(options.port_file + ".part", "w", encoding="utf-8") as out:
        out.write("%d\n" % server.server_address[1])
    os.rename(options.port_file + ".part", options.port_file)
    server.serve_forever()


main()
