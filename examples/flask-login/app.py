"""A Flask app with a login form and a cart. SESSIONS says what keeps its sessions: memory, signed-cookie or redis."""

import os
import secrets

from flask import Flask, abort, jsonify, make_response, redirect, request, session
from flask.sessions import SessionInterface, SessionMixin

app = Flask(__name__)
app.secret_key = os.environ["SECRET_KEY"]
app.config["SESSION_COOKIE_SAMESITE"] = "Lax"


class MemorySession(dict, SessionMixin):
    """What the dict of this process has for one visitor."""


class MemorySessions(SessionInterface):
    """Sessions in a dict of this process. The cookie holds a random key."""

    def __init__(self):
        self.sessions = {}

    def open_session(self, app, request):
        key = request.cookies.get(self.get_cookie_name(app))
        return MemorySession(self.sessions.get(key, {}))

    def save_session(self, app, session, response):
        if not session:
            return
        # Never a key that the visitor sent, and a new one with each login, which clears the session.
        key = session.setdefault("key", secrets.token_urlsafe())
        self.sessions[key] = dict(session)
        response.set_cookie(self.get_cookie_name(app), key, httponly=True, samesite="Lax")


if os.environ["SESSIONS"] == "memory":
    app.session_interface = MemorySessions()
elif os.environ["SESSIONS"] == "redis":
    from flask_session import Session
    from redis import Redis

    app.config["SESSION_TYPE"] = "redis"
    app.config["SESSION_REDIS"] = Redis.from_url(os.environ["REDIS_URL"])
    Session(app)
# Else Flask's own: the whole session in a cookie that the server signs.

LOGIN_PAGE = """<!doctype html><title>Log in</title>
<form method="post"><input name="csrf" type="hidden" value="{csrf}"><input name="user"><button>Log in</button></form>
"""


@app.get("/login")
def login_page():
    # The token is in a cookie of its own, as Django has it: the session may be unknown to the server that gets the form.
    csrf = secrets.token_urlsafe()
    page = make_response(LOGIN_PAGE.format(csrf=csrf))
    page.set_cookie("csrf", csrf, httponly=True, samesite="Lax")
    return page


@app.post("/login")
def login():
    csrf = request.cookies.get("csrf")
    if csrf is None or request.form.get("csrf") != csrf:
        abort(400, "The form is too old (CSRF token). Load the page again.")
    # Whoever asks is let in; to check a password is not what this example is about.
    session.clear()
    session["user"] = request.form["user"]
    session["cart"] = []
    return redirect("/cart")


@app.post("/cart")
def add():
    if "user" not in session:
        return redirect("/login")
    session["cart"] = [*session["cart"], request.form["item"]]
    return redirect("/cart")


@app.get("/cart")
def cart():
    if "user" not in session:
        return redirect("/login")
    return jsonify(user=session["user"], items=session["cart"])


app.run(host="127.0.0.1", port=int(os.environ["PORT"]))
