"""The book of people who sign in. Implements service.staff.StaffBook."""

import os
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.domain.staff import Person, Role
from bot.service.inbox.staff import Credentials, NameTaken, StoredSession
from bot.storage.engine.database import Database
from bot.storage.engine.statements import upsert
from bot.storage.inbox import staff_tables as t
from bot.storage.sealing.seal import derive
from bot.storage.tables import from_stamp, to_stamp

_staff = t.StaffRow.__table__  # type: ignore[attr-defined]
_link = t.StaffLinkRow.__table__  # type: ignore[attr-defined]
_session = t.StaffSessionRow.__table__  # type: ignore[attr-defined]
_try = t.StaffTryRow.__table__  # type: ignore[attr-defined]
_NONCE = 12


class SqlStaffBook:
    """One practice's people. Secrets of codes are sealed; passwords are only ever hashes."""

    def __init__(self, database: Database, *, practice: str, master_key: bytes) -> None:
        self._database = database
        self._practice = practice
        self._seal = AESGCM(derive(master_key, b"staff codes"))

    # -- people -------------------------------------------------------------------------------------------

    async def people(self) -> tuple[Person, ...]:
        def unit(connection: Connection) -> tuple[Person, ...]:
            ours = select(_staff).where(_staff.c.practice == self._practice)
            return tuple(_person(row) for row in connection.execute(ours.order_by(_staff.c.folded_name)))

        return await self._database.read(unit)

    async def credentials(self, name: str) -> Credentials | None:
        def unit(connection: Connection) -> Credentials | None:
            row = connection.execute(
                select(_staff).where(
                    _staff.c.practice == self._practice,
                    _staff.c.folded_name == name.casefold(),
                    _staff.c.disabled_at.is_(None),
                )
            ).first()
            if row is None:
                return None
            secret = self._open(row.id, row.sealed_code) if row.sealed_code else None
            return Credentials(person=_person(row), password=row.password, code_secret=secret)

        return await self._database.read(unit)

    async def add(self, person: Person, *, at: datetime) -> None:
        def unit(connection: Connection) -> None:
            try:
                connection.execute(
                    insert(_staff),
                    {
                        "id": person.id,
                        "practice": self._practice,
                        "name": person.name,
                        "folded_name": person.name.casefold(),
                        "role": person.role,
                        "code_step": 0,
                        "created_at": to_stamp(at),
                    },
                )
            except IntegrityError as error:
                raise NameTaken(f'"{person.name}" is in the book already; choose another name') from error

        await self._database.write(unit)

    async def change_role(self, person: str, role: Role) -> None:
        await self._change(person, role=role)

    async def change_languages(self, person: str, languages: tuple[str, ...]) -> None:
        await self._change(person, languages=" ".join(languages))

    async def change_away(self, person: str, *, is_away: bool) -> None:
        await self._change(person, is_away=is_away)

    async def known_as(self, subject: str) -> Person | None:
        mine = select(_staff).where(_staff.c.practice == self._practice, _staff.c.subject == subject)

        def unit(connection: Connection) -> Person | None:
            row = connection.execute(mine).first()
            return None if row is None else _person(row)

        return await self._database.read(unit)

    async def remember_as(self, person: str, subject: str) -> None:
        await self._change(person, subject=subject)

    async def disable(self, person: str, *, at: datetime) -> None:
        def unit(connection: Connection) -> None:
            self._update(connection, person, disabled_at=to_stamp(at))
            self._put_out(connection, person)

        await self._database.write(unit)

    async def enable(self, person: str) -> None:
        await self._change(person, disabled_at=None)

    async def prove_by(self, person: str, *, password: str | None, code_secret: str | None) -> None:
        sealed = self._sealed(person, code_secret) if code_secret else None

        def unit(connection: Connection) -> None:
            self._update(connection, person, password=password, sealed_code=sealed, code_step=0)
            self._put_out(connection, person)

        await self._database.write(unit)

    async def use_code(self, person: str, step: int) -> bool:
        def unit(connection: Connection) -> bool:
            used = connection.execute(
                update(_staff)
                .where(_staff.c.id == person, _staff.c.practice == self._practice, _staff.c.code_step < step)
                .values(code_step=step)
            )
            return bool(used.rowcount)

        return await self._database.write(unit)

    async def _change(self, person: str, **values: Any) -> None:
        await self._database.write(lambda connection: self._update(connection, person, **values))

    def _update(self, connection: Connection, person: str, **values: Any) -> None:
        ours = (_staff.c.id == person, _staff.c.practice == self._practice)
        connection.execute(update(_staff).where(*ours).values(**values))

    def _put_out(self, connection: Connection, person: str) -> None:
        for table in (_session, _link):
            ours = (table.c.person == person, table.c.practice == self._practice)
            connection.execute(delete(table).where(*ours))

    # -- links --------------------------------------------------------------------------------------------

    async def add_link(self, key: str, *, person: str, until: datetime) -> None:
        def unit(connection: Connection) -> None:
            connection.execute(
                delete(_link).where(_link.c.person == person, _link.c.practice == self._practice)
            )
            row = {"key": key, "practice": self._practice, "person": person, "until": to_stamp(until)}
            connection.execute(insert(_link), row)

        await self._database.write(unit)

    async def link(self, key: str, *, at: datetime) -> Person | None:
        return await self._database.read(lambda connection: self._link(connection, key, at))

    async def use_link(self, key: str, *, at: datetime) -> Person | None:
        def unit(connection: Connection) -> Person | None:
            person = self._link(connection, key, at)
            connection.execute(delete(_link).where(_link.c.key == key, _link.c.practice == self._practice))
            return person

        return await self._database.write(unit)

    def _link(self, connection: Connection, key: str, at: datetime) -> Person | None:
        row = connection.execute(
            select(_staff)
            .join(_link, _link.c.person == _staff.c.id)
            .where(
                _link.c.key == key,
                _link.c.practice == self._practice,
                _link.c.until > to_stamp(at),
                _staff.c.disabled_at.is_(None),
            )
        ).first()
        return None if row is None else _person(row)

    # -- sessions -----------------------------------------------------------------------------------------

    async def open_session(self, session: StoredSession) -> None:
        row = {
            "key": session.key,
            "practice": self._practice,
            "person": session.person,
            "who": session.who,
            "role": session.role,
            "language": session.language,
            "opened_at": to_stamp(session.opened),
            "active_at": to_stamp(session.active),
        }
        await self._database.write(lambda connection: connection.execute(insert(_session), row))

    async def session(self, key: str) -> StoredSession | None:
        def unit(connection: Connection) -> StoredSession | None:
            row = connection.execute(
                _with_role().where(_session.c.key == key, _session.c.practice == self._practice)
            ).first()
            return None if row is None or row.disabled_at is not None else _stored(row)

        return await self._database.read(unit)

    async def touch_session(self, key: str, *, at: datetime) -> None:
        await self._change_session(key, active_at=to_stamp(at))

    async def speak(self, key: str, language: str) -> None:
        await self._change_session(key, language=language)

    async def _change_session(self, key: str, **values: Any) -> None:
        ours = (_session.c.key == key, _session.c.practice == self._practice)
        change = update(_session).where(*ours).values(**values)
        await self._database.write(lambda connection: connection.execute(change))

    async def sessions(self) -> tuple[StoredSession, ...]:
        ours = _with_role().where(_session.c.practice == self._practice, _staff.c.disabled_at.is_(None))

        def unit(connection: Connection) -> tuple[StoredSession, ...]:
            rows = connection.execute(ours.order_by(_session.c.active_at.desc(), _session.c.key))
            return tuple(_stored(row) for row in rows)

        return await self._database.read(unit)

    async def end_session(self, key: str) -> None:
        ours = (_session.c.key == key, _session.c.practice == self._practice)
        await self._database.write(lambda connection: connection.execute(delete(_session).where(*ours)))

    async def sweep_sessions(self, *, opened_before: datetime, active_before: datetime) -> None:
        old = (_session.c.opened_at < to_stamp(opened_before)) | (
            _session.c.active_at < to_stamp(active_before)
        )
        ours = _session.c.practice == self._practice
        await self._database.write(lambda connection: connection.execute(delete(_session).where(ours, old)))

    # -- tries --------------------------------------------------------------------------------------------

    async def tries(self, keys: Collection[str]) -> Mapping[str, tuple[int, datetime]]:
        def unit(connection: Connection) -> dict[str, tuple[int, datetime]]:
            ours = (_try.c.practice == self._practice, _try.c.key.in_(keys))
            rows = connection.execute(select(_try).where(*ours))
            return {row.key: (row.failures, from_stamp(row.last_at)) for row in rows}

        return await self._database.read(unit)

    async def note_tries(self, keys: Collection[str], *, at: datetime, forget_before: datetime) -> None:
        def unit(connection: Connection) -> None:
            old = to_stamp(forget_before)
            connection.execute(delete(_try).where(_try.c.practice == self._practice, _try.c.last_at < old))
            for key in keys:
                row = {"practice": self._practice, "key": key, "failures": 1, "last_at": to_stamp(at)}
                again = {"failures": _try.c.failures + 1, "last_at": to_stamp(at)}
                connection.execute(
                    upsert(_try)
                    .values(row)
                    .on_conflict_do_update(index_elements=["practice", "key"], set_=again)
                )

        await self._database.write(unit)

    async def forget_tries(self, keys: Collection[str]) -> None:
        ours = (_try.c.practice == self._practice, _try.c.key.in_(keys))
        await self._database.write(lambda connection: connection.execute(delete(_try).where(*ours)))

    # -- seal ---------------------------------------------------------------------------------------------

    def _sealed(self, person: str, secret: str) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._seal.encrypt(nonce, secret.encode(), person.encode())

    def _open(self, person: str, sealed: bytes) -> str:
        return self._seal.decrypt(sealed[:_NONCE], sealed[_NONCE:], person.encode()).decode()


def _person(row: Any) -> Person:
    return Person(
        id=row.id,
        name=row.name,
        role=Role(row.role),
        is_disabled=row.disabled_at is not None,
        has_password=row.password is not None,
        has_code=row.sealed_code is not None,
        languages=tuple(row.languages.split()),
        is_away=bool(row.is_away),
    )


def _with_role() -> Any:
    return select(_session, _staff.c.role.label("now_role"), _staff.c.disabled_at).join(
        _staff, _staff.c.id == _session.c.person, isouter=True
    )


def _stored(row: Any) -> StoredSession:
    return StoredSession(
        key=row.key,
        person=row.person,
        who=row.who,
        role=Role(row.now_role or row.role),
        language=row.language,
        opened=from_stamp(row.opened_at),
        active=from_stamp(row.active_at),
    )
