"""A small HTTP server of a test: JSON in, JSON out."""
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from lib.programs import HOST


class Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_): pass

    def say(self, status, body, **headers): self.say_bytes(status, "application/json", json.dumps(body).encode(), **headers)

    def say_bytes(self, status, kind, body, **headers):
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        for name, value in headers.items(): self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        try: self.wfile.write(body)
        except BrokenPipeError: pass


def serve(handler, **facts):
    """Serves on a free port until shutdown() and server_close(); `facts` become the server's attributes."""
    server = ThreadingHTTPServer((HOST, 0), handler)
    server.daemon_threads = True
    for name, value in facts.items(): setattr(server, name, value)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
