"""Flask-Session in Redis, set up as its documentation says."""

import os
import random
import time
from importlib.metadata import version

from flask import Flask, abort, jsonify, request, session
from flask_session import Session
from redis import Redis

MOST_WORK_SECONDS = 0.002

app = Flask(__name__)
app.config["SESSION_TYPE"] = "redis"
app.config["SESSION_REDIS"] = Redis.from_url(os.environ["REDIS_URL"])
Session(app)


@app.get("/about")
def about():
    return jsonify(store=f"Flask-Session {version('flask-session')}")


@app.post("/login")
def login():
    session["user"] = request.args["user"]
    return "", 204


@app.post("/write")
def write():
    need_login()
    work()
    session[request.args["attribute"]] = 1
    return "", 204


@app.post("/logout")
def logout():
    need_login()
    work()
    session.clear()
    return "", 204


@app.post("/rotate")
def rotate():
    need_login()
    work()
    app.session_interface.regenerate(session)
    return "", 204


@app.get("/inspect")
def inspect():
    need_login()
    return jsonify(list(session))


def need_login():
    if "user" not in session:
        abort(401)


def work():
    time.sleep(random.uniform(0, MOST_WORK_SECONDS))


app.run(host="127.0.0.1", port=int(os.environ["PORT"]), threaded=True)
