"""The two roles of the database: the owner, who migrates, and the application's, which owns nothing.

`tiepdan db upgrade` gives the application's role its rights anew after every migration (app/operations/grants.py).
"""

from sqlalchemy import Connection, create_engine, text

from app.config_reading import ConfigError
from app.operations.grants import statements

APP_ROLE = "tiepdan_app"  # of the first-run PostgreSQL; elsewhere it is the user of DATABASE_URL

# Everything by which a role could change history or read the seal, in one row.
_POWERS = """
SELECT current_user AS role,
  r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolbypassrls AS rules,
  EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.relnamespace = n.oid
          AND pg_catalog.pg_has_role(c.relowner, 'MEMBER')) AS owns,
  pg_catalog.has_schema_privilege(n.oid, 'CREATE') AS creates
FROM pg_catalog.pg_roles r, pg_catalog.pg_namespace n
WHERE r.rolname = current_user AND n.nspname = 'public'
"""


def as_app_role(owner_url: str) -> str:
    """Return the address of a first-run database for the application's role."""
    return owner_url.replace("//postgres@", f"//{APP_ROLE}@", 1)


def make_app_role(owner_url: str) -> None:
    """Make the application's role of a first-run PostgreSQL; nothing happens when it is there."""
    engine = create_engine(owner_url)
    try:
        with engine.begin() as connection:
            there = text("SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = :role")
            if connection.execute(there, {"role": APP_ROLE}).first() is None:
                connection.execute(text(f"CREATE ROLE {APP_ROLE} LOGIN"))
    finally:
        engine.dispose()


def grant_rights(connection: Connection, role: str) -> None:
    """Take every right from the application's role and give it those of the table, in one transaction.

    Nothing happens when the owner itself is the application's role (a development database with one role).
    """
    if role == connection.execute(text("SELECT current_user")).scalar_one():
        return
    quoted = connection.dialect.identifier_preparer.quote(role)
    for statement in statements(quoted):
        connection.exec_driver_sql(statement)


def refuse_powers(connection: Connection) -> None:
    """Raise ConfigError with one line when the role of a connection could rewrite history."""
    found = connection.execute(text(_POWERS)).one()
    what = "is a superuser or rules over roles" if found.rules else "owns tables" if found.owns else ""
    what = what or ("may create tables" if found.creates else "")
    if what:
        raise ConfigError(
            f"the role '{found.role}' of DATABASE_URL {what}: production needs a role that owns nothing "
            "(docs/operations.md, 'Two roles')"
        )
