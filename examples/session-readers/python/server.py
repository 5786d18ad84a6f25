"""python3 server.py"""

import json
import os
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import redis

from sessions import Sessions

LUA = os.environ.get("SESSION_LUA", Path(__file__).parents[3] / "packages" / "session" / "lua")
client = redis.Redis.from_url(
    os.environ["REDIS_URL"], decode_responses=True, socket_timeout=0.5, socket_connect_timeout=0.5
)
sessions = Sessions(
    client,
    os.environ["SESSION_SECRETS"].split(","),
    LUA,
    int(os.environ.get("IDLE_SECONDS", 1800)),
    prefix=os.environ.get("SESSION_PREFIX", "hf:session:"),
)


class Handler(BaseHTTPRequestHandler):
    def handle_request(self):
        try:
            session = sessions.find("; ".join(self.headers.get_all("Cookie", [])))
            self.answer(*self.respond(session))
        except redis.RedisError:
            self.answer(503, {"code": "session_unavailable"})
        except ValueError:
            self.answer(400, {"code": "invalid_json"})

    do_GET = do_PUT = do_POST = handle_request

    def respond(self, session):
        user = session and session.user
        if not user:
            return 401, {"code": "unauthenticated"}
        request = f"{self.command} {self.path.partition('?')[0]}"
        if request == "GET /me":
            return 200, {"user": user, "attributes": session.attributes}
        if attribute := re.fullmatch(r"PUT /attributes/(\w+)", request):
            value = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
            return (204 if sessions.set(session, attribute[1], value) else 401), None
        if request == "POST /logout":
            sessions.end(session)
            return 204, None
        return 404, None

    def answer(self, status, body):
        text = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Cache-Control", "no-store")
        if status == 503:
            self.send_header("Retry-After", "1")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        """Quiet: a log of requests is not what this example is about."""


ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
