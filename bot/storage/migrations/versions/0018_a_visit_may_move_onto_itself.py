"""A row that takes the place of a visit may overlap that visit, and nobody else's."""

from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

ACTIVE = "'held', 'requested', 'booked', 'arrived'"
APART = {
    True: "other.id <> NEW.id AND coalesce(other.replaces, other.id) <> coalesce(NEW.replaces, NEW.id)",
    False: "other.id <> NEW.id",
}
TRIGGER = """
CREATE TRIGGER {name} BEFORE {event} ON appointment
WHEN NEW.status IN ({active}){only}
BEGIN
  SELECT RAISE(ABORT, 'opening_taken') WHERE EXISTS (
    SELECT 1 FROM appointment AS other
    WHERE other.practice = NEW.practice AND other.{of} = NEW.{of}
      AND {apart}
      AND other.status IN ({active})
      AND other.blocked_from < NEW.blocked_to AND other.blocked_from > NEW.blocked_from - 86400
      AND other.blocked_to > NEW.blocked_from
  );
END"""
COLUMNS = 'id, practice, {of}, blocked_from, blocked_to, status'
OF = {'practitioner': 'appointment_overlap', 'room': 'appointment_overlap_room'}


def _on_sqlite(*, may_replace: bool) -> None:
    for of, name in OF.items():
        columns = COLUMNS.format(of=of) + (', replaces' if may_replace else '')
        for what, event in (('insert', 'INSERT'), ('update', f'UPDATE OF {columns}')):
            op.execute(f'DROP TRIGGER IF EXISTS {name}_{what}')
            op.execute(
                TRIGGER.format(
                    name=f'{name}_{what}',
                    event=event,
                    active=ACTIVE,
                    only=' AND NEW.room IS NOT NULL' if of == 'room' else '',
                    of=of,
                    apart=APART[may_replace],
                )
            )


def _on_postgresql(*, may_replace: bool) -> None:
    apart = ' coalesce(replaces, id) WITH <>,' if may_replace else ''
    for name, of, where in (
        ('opening_taken', 'practitioner', ''),
        ('opening_taken_room', 'room', ' AND room IS NOT NULL'),
    ):
        op.execute(f'ALTER TABLE appointment DROP CONSTRAINT {name}')
        op.execute(
            f'ALTER TABLE appointment ADD CONSTRAINT {name} EXCLUDE USING gist (practice WITH =,'
            f' {of} WITH =,{apart} int8range(blocked_from, blocked_to) WITH &&)'
            f' WHERE (status IN ({ACTIVE}){where})'
        )


def upgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == 'postgresql'
    (_on_postgresql if is_postgresql else _on_sqlite)(may_replace=True)


def downgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == 'postgresql'
    (_on_postgresql if is_postgresql else _on_sqlite)(may_replace=False)
