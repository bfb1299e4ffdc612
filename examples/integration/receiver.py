"""Takes the events of a subscription: checks the signature, drops repeats. SECRET and PORT are variables."""

import base64
import hashlib
import hmac
import http.server
import json
import os
import signal
import sys
import time

if missing := [name for name in ("SECRET", "PORT") if not os.environ.get(name)]:
    sys.exit(f"set {', '.join(missing)}, as docs/events.md shows")


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # the connection stays open for the next event
    key, seen = base64.b64decode(os.environ["SECRET"].removeprefix("whsec_")), set[str]()

    def do_POST(self) -> None:
        body = self.rfile.read(min(int(self.headers.get("content-length", 0)), 1_000_000))
        name, stamp = self.headers.get("webhook-id", ""), self.headers.get("webhook-timestamp", "0")
        mac = hmac.new(self.key, f"{name}.{stamp}.".encode() + body, hashlib.sha256).digest()
        mine, theirs = (
            b"v1," + base64.b64encode(mac),
            self.headers.get("webhook-signature", "").split(),
        )
        good = any(hmac.compare_digest(mine, one.encode()) for one in theirs)
        good = good and stamp.isdecimal() and abs(time.time() - int(stamp)) < 300
        if good and name not in self.seen:
            print(name, json.loads(body)["type"], flush=True)  # your own work, and quickly
            self.seen.add(name)  # in earnest: in the same transaction as the work
        self.send_response(204 if good else 401)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing but what is printed above."""


signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends it; what was not answered comes again
http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Receiver).serve_forever()
