"""What every table of the ledger shares: how constraints are named, and that rows stay."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import MetaData

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def append_only_ddl(dialect: str, names: Sequence[str]) -> list[str]:
    """Statements that make tables refuse every update and delete; used by the migrations.

    Args:
        dialect: ``sqlite`` or ``postgresql``.
        names: The tables.
    """
    if dialect == "sqlite":
        return [
            f"create trigger {name}_no_{verb} before {verb} on {name} begin "
            f"select raise(abort, 'rows of {name} are only ever added'); end"
            for name in names
            for verb in ("update", "delete")
        ]
    function = (
        "create or replace function omr_only_added() returns trigger language plpgsql as "
        "$$ begin raise exception 'rows of % are only ever added', tg_table_name "
        "using errcode = 'integrity_constraint_violation'; end $$"
    )
    return [function] + [
        f"create trigger {name}_only_added before update or delete on {name} "
        "for each row execute function omr_only_added()"
        for name in names
    ]


def may_delete_ddl(dialect: str, names: Sequence[str]) -> list[str]:
    """Statements that let rows go for the rest of a transaction; see :func:`append_only_ddl`.

    ``append_only_ddl`` of the same names ends it.
    """
    if dialect == "sqlite":
        return [f"drop trigger {name}_no_{verb}" for name in names for verb in ("update", "delete")]
    return [f"drop trigger {name}_only_added on {name}" for name in names]
