"""What could differ between SQLite and PostgreSQL and does not, and what only PostgreSQL can refuse."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import exc, func, literal, select

from ftrack_server import errors
from ftrack_server.model.load import load_model
from ftrack_server.storage import dialect, records
from ftrack_server.storage.engine import Database
from ftrack_server.storage.migrate import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def database(address: str) -> Iterator[Database]:
    with closing(Database.open(address, load_model())) as database:
        migrate(database)
        yield database


@pytest.fixture
def on_postgresql(postgresql: Any, empty_template: str) -> Iterator[str]:
    """The address of a PostgreSQL database with tables and no rows."""
    with postgresql.database(empty_template) as url:
        yield url


def insert(database: Database, table: str, *rows: dict[str, object]) -> None:
    with database.write() as connection:
        records.insert(connection, database.metadata.tables[table], rows)


def test_text_sorts_by_its_code_points(database: Database) -> None:
    names = ["a_b", "B", "ab", "a b", "Ä", "ä", "A", "a-b", "z"]
    insert(database, "scope", *({"id": f"s-{number}", "name": name} for number, name in enumerate(names)))
    name = database.metadata.tables["scope"].c.name

    with database.read() as connection:
        assert list(connection.execute(select(name).order_by(name)).scalars()) == sorted(names)


def test_case_is_ignored_for_ascii_letters_and_no_others(database: Database) -> None:
    insert(database, "scope", {"id": "s", "name": "ÄB"})
    scope = database.metadata.tables["scope"]

    def found(text: str) -> tuple[bool, bool]:
        equal = dialect.folded(scope.c.name) == func.lower(literal(text))
        with database.read() as connection:
            return tuple(
                connection.execute(select(scope.c.id).where(criterion)).first() is not None
                for criterion in (equal, dialect.like(scope.c.name, literal(text)))
            )

    assert found("Äb") == (True, True)
    assert found("äb") == (False, False)


def test_an_id_may_be_of_any_length(database: Database) -> None:
    insert(database, "scope", {"id": "i" * 1000, "name": "x"})

    with database.read() as connection:
        assert records.fetch(connection, database.metadata.tables["scope"], [("i" * 1000,)])


def test_taken_pairs_are_named_with_their_table(database: Database) -> None:
    insert(database, "asset", {"id": "a", "name": "plate"})
    insert(database, "asset_version", {"id": "v-1", "asset_id": "a", "version": 1})

    with pytest.raises(errors.DuplicateEntryError, match=r"asset_version\.asset_id, asset_version\.version must be"):
        insert(database, "asset_version", {"id": "v-2", "asset_id": "a", "version": 1})


def test_a_row_in_use_stays_and_the_table_that_uses_it_is_named(database: Database) -> None:
    insert(database, "asset_type", {"id": "t", "name": "plate"})
    insert(database, "asset", {"id": "a", "name": "plate", "type_id": "t"})

    with pytest.raises(errors.IntegrityError) as refused, database.write() as connection:
        records.delete(connection, database.metadata.tables["asset_type"], [("t",)])

    assert str(refused.value) == 'asset a: "type_id" refers to the asset_type "t", which does not exist.'


def test_a_row_with_a_key_of_two_columns_is_named_by_both(database: Database) -> None:
    table = next(
        table
        for table in database.metadata.tables.values()
        if len(table.primary_key) == 2 and all(column.foreign_keys for column in table.primary_key)
    )
    first, second = (column.name for column in table.primary_key)
    target = next(iter(table.c[first].foreign_keys)).column.table.name

    with pytest.raises(errors.IntegrityError) as refused:
        insert(database, table.name, {first: "gone", second: "lost"})

    words = str(refused.value)
    assert words.startswith(f"{table.name} gone / lost: ")
    assert f'refers to the {target} "gone"' in words or '"lost"' in words


def test_the_first_of_many_broken_references_is_named(database: Database) -> None:
    rows = [{"id": f"v-{number}", "asset_id": "a", "version": number} for number in range(50)]
    insert(database, "asset", {"id": "a", "name": "plate"})

    with pytest.raises(errors.IntegrityError, match=r'asset_version v-7: "asset_id" refers to the asset "gone"'):
        insert(database, "asset_version", *rows[:7], {**rows[7], "asset_id": "gone"}, *rows[8:])


def test_an_empty_key_is_named_with_table_and_column(database: Database) -> None:
    with pytest.raises(errors.IntegrityError, match=r"scope\.id must have a value"):  # noqa: SIM117
        with database.write() as connection:
            connection.exec_driver_sql("INSERT INTO scope (name, id) VALUES ('x', NULL)")


def test_errors_are_understood_in_any_language(on_postgresql: str) -> None:
    with closing(Database.open(on_postgresql, load_model())) as database:
        with database.write() as connection:  # what a server whose messages are in German says
            connection.exec_driver_sql(
                "CREATE FUNCTION complain() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION "
                "'doppelter Schlüsselwert verletzt Unique-Constraint' USING ERRCODE = '23505', TABLE = 'scope', "
                "DETAIL = 'Schlüssel »(name)=(fertig (so))« existiert bereits.'; END $$"
            )
            connection.exec_driver_sql(
                "CREATE TRIGGER complain BEFORE INSERT ON scope FOR EACH ROW EXECUTE FUNCTION complain()"
            )

        with pytest.raises(errors.DuplicateEntryError) as refused:
            insert(database, "scope", {"id": "s", "name": "fertig (so)"})

    assert str(refused.value) == (
        'DuplicateEntryError: scope.name must be unique, and another row has the same value: "fertig (so)".'
    )


def test_a_connection_that_breaks_is_told_and_the_next_one_works(on_postgresql: str) -> None:
    with closing(Database.open(on_postgresql, load_model())) as database:

        def look_after_the_end() -> None:
            with database.read() as connection:
                number = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
                with database.write() as other:
                    other.exec_driver_sql(f"SELECT pg_terminate_backend({number}, 10000)")
                connection.exec_driver_sql("SELECT 1")

        with pytest.raises(errors.DatabaseUnavailableError, match="log of the server has the reason"):
            look_after_the_end()
        with database.read() as connection:
            assert connection.exec_driver_sql("SELECT 1").scalar() == 1


def test_a_reader_cannot_write(on_postgresql: str) -> None:
    with (
        closing(Database.open(on_postgresql, load_model())) as database,
        database.read() as connection,
        pytest.raises(exc.InternalError, match="read-only"),
    ):
        connection.exec_driver_sql("DELETE FROM scope")


def test_a_zero_byte_is_refused_in_words(on_postgresql: str) -> None:
    with closing(Database.open(on_postgresql, load_model())) as database:
        scope = database.metadata.tables["scope"]
        with pytest.raises(errors.ValidationError, match="NUL"):
            insert(database, "scope", {"id": "s", "name": "a\0b"})
        with pytest.raises(errors.ValidationError, match="NUL"), database.read() as connection:
            connection.execute(select(scope.c.id).where(scope.c.name == "a\0b"))


def test_servers_of_one_database_take_turns_and_say_when_it_takes_too_long(on_postgresql: str) -> None:
    with (
        closing(Database.open(on_postgresql, load_model())) as first,
        closing(Database.open(on_postgresql, load_model(), write_timeout=0.1)) as second,
    ):
        with first.write(), pytest.raises(errors.DatabaseBusyError, match="Another process"):
            insert(second, "scope", {"id": "s", "name": "x"})
        insert(second, "scope", {"id": "s", "name": "x"})


def test_a_server_that_does_not_answer_is_named_without_the_password(postgresql: Any) -> None:
    with pytest.raises(errors.DatabaseVersionError, match="nowhere") as refusal:
        Database.open(f"postgresql://kim:secret@/nowhere?host={postgresql.folder}&password=secret", load_model())

    assert "secret" not in str(refusal.value)


def test_the_cluster_of_the_tests_is_run_by_somebody_without_privileges(postgresql: Any) -> None:
    assert (postgresql.folder / "data" / "postmaster.pid").stat().st_uid != 0


@pytest.mark.parametrize(
    "address",
    ["postgresql://kim:secret@db:port/studio", "postgresql://kim:secret@[::1/studio", "postgresql://kim:se@cret:7@/x"],
)
def test_an_address_that_cannot_be_read_is_said_so_without_the_password(address: str) -> None:
    pytest.importorskip("psycopg", reason="psycopg is not installed")

    with pytest.raises(errors.DatabaseVersionError) as refusal:
        Database.open(address, load_model())

    assert "cannot be" in str(refusal.value)
    assert not {"secret", "se@cret"} & set(str(refusal.value).replace(":", " ").split())


def test_a_parameter_that_there_is_not_is_said_so(postgresql: Any) -> None:
    with pytest.raises(errors.DatabaseVersionError, match="bogus"):
        Database.open(f"{postgresql.url('postgres')}&bogus=1", load_model())
