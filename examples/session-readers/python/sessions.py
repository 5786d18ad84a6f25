"""The sessions of @holdfast/session: docs/session-format.md, version 1."""

import base64
import hashlib
import hmac
import json
import re
import time
from pathlib import Path
from urllib.parse import unquote

OWN_SID = re.compile(r"([0-9a-f]{2})~[A-Za-z0-9_-]{32}")


def parse(text):
    """None for what is no JSON: another serializer wrote it."""
    try:
        return json.loads(text)
    except ValueError:
        return None


class Session:
    """A live session as it was when it was read."""

    def __init__(self, key, bucket, session_id, fields):
        self.key, self.bucket, self.id, self.fields = key, bucket, session_id, fields

    @property
    def user(self):
        """The logged-in user, or None: the session may be of a visitor who has not logged in."""
        user = parse(self.fields.get("=user", "null"))
        is_owner = isinstance(user, dict) and "@u" in self.fields and "@p" in self.fields
        return user if is_owner and user.get("id") == self.fields["@u"] else None

    @property
    def attributes(self):
        """Every other attribute by its name."""
        return {field[1:]: parse(text) for field, text in self.fields.items() if field[0] == "=" and field != "=user"}


class Sessions:
    """A redis.RedisError of any method means that Redis is away."""

    def __init__(self, redis, secrets, lua_folder, idle_seconds=1800, cookie_name="hf_sid", prefix="hf:session:"):
        """redis: with decode_responses=True. secrets: as the Node services have them, in any order."""
        self.redis, self.secrets, self.prefix = redis, secrets, prefix
        self.cookie = re.compile(rf"(?:^|;)\s*{re.escape(cookie_name)}=([^;]*)")
        self.idle_ms = idle_seconds * 1000
        shared = Path(lua_folder, "shared.lua").read_text("utf-8")
        self.scripts = {
            name: redis.register_script(shared + Path(lua_folder, f"{name}.lua").read_text("utf-8"))
            for name in ("write", "touch", "end")
        }

    def find(self, header):
        """The live session of a Cookie header, or None. To find it counts as a use."""
        for sid in self._signed_sids(header):
            digest = hashlib.sha256(sid.encode())
            session_id = base64.urlsafe_b64encode(digest.digest()).decode().rstrip("=")
            own = OWN_SID.fullmatch(sid)
            bucket = own[1] if own else digest.hexdigest()[:2]
            key = f"{self.prefix}{{{bucket}}}:{session_id}"
            fields = self.redis.hgetall(key)
            if "@c" in fields and "@x" not in fields:
                session = Session(key, bucket, session_id, fields)
                if time.time() * 1000 - int(fields["@t"]) >= self.idle_ms / 10:
                    self._run("touch", session, self._lifetime_ms())
                return session
        return None

    def set(self, session, name, value):
        """Sets one attribute and leaves the others alone. False when the session has ended meanwhile."""
        text = json.dumps(value, allow_nan=False)
        version = session.fields["@v"]
        return self._run("write", session, self._lifetime_ms(), version, "", 1, f"={name}", text) > 0

    def end(self, session, reason="logout"):
        """Ends the session in every service. False when it had ended already."""
        return self._run("end", session, reason, "python") == 1

    def _signed_sids(self, header):
        """The sids that one of our secrets signed."""
        for raw in self.cookie.findall(header)[:8]:
            value = unquote(raw.strip().strip('"'))
            sid, dot, signature = value[2:].rpartition(".")
            if value.startswith("s:") and dot and sid and any(self._signs(secret, sid, signature) for secret in self.secrets):
                yield sid

    @staticmethod
    def _signs(secret, sid, signature):
        mac = hmac.digest(secret.encode(), sid.encode(), "sha256")
        return hmac.compare_digest(base64.b64encode(mac).rstrip(b"="), signature.encode())

    def _lifetime_ms(self):
        """The idle time, and a tenth of it: uses are told to Redis once in that time."""
        return int(self.idle_ms * 1.1)

    def _run(self, script, session, *arguments):
        return self.scripts[script](keys=[session.key], args=[self.prefix, session.bucket, session.id, *arguments])
