"""Signing in: sessions on the server, second factors, delays after failures, one-time links, single sign-on."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0040"
down_revision = "0030"
branch_labels = None
depends_on = None


def _at(name: str, *, optional: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=optional)


def _of_person(
    table: str, name: str = "person_id", *, optional: bool = False
) -> tuple[sa.Column, sa.Constraint]:
    key = sa.ForeignKeyConstraint([name], ["persons.id"], name=op.f(f"fk_{table}_{name}_persons"))
    return sa.Column(name, sa.Integer(), nullable=optional), key


def _id(table: str) -> tuple[sa.Column, sa.Constraint]:
    return sa.Column("id", sa.Integer(), nullable=False), sa.PrimaryKeyConstraint(
        "id", name=op.f(f"pk_{table}")
    )


def upgrade() -> None:
    """Create the tables. Whoever is signed in signs in anew: the cookies of before name no session."""
    op.create_table(
        "sign_in_sessions",
        *_id("sign_in_sessions"),
        *_of_person("sign_in_sessions"),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("second_factor", sa.Boolean(), nullable=False),
        _at("created_at"),
        _at("last_seen_at"),
        _at("fresh_at"),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("browser", sa.String(length=30), nullable=False),
        sa.Column("system", sa.String(length=30), nullable=False),
        _at("ended_at", optional=True),
        sa.Column("end_reason", sa.String(length=20), nullable=False),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_sessions_token_hash")),
    )
    op.create_index(op.f("ix_sign_in_sessions_person_id"), "sign_in_sessions", ["person_id"])
    op.create_table(
        "totp_secrets",
        *_id("totp_secrets"),
        *_of_person("totp_secrets"),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        _at("created_at"),
        _at("confirmed_at", optional=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
    )
    for name, which in (("used", "confirmed_at IS NOT NULL"), ("waiting", "confirmed_at IS NULL")):
        op.create_index(
            f"uq_totp_secrets_{name}",
            "totp_secrets",
            ["person_id"],
            unique=True,
            postgresql_where=sa.text(which),
        )
    op.create_table(
        "recovery_codes",
        *_id("recovery_codes"),
        *_of_person("recovery_codes"),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        _at("created_at"),
        _at("used_at", optional=True),
        sa.UniqueConstraint("person_id", "code_hash", name=op.f("uq_recovery_codes_person_id_code_hash")),
    )
    op.create_table(
        "passkeys",
        *_id("passkeys"),
        *_of_person("passkeys"),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("transports", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        _at("created_at"),
        _at("last_used_at", optional=True),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkeys_credential_id")),
    )
    op.create_index(op.f("ix_passkeys_person_id"), "passkeys", ["person_id"])
    op.create_table(
        "sign_in_delays",
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        _at("last_failed_at"),
        _at("next_try_at"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in_delays")),
    )
    op.create_table(
        "one_time_links",
        *_id("one_time_links"),
        *_of_person("one_time_links"),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        _at("created_at"),
        *_of_person("one_time_links", "created_by_id", optional=True),
        _at("expires_at"),
        _at("closed_at", optional=True),
        sa.UniqueConstraint("token_hash", name=op.f("uq_one_time_links_token_hash")),
    )
    op.create_index(op.f("ix_one_time_links_person_id"), "one_time_links", ["person_id"])
    op.create_table(
        "external_identities",
        *_id("external_identities"),
        *_of_person("external_identities"),
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        _at("linked_at"),
        *_of_person("external_identities", "linked_by_id"),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_external_identities_issuer_subject")),
        sa.UniqueConstraint("person_id", "issuer", name=op.f("uq_external_identities_person_id_issuer")),
    )


def downgrade() -> None:
    """Drop them: second factors are lost, and everybody signs in anew."""
    for table in (
        "external_identities", "one_time_links", "sign_in_delays", "passkeys", "recovery_codes", "totp_secrets",
        "sign_in_sessions",
    ):  # fmt: skip
        op.drop_table(table)
