"""The admin API of a gateway: calls with a token, and worlds with one token of each role."""
import http.client
import json

from lib.programs import HOST, secret

LIMIT_S = 20
ROLES = ("admin", "operator", "auditor", "team")


class Reply:
    def __init__(self, answer):
        self.status, self.head, self.text = answer.status, answer.headers, answer.read()

    @property
    def body(self): return json.loads(self.text) if self.text else None

    @property
    def etag(self): return self.head.get("etag")

    @property
    def error(self): return self.body["error"]

    def __repr__(self): return f"{self.status} {self.text[:500]!r}"


class Api:
    def __init__(self, gateway, token):
        self.gateway, self.token = gateway, token

    def call(self, method, path, body=None, raw=None, **head):
        """`head`: more fields, with _ for -."""
        fields = {"authorization": f"Bearer {self.token}", **{name.replace("_", "-"): value for name, value in head.items()}}
        if body is not None or raw is not None: fields.setdefault("content-type", "application/json")
        data = raw if raw is not None else None if body is None else json.dumps(body)
        connection = http.client.HTTPConnection(HOST, self.gateway.admin_port, timeout=LIMIT_S)
        try:
            connection.request(method, f"/api/v1/{path}", data, fields)
            return Reply(connection.getresponse())
        finally:
            connection.close()


def tokens_of_roles(team):
    """(settings `admin.tokens`, environment, token by role). The role admin has the gateway's own token."""
    made = {role: secret(f"token-{role}") for role in ROLES if role != "admin"}
    settings = {role: {"secret": f"env:TOKEN_{role.upper()}", "role": role, **({"team": team} if role == "team" else {})} for role in made}
    return settings, {f"TOKEN_{role.upper()}": value for role, value in made.items()}, made
