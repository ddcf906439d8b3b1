"""The seal can be rotated: headers of sealed values change where history does not."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0040"
branch_labels = None
depends_on = None

# Of a line of the file of protection only the wrapped key of its texts may change, never what is sealed.
_ONLY_THE_HEADER = """
CREATE FUNCTION sealed_body(sealed bytea) RETURNS bytea LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE get_byte(sealed, 0)
        WHEN 1 THEN substring(sealed FROM 70)
        WHEN 2 THEN substring(sealed FROM 12 + get_byte(sealed, 9) * 256 + get_byte(sealed, 10))
    END
$$;
CREATE FUNCTION refuse_rewriting_but_rewrapping() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF to_jsonb(NEW) - 'ciphertext' = to_jsonb(OLD) - 'ciphertext'
            AND sealed_body(NEW.ciphertext) = sealed_body(OLD.ciphertext)
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'rows of % are appended, never changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""


def upgrade() -> None:
    """Keep the wrapped key of a sealed file in its row; let lines of the file of protection be re-wrapped."""
    op.add_column("stored_files", sa.Column("seal_header", sa.LargeBinary(), nullable=True))
    op.execute(_ONLY_THE_HEADER)
    op.execute("DROP TRIGGER protection_entries_append_only ON protection_entries")
    op.execute(
        "CREATE TRIGGER protection_entries_append_only BEFORE UPDATE OR DELETE ON protection_entries "
        "FOR EACH ROW EXECUTE FUNCTION refuse_rewriting_but_rewrapping()"
    )


def downgrade() -> None:
    """Forget the wrapped keys: files that were rotated open with the elder key alone afterwards."""
    op.execute("DROP TRIGGER protection_entries_append_only ON protection_entries")
    op.execute(
        "CREATE TRIGGER protection_entries_append_only BEFORE UPDATE OR DELETE ON protection_entries "
        "FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()"
    )
    op.execute("DROP FUNCTION refuse_rewriting_but_rewrapping()")
    op.execute("DROP FUNCTION sealed_body(bytea)")
    op.drop_column("stored_files", "seal_header")
