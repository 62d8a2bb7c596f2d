"""What other roles of PostgreSQL may do with the tables, kept while the tables are made anew.

Default privileges give the server's role more than it had: also the right to change audit records.
"""

from sqlalchemy import text

from coursewire.store.session import Session

_KEEP = text(
    """
CREATE TEMPORARY TABLE kept_grants ON COMMIT DROP AS
SELECT relname AS name, given.grantee, given.privilege_type AS privilege, given.is_grantable
FROM pg_class
LEFT JOIN LATERAL aclexplode(relacl) AS given ON given.grantee <> relowner
WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'S')
"""
)
# A table that was not there before keeps what the default privileges give.
_PUT_BACK = text(
    """
DO $$
DECLARE found record;
BEGIN
    FOR found IN
        SELECT DISTINCT relname, relkind, given.grantee
        FROM pg_class, LATERAL aclexplode(relacl) AS given
        WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'S')
            AND given.grantee <> relowner AND relname IN (SELECT name FROM kept_grants)
    LOOP
        EXECUTE format(
            'REVOKE ALL ON %s %I FROM %s',
            CASE found.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END,
            found.relname,
            CASE found.grantee WHEN 0 THEN 'PUBLIC' ELSE found.grantee::regrole::text END
        );
    END LOOP;
    FOR found IN
        SELECT relname, relkind, grantee, privilege, is_grantable
        FROM kept_grants
        JOIN pg_class ON relname = name AND relnamespace = current_schema()::regnamespace
        WHERE grantee <> relowner AND relkind IN ('r', 'p', 'S')
    LOOP
        EXECUTE format(
            'GRANT %s ON %s %I TO %s%s',
            found.privilege,
            CASE found.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END,
            found.relname,
            CASE found.grantee WHEN 0 THEN 'PUBLIC' ELSE found.grantee::regrole::text END,
            CASE WHEN found.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
        );
    END LOOP;
    DROP TABLE kept_grants;
END
$$
"""
)


def keep(session: Session) -> None:
    """Note who may do what with each table; for this transaction of a PostgreSQL site."""
    session.execute(_KEEP)


def put_back(session: Session) -> None:
    """Give tables that were made anew the rights that were noted, and no others."""
    session.execute(_PUT_BACK)
