"""A receiver of webhooks on this machine, which answers as it is asked to."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer


class WebhookReceiver:
    """A receiver: `answers` are given in turn, then 200; "hang up" drops the line after the body was read."""

    def __init__(self):
        self.got, self.answers = [], []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append((dict(self.headers), body, self.path))
                answer = outer.answers.pop(0) if outer.answers else 200
                if answer == "hang up":
                    self.connection.close()
                    return
                self.send_response(answer)
                if answer == 302:
                    self.send_header("Location", "http://127.0.0.1:1/")
                self.end_headers()
                if answer >= 400:
                    self.wfile.write(f"no hook at {self.path}".encode())

            def log_message(self, *_):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?x=1"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
