"""Passkeys: only an answer to our question, from our page, by this person's key, counts; the browser's part is in soft keys here."""

import json
import os
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from html import unescape

import cbor2
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from webauthn.helpers import bytes_to_base64url

from app.organisation.models import Person
from app.organisation.signin.models import Passkey
from app.organisation.signin.passkeys import Site
from tests.factories import World
from tests.organisation.test_second_factor import first_step

SignIn = Callable[[Person], FlaskClient]
NEW, SECOND = "/account/second-factor/passkeys/new", "/sign-in/second"


@dataclass
class Device:
    """An authenticator in software."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential_id: bytes = field(default_factory=lambda: os.urandom(32))
    counter: int = 0

    def create(self, challenge: str, **change: str) -> str:
        """Return what a browser says after making a passkey."""
        public = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: public.x.to_bytes(32, "big"), -3: public.y.to_bytes(32, "big")}
        length = struct.pack(">H", len(self.credential_id))
        attested = bytes(16) + length + self.credential_id + cbor2.dumps(cose)
        data = self._data(0x45, change) + attested
        said = _client_data("webauthn.create", challenge, change)
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer({"clientDataJSON": said, "attestationObject": attestation})

    def get(self, challenge: str, **change: str) -> str:
        """Return what a browser says to prove who one is."""
        self.counter += 1
        data, said = self._data(0x05, change), _client_data("webauthn.get", challenge, change)
        signature = self.key.sign(data + sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer({"clientDataJSON": said, "authenticatorData": data, "signature": signature})

    def _data(self, flags: int, change: dict[str, str]) -> bytes:
        host = sha256(change.get("host", "localhost").encode()).digest()
        return host + bytes([flags]) + struct.pack(">I", self.counter)

    def _answer(self, response: dict[str, bytes]) -> str:
        name = bytes_to_base64url(self.credential_id)
        said = {part: bytes_to_base64url(value) for part, value in response.items()}
        return json.dumps(
            {"id": name, "rawId": name, "type": "public-key", "response": said, "clientExtensionResults": {}}
        )


def _client_data(kind: str, challenge: str, change: dict[str, str]) -> bytes:
    origin = change.get("origin", "http://localhost")
    return json.dumps({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False}).encode()


def asked_on(page: str) -> str:
    """Return the challenge that a page asks."""
    found = re.search(r'data-options="([^"]+)"', page)
    assert found
    return str(json.loads(unescape(found.group(1)))["challenge"])


def registered(client: FlaskClient) -> Device:
    """Register a passkey for whoever is signed in."""
    device = Device()
    answer = device.create(asked_on(client.get(NEW).text))
    assert client.post(NEW, data={"name": "Máy ở cơ quan", "passkey": answer}).status_code == 200
    return device


def second_step(client: FlaskClient, answer: str) -> int:
    return client.post(SECOND, data={"proof_passkey": answer}).status_code


@pytest.fixture
def device(world: World, login_as: SignIn) -> Device:
    """A passkey of the head of Long Biên, who is signed out again and half-way in."""
    client = login_as(world.person("chutich.lb"))
    made = registered(client)
    client.post("/sign-out")
    first_step(client, "chutich.lb")
    return made


def test_a_passkey_signs_in(client: FlaskClient, device: Device):
    assert second_step(client, device.get(asked_on(client.get(SECOND).text))) == 302
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize(
    "change",
    [{"origin": "https://evil.example"}, {"origin": "http://localhost:81"}, {"host": "evil.example"}],
)
def test_an_answer_given_to_another_site_counts_for_nothing(
    client: FlaskClient, device: Device, change: dict[str, str]
):
    assert second_step(client, device.get(asked_on(client.get(SECOND).text), **change)) == 422
    assert client.get("/account").status_code == 302


def test_a_question_is_answered_once_and_an_old_answer_never(app: Flask, client: FlaskClient, device: Device):
    answer = device.get(asked_on(client.get(SECOND).text))
    assert second_step(client, answer) == 302
    again = app.test_client()
    first_step(again, "chutich.lb")
    again.get(SECOND)
    assert second_step(again, answer) == 422
    invented = device.get(bytes_to_base64url(os.urandom(32)))
    again.get(SECOND)
    assert second_step(again, invented) == 422


def test_a_copied_key_whose_counter_stands_still_is_refused(app: Flask, client: FlaskClient, device: Device):
    assert second_step(client, device.get(asked_on(client.get(SECOND).text))) == 302
    device.counter = 0
    again = app.test_client()
    first_step(again, "chutich.lb")
    assert second_step(again, device.get(asked_on(again.get(SECOND).text))) == 422


def test_somebody_elses_key_and_an_unknown_one_open_nothing(
    world: World, app: Flask, client: FlaskClient, device: Device
):
    other = app.test_client()
    first_step(other, "thanhtra")
    theirs = registered(other)
    for key in (theirs, Device()):
        assert second_step(client, key.get(asked_on(client.get(SECOND).text))) == 422


@pytest.mark.parametrize(
    "answer", ["{}", "[]", "null", "x", '{"rawId": 5}', '{"rawId": "AAAA", "id": "AAAA"}', "{" * 500]
)
def test_rubbish_is_refused_and_never_an_error(client: FlaskClient, device: Device, answer: str):
    client.get(SECOND)
    assert second_step(client, answer) == 422


@pytest.mark.parametrize("answer", ["", "{}", "null", "[]", "x", '{"rawId": "AAAA", "response": {}}'])
def test_rubbish_makes_no_passkey_and_keeps_the_name(
    world: World, login_as: SignIn, session: Session, answer: str
):
    client = login_as(world.person("chutich.lb"))
    client.get(NEW)
    page = client.post(NEW, data={"name": "Máy ở cơ quan", "passkey": answer})
    assert page.status_code == 422 and 'value="Máy ở cơ quan"' in page.text
    assert session.scalars(select(Passkey)).all() == []


def test_a_passkey_made_for_another_page_or_question_is_not_kept(
    world: World, login_as: SignIn, session: Session
):
    client = login_as(world.person("chutich.lb"))
    asked = asked_on(client.get(NEW).text)
    answers = (
        Device().create(asked, origin="https://evil.example"),
        Device().create(bytes_to_base64url(os.urandom(32))),
    )
    for answer in answers:
        assert client.post(NEW, data={"name": "Khoá", "passkey": answer}).status_code == 422
    assert session.scalars(select(Passkey)).all() == []


def test_the_same_key_is_not_registered_twice_and_ten_are_enough(world: World, login_as: SignIn):
    client = login_as(world.person("chutich.lb"))
    device = registered(client)
    again = client.post(
        NEW, data={"name": "Lần nữa", "passkey": device.create(asked_on(client.get(NEW).text))}
    )
    assert again.status_code == 422 and "đã được đăng ký" in again.text
    for n in range(9):
        answer = Device().create(asked_on(client.get(NEW).text))
        assert client.post(NEW, data={"name": f"Khoá {n}", "passkey": answer}).status_code == 302
    answer = Device().create(asked_on(client.get(NEW).text))
    assert client.post(NEW, data={"name": "Khoá 11", "passkey": answer}).status_code == 422


def test_nobody_removes_somebody_elses_passkey(world: World, app: Flask, login_as: SignIn, session: Session):
    other = app.test_client()
    first_step(other, "thanhtra")
    registered(other)
    row = session.scalars(select(Passkey)).one()
    client = login_as(world.person("chutich.lb"))
    for wanted in (row.id, 999_999, 2**40):
        assert client.post(f"/account/second-factor/passkeys/{wanted}/remove").status_code == 404
    assert other.post(f"/account/second-factor/passkeys/{row.id}/remove").status_code == 302


@pytest.mark.parametrize(
    "root, possible",
    [("http://127.0.0.1:8000/", False), ("http://[::1]:8000/", False), ("http://localhost:8000/", True)],
)
def test_passkeys_hold_on_names_only(app: Flask, root: str, possible: bool):
    with app.app_context():
        assert Site.of(root).possible is possible
