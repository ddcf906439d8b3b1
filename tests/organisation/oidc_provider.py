"""A small OpenID Connect provider, built with Authlib's server half, for tests: python -m tests.organisation.oidc_provider.

It prints its address. Whoever is sent there chooses who to be, whether with two factors, and which lie it should tell.
"""

import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, Response, jsonify, request
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import make_server

CLIENT_ID, CLIENT_SECRET = "tiep-dan", "client-secret-for-tests"
LIES = ("none", "nonce", "audience", "key", "expired", "issuer")
KEY = RSAKey.generate_key(2048, parameters={"kid": "one", "use": "sig", "alg": "RS256"})
OTHER_KEY = RSAKey.generate_key(2048, parameters={"kid": "one", "use": "sig", "alg": "RS256"})
CODES: dict[str, "Code"] = {}


@dataclass
class User:
    """Who signs in there, and how the provider lies about it."""

    sub: str
    mfa: bool
    lie: str


class Client:
    """The one client: Tiếp Dân."""

    client_id = CLIENT_ID

    def get_client_id(self) -> str:
        return CLIENT_ID

    def get_default_redirect_uri(self) -> str | None:
        return None

    def get_allowed_scope(self, scope: str) -> str:
        return "openid" if "openid" in scope.split() else ""

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return urlsplit(redirect_uri).path == "/sign-in/sso/callback"

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == CLIENT_SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class Code:
    """An authorization code."""

    user: User
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    code_challenge_method: str

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return "another-nonce" if self.user.lie == "nonce" else self.nonce

    def get_auth_time(self) -> int:
        return int(time.time())

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> list[str]:
        return ["pwd", "otp", "mfa"] if self.user.mfa else ["pwd"]


class CodeGrant(grants.AuthorizationCodeGrant):
    """Codes kept in memory, used once."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

    def save_authorization_code(self, code: str, request: Any) -> None:
        data = request.payload.data
        CODES[code] = Code(request.user, request.payload.redirect_uri, request.payload.scope, data.get("nonce"),
                           data.get("code_challenge"), data.get("code_challenge_method"))  # fmt: skip

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        return CODES.get(code)

    def delete_authorization_code(self, authorization_code: Code) -> None:
        for code, kept in list(CODES.items()):
            if kept is authorization_code:
                del CODES[code]

    def authenticate_user(self, authorization_code: Code) -> User:
        return authorization_code.user


class IdToken(OpenIDCode):
    """The ID token, honest or not."""

    def __init__(self, issuer: str) -> None:
        super().__init__(require_nonce=True)
        self.issuer, self.key = issuer, KEY

    def exists_nonce(self, nonce: str, request: Any) -> bool:
        return False

    def resolve_client_private_key(self, client: Client) -> RSAKey:
        return self.key

    def get_encode_header(self, client: Client) -> dict[str, str]:
        return {"alg": "RS256", "kid": "one"}

    def get_compatible_claims(self, request: Any) -> dict[str, Any]:
        lie, at = request.user.lie, int(time.time())
        self.key = OTHER_KEY if lie == "key" else KEY
        return {
            "iss": "https://evil.example" if lie == "issuer" else self.issuer,
            "aud": ["another-client"] if lie == "audience" else [CLIENT_ID],
            "iat": at - 7200,
            "exp": at - 3600 if lie == "expired" else at + 600,
        }

    def generate_user_info(self, user: User, scope: str) -> UserInfo:
        # A name and a mail that must open nothing: they are those of somebody else here.
        return UserInfo(
            sub=user.sub, name="Quản trị", email="quantri@example.vn", preferred_username="quantri"
        )


def create_provider(issuer: str) -> Flask:
    """Return the provider."""
    app = Flask(__name__)
    app.secret_key = "provider"
    server = AuthorizationServer(app, query_client=lambda wanted: Client() if wanted == CLIENT_ID else None,
                                 save_token=lambda token, request: None)  # fmt: skip
    server.register_grant(CodeGrant, [IdToken(issuer), CodeChallenge(required=True)])

    @app.get("/.well-known/openid-configuration")
    def metadata() -> Response:
        return jsonify(
            issuer=issuer,
            authorization_endpoint=f"{issuer}/authorize",
            token_endpoint=f"{issuer}/token",
            jwks_uri=f"{issuer}/jwks",
            response_types_supported=["code"],
            subject_types_supported=["public"],
            id_token_signing_alg_values_supported=["RS256"],
        )

    @app.get("/jwks")
    def jwks() -> Response:
        return jsonify(KeySet([KEY]).as_dict(private=False))

    @app.get("/authorize")
    def ask() -> str:
        lies = "".join(f"<option>{lie}</option>" for lie in LIES)
        return (
            '<form method="post"><label>Who <input name="sub"></label>'
            '<label><input type="checkbox" name="mfa" value="yes"> two factors</label>'
            f'<select name="lie">{lies}</select><button>Sign in</button></form>'
        )

    @app.post("/authorize")
    def authorize() -> Response:
        user = User(request.form["sub"], request.form.get("mfa") == "yes", request.form.get("lie", "none"))
        grant = server.get_consent_grant(end_user=user)
        return server.create_authorization_response(grant_user=user, grant=grant)

    @app.post("/token")
    def token() -> Response:
        return server.create_token_response()

    return app


def _late(environ: Any, start: Any) -> Any:
    """Answer with the provider, which is made once its address is known."""
    return app(environ, start)


if __name__ == "__main__":
    listening = make_server("127.0.0.1", 0, _late, threaded=True)
    address = f"http://127.0.0.1:{listening.server_port}"
    app = create_provider(address)
    print(address, flush=True)  # noqa: T201
    listening.serve_forever()
