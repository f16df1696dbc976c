"""A province that grows: seeded once, then multiplied in the same scratch database.

The seed makes posts, people, registers with their rows, statements with parties, conflicts,
decisions, plans. `grow` copies the people below the heads of their OPDs, with their posts and
everything they declared, as often as a size needs: other keys, other names of companies, the same
dates, states and OPDs. References to what isn't copied (heads, inspectors, reference data) stay.
The time of a copy depends on its rows only: the triggers of the tables are off meanwhile, because
they ask for each row what the seed has proved already. Foreign keys and indexes come
after. Staff who owe no declaration are not copied: the province has enough of them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from django.core.management import call_command
from django.db import connection, transaction
from tqdm import tqdm

from review.states import CaseState
from tests import database

FORMS = (
    "declarations_interestregister",
    "declarations_decisionstatement",
    "declarations_conflictdeclaration",
)
OPEN_CASES = tuple(str(state) for state in CaseState.OPEN)
PER_PERSON = 2.3  # declarations of the seed, at most
# How many copies of every row one statement writes; statistics follow each.
AT_ONCE = 10
# Table -> the references without which a row is not copied; parents first.
COPIED = {
    "people_user": (),
    "people_post": (),
    "people_assignment": ("user_id", "post_id"),
    "mapping_riskareapost": ("post_id",),
    "declarations_matter": (),
    "declarations_interestregister": ("declarant_id",),
    "declarations_interest": ("register_id",),
    "declarations_sectionreturn": ("register_id",),
    "declarations_decisionstatement": ("declarant_id",),
    "declarations_sourceanswer": ("statement_id",),
    "declarations_party": ("statement_id",),
    "declarations_partymatch": ("party_id", "interest_id"),
    "declarations_conflictdeclaration": ("declarant_id",),
    "declarations_conflictparty": ("conflict_id",),
    "declarations_suspension": ("conflict_id",),
    "declarations_handlerchange": ("conflict_id",),
    "declarations_datarequest": ("conflict_id",),
    "declarations_superiordecision": ("conflict_id",),
    "declarations_chosenmeasure": ("decision_id",),
    "declarations_controlplan": ("conflict_id",),
    "declarations_controltask": ("plan_id",),
    "declarations_followup": ("plan_id",),
    "review_case": ("subject_id",),
}
ONLY = {
    "people_user": """t.id NOT IN (SELECT user_id FROM people_rolegrant) AND t.id NOT IN (
        SELECT a.user_id FROM people_assignment a JOIN people_post p ON p.id = a.post_id
         WHERE p.is_opd_head) AND (
        EXISTS (SELECT FROM people_assignment a JOIN people_post p ON p.id = a.post_id
                 WHERE a.user_id = t.id AND p.is_obliged)
        OR EXISTS (SELECT FROM declarations_interestregister r WHERE r.declarant_id = t.id)
        OR EXISTS (SELECT FROM declarations_decisionstatement s WHERE s.declarant_id = t.id)
        OR EXISTS (SELECT FROM declarations_interest i WHERE i.relative_id = t.id))""",
    # An empty post is nobody's; a post between two others is somebody's.
    "people_post": """NOT t.is_opd_head AND EXISTS (
        SELECT FROM people_assignment a JOIN kept_people_user k ON k.id = a.user_id
         WHERE a.post_id = t.id)""",
}
DIGITS = "lpad((('x' || substr(md5(t.{0} || n), 1, 8))::bit(32)::bigint)::text, 10, '0')"
# What would be the same twice, or would make strangers share a company.
RENAMED = {
    "nip": "substr(t.nip, 1, 8) || " + DIGITS.format("nip"),
    "code": "t.code || '/' || n",
    "name_key": "CASE WHEN t.name_key <> '' THEN t.name_key || ' ' || n ELSE '' END",
    "organisation_key": "CASE WHEN t.organisation_key <> '' "
    "THEN t.organisation_key || ' ' || n ELSE '' END",
    "review_case.number": "t.number || '/' || n",
    "number_key": "CASE WHEN t.number_key <> '' THEN t.number_key || '/' || n ELSE '' END",
    "title_key": "t.title_key || ' ' || n",
    "npwp": f"CASE WHEN t.npwp <> '' THEN {DIGITS.format('npwp')} ELSE '' END",
    "nib": f"CASE WHEN t.nib <> '' THEN {DIGITS.format('nib')} ELSE '' END",
}


def declarations() -> int:
    return sum(_ask(f"SELECT count(*) FROM {table}")[0][0] for table in FORMS)


@dataclass
class Province:
    """`copies` of the seeded rows exist beside them."""

    seeded: int
    copied: int
    copies: int = 0
    # Table -> (kind of key, width of the range of one copy).
    keys: dict[str, tuple[str, int]] = field(default_factory=dict)

    def grow(self, size: int) -> None:
        """At least `size` declarations, or the nearest number of whole copies."""
        wanted = round((size - self.seeded) / self.copied)
        steps = max(wanted - self.copies, 0) * len(COPIED)
        with database.as_owner(), tqdm(total=steps, desc=f"{size:,} declarations") as bar:
            _switch_triggers("DISABLE")
            with _without_checks():
                while self.copies < wanted:
                    last = min(self.copies + AT_ONCE, wanted)
                    self._copy(self.copies + 1, last, bar)
                    self.copies = last
            _switch_triggers("ENABLE")
            _run("VACUUM ANALYZE")

    @transaction.atomic
    def _copy(self, first: int, last: int, bar: tqdm) -> None:
        # A copied manager is copied before the people who name one: checked at the commit.
        for table in COPIED:
            _run(self._statement(table, first, last))
            bar.update(last - first + 1)
        for table in COPIED:
            _run(f"ANALYZE {table}")

    def _statement(self, table: str, first: int, last: int) -> str:
        columns = [row[0] for row in _columns(table)]
        targets = _references(table)
        values, joins = [], []
        for column in columns:
            target = targets.get(column)
            if column == "id":
                values.append(self._key(table, "t.id"))
            elif column == "document_id":
                values.append("NULL")
            elif target in self.keys:
                joins.append(f"LEFT JOIN kept_{target} k_{column} ON k_{column}.id = t.{column}")
                new = self._key(target, f"t.{column}")
                values.append(f"CASE WHEN k_{column}.id IS NULL THEN t.{column} ELSE {new} END")
            else:
                values.append(
                    RENAMED.get(f"{table}.{column}") or RENAMED.get(column, f"t.{column}")
                )
        return (
            f"INSERT INTO {table} ({', '.join(columns)}) "
            f"SELECT {', '.join(values)} FROM kept_{table} k JOIN {table} t ON t.id = k.id "
            f"{' '.join(joins)} CROSS JOIN generate_series({first}, {last}) n"
        )

    def _key(self, table: str, old: str) -> str:
        kind, width = self.keys[table]
        return f"md5({old}::text || n)::uuid" if kind == "uuid" else f"{old} + n * {width}::bigint"


def seed(size: int, scratch: Path) -> Province:
    """The demonstration province with about `size` declarations, its cases and flags too."""
    call_command(
        "seed_province", people=round(size / PER_PERSON), planted=scratch / "planted.json"
    )
    with database.as_owner():
        _run("VACUUM ANALYZE")
        province = Province(seeded=declarations(), copied=0)
        for table, needed in COPIED.items():
            only = [ONLY.get(table, "TRUE")]
            targets = _references(table)
            only += [f"t.{c} IN (SELECT id FROM kept_{targets[c]})" for c in needed]
            _run(
                f"CREATE UNLOGGED TABLE kept_{table} AS "
                f"SELECT t.id FROM {table} t WHERE {' AND '.join(only)}"
            )
            _run(f"ALTER TABLE kept_{table} ADD PRIMARY KEY (id)")
            kind = dict(_columns(table))["id"]
            width = 0 if kind == "uuid" else _ask(f"SELECT max(id) FROM {table}")[0][0]
            # What the sequence gives out later must not meet a copy.
            province.keys[table] = (kind, 10 * (width or 1))
        province.copied = sum(_ask(f"SELECT count(*) FROM kept_{t}")[0][0] for t in FORMS)
    return province


def _columns(table: str) -> list[tuple[str, str]]:
    return _ask(
        "SELECT column_name, udt_name FROM information_schema.columns WHERE table_name = %s "
        "AND is_generated = 'NEVER' ORDER BY ordinal_position",
        table,
    )


@cache  # Read before the references are dropped.
def _references(table: str) -> dict[str, str]:
    """Column -> the table that it points at."""
    return dict(
        _ask(
            "SELECT a.attname, c.confrelid::regclass::text FROM pg_constraint c "
            "JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] "
            "WHERE c.contype = 'f' AND c.conrelid = %s::regclass",
            table,
        )
    )


@contextmanager
def _without_checks() -> Iterator[None]:
    """Foreign keys and plain indexes are made again at the end, which checks every row."""
    tables = list(COPIED)
    references = _ask(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE contype IN ('f', 'x') AND conrelid = ANY(%s::regclass[])",
        tables,
    )
    for table, name, _definition in references:
        _run(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    indexes = _ask(
        "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i "
        "WHERE NOT i.indisunique AND i.indrelid = ANY(%s::regclass[])",
        tables,
    )
    for name, _definition in indexes:
        _run(f"DROP INDEX {name}")
    yield
    _run("SET maintenance_work_mem = '512MB'")
    again = [definition for _name, definition in indexes]
    again += [
        f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}'
        for table, name, definition in references
    ]
    for statement in tqdm(again, desc="indexes and keys"):
        _run(statement)


def _switch_triggers(what: str) -> None:
    for table in COPIED:
        _run(f"ALTER TABLE {table} {what} TRIGGER USER")


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement.replace("%", "%%") if "%s" in statement else statement)


def _ask(statement: str, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchall()


# What `review.workflow.cases.gather` leaves of each person, for everybody at once.
GATHERED = (
    f"""UPDATE review_flag f SET case_id = c.id FROM review_case c
         WHERE c.subject_id = f.subject_id AND c.state IN {OPEN_CASES}
           AND f.state = 'open' AND f.case_id IS DISTINCT FROM c.id""",
    f"""UPDATE review_case c SET score = live.score FROM (
           SELECT case_id, sum(weight) AS score FROM review_flag WHERE state = 'open'
            GROUP BY case_id) live
         WHERE live.case_id = c.id AND c.state IN {OPEN_CASES} AND c.score <> live.score""",
)


def gather() -> None:
    """The flags of each person into their open case."""
    for statement in GATHERED:
        _run(statement)
    analyze("review_flag", "review_case")


def analyze(*tables: str) -> None:
    with database.as_owner():
        for table in tables:
            _run(f"ANALYZE {table}")
