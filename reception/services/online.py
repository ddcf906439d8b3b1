"""The acts on online sessions: one is proposed at the desk; one function moves it through its table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app.core import audit
from app.core.clock import HANOI, at_local, now, today
from app.core.db import db
from app.core.errors import Conflict, Invalid, NotAllowed
from app.core.permissions import Permission, Principal
from app.core.text import clean_line, clean_text
from app.organisation.models import Unit
from app.organisation.queries import work_calendar
from complaints.clocks import latest_allowed
from complaints.codes import PetitionKind
from complaints.rulebook.loader import load_rulebook
from complaints.services import numbering
from complaints.services.steps import checked_step
from complaints.workflow.base import Transition
from complaints.workflow.fields import to_json
from reception.models import OnlineSession, OnlineSessionEntry
from reception.workflow.online import WORKFLOW, OnlineFacts, clock_time

_LIMITS = {"summary": 5_000, "points": 20, "people": 500}


@dataclass(frozen=True)
class NewSession:
    """What the desk proposes: for which body, about what, who takes part, and where."""

    unit_id: int
    kind: str
    summary: str
    people_count: int
    points: tuple[str, ...]
    protection_requested: bool
    submission_key: str | None = None


def propose_session(new: NewSession, *, actor: Principal) -> OnlineSession:
    """Propose an online session for the head to decide; the same `submission_key` again returns the first one.

    Raises Invalid beside the field, also for a body that is not the actor's. (R01)
    """
    unit = db.session.get(Unit, new.unit_id)
    if (
        unit is None
        or not unit.is_body
        or not actor.reach(Permission.VISIT_RECORD).covers(path=unit.path, body_id=unit.body_id)
    ):
        raise Invalid(_("Chọn điểm cầu trung tâm trong danh sách."), field="unit_id")
    if new.submission_key:
        numbering.only_one_at_a_time(f"online:{new.submission_key}")
        first = db.session.scalar(
            select(OnlineSession).where(OnlineSession.submission_key == new.submission_key)
        )
        if first is not None:
            return first
    points = tuple(name for name in (clean_line(point)[:200] for point in new.points) if name)
    _check_new(new, points)
    session = OnlineSession(
        unit=unit, kind=new.kind, summary=clean_text(new.summary), people_count=new.people_count, points=list(points),
        protection_requested=new.protection_requested, created_by_id=actor.person_id, created_at=now(),
        submission_key=new.submission_key, state=WORKFLOW.initial, version=1,
    )  # fmt: skip
    db.session.add(session)
    db.session.flush()
    _line(session, "propose", None, actor, {})
    audit.record("online.proposed", actor=actor, subject=("online_session", session.id))
    return session


def move_session(
    session: OnlineSession,
    action: str,
    *,
    actor: Principal,
    data: Mapping[str, Any],
    version: int | None = None,
) -> None:
    """Move a session by one step of its table, in the caller's unit of work.

    Raises Conflict for a stale form or a step that the state does not have, NotAllowed when the permission or a guard
    forbids it (the reason names the latest day and the way out), Invalid beside the field. Nothing is written then.
    """
    db.session.refresh(session, with_for_update={"of": OnlineSession})
    if version is not None and session.version != version:
        raise Conflict(_("Buổi tiếp vừa được người khác cập nhật. Xem lại rồi thực hiện lại nếu vẫn cần."))
    step, typed = _checked(session, action, data)
    if not may_move(actor, step, session):
        raise NotAllowed(_("Bạn không có quyền thực hiện bước này."))
    before, session.state = session.state, step.target or session.state
    session.version += 1
    _record(session, step.action, typed)
    _line(session, step.action, before, actor, to_json(typed), on=typed.get("on"))
    audit.record(f"online.{step.action}", actor=actor, subject=("online_session", session.id),
                 detail={"from": before, "to": session.state})  # fmt: skip
    db.session.flush()


def may_move(actor: Principal, step: Transition, session: OnlineSession) -> bool:
    """Tell whether the actor holds the step's permission over the session's body."""
    unit = session.unit
    return actor.reach(step.permission).covers(path=unit.path, body_id=unit.body_id)


def facts_of_session(session: OnlineSession) -> OnlineFacts:
    """Return what the guards may know now: the latest day of notice and test, the hour by which all must be up."""
    starts_at = session.starts_at
    latest = (
        {code: _latest(session, code, starts_at) for code in ("ONLINE_NOTICE", "ONLINE_TEST")}
        if starts_at
        else {}
    )
    return OnlineFacts(
        today=today(),
        kind=session.kind,
        moment=now().astimezone(HANOI),
        protection_requested=session.protection_requested,
        latest_notice_on=latest.get("ONLINE_NOTICE"),
        latest_test_on=latest.get("ONLINE_TEST"),
        connect_by=_connect_by(starts_at) if starts_at else None,
    )


def _latest(session: OnlineSession, code: str, starts_at: datetime) -> date:
    day = starts_at.astimezone(HANOI).date()
    return latest_allowed(load_rulebook().rule(code, day), day, work_calendar(session.unit_id))


def _connect_by(starts_at: datetime) -> datetime:
    local = starts_at.astimezone(HANOI)
    found = latest_allowed(load_rulebook().rule("ONLINE_CONNECT", local.date()), local, work_calendar(None))
    assert isinstance(found, datetime)  # a limit in hours gives an hour when it is given one
    return found


def _checked(
    session: OnlineSession, action: str, data: Mapping[str, Any]
) -> tuple[Transition, dict[str, Any]]:
    step, typed = checked_step(
        WORKFLOW, session.state, action, facts_of_session(session), data,
        gone=_("Bước này không còn thực hiện được ở trạng thái hiện tại của buổi tiếp."),
    )  # fmt: skip
    on = typed.get("on")
    if on is not None and on > today():
        raise Invalid(_("Ngày không thể ở tương lai."), field="on")
    if "starts_on" in typed:
        _check_plan(session, typed)
    return step, typed


def _check_plan(session: OnlineSession, typed: dict[str, Any]) -> None:
    """Check that a planned hour can be read, lies ahead, and leaves time for the notice (R24)."""
    hour = clock_time(typed["starts_time"])
    if hour is None:
        raise Invalid(_("Ghi giờ theo dạng giờ:phút, ví dụ 08:30."), field="starts_time")
    starts_at = at_local(typed["starts_on"], hour)
    latest = _latest(session, "ONLINE_NOTICE", starts_at)
    if today() > latest:
        raise Invalid(
            _(
                "Ngày này quá gần: phải thông báo chậm nhất %(latest)s. Hãy chọn ngày tiếp muộn hơn.",
                latest=f"{latest:%d/%m/%Y}",
            ),
            field="starts_on",
        )


def _record(session: OnlineSession, action: str, typed: Mapping[str, Any]) -> None:
    """Keep on the row what the step says, besides its line of history."""
    if action in ("schedule", "reschedule"):
        hour = clock_time(typed["starts_time"])
        assert hour is not None  # checked before
        session.starts_at = at_local(typed["starts_on"], hour)
        session.ground = typed.get("ground") or session.ground
        session.notified_on = session.tested_on = session.connected_at = None
    elif action == "notify":
        session.notified_on = typed["on"]
    elif action == "test":
        session.tested_on = typed["on"]
    elif action == "connect":
        session.connected_at = now()
    elif action == "archive":
        session.recording_place, session.recording_sha256 = typed["place"], typed["sha256"].lower()


def _check_new(new: NewSession, points: tuple[str, ...]) -> None:
    if new.kind not in list(PetitionKind):
        raise Invalid(_("Chọn loại nội dung."), field="kind")
    if not clean_text(new.summary):
        raise Invalid(_("Ghi tóm tắt nội dung."), field="summary")
    if len(clean_text(new.summary)) > _LIMITS["summary"]:
        raise Invalid(_("Dài quá %(n)s ký tự.", n=_LIMITS["summary"]), field="summary")
    if not 1 <= new.people_count <= _LIMITS["people"]:
        raise Invalid(_("Số người tham gia từ 1 đến %(n)s.", n=_LIMITS["people"]), field="people_count")
    if not points:
        raise Invalid(_("Ghi ít nhất một điểm cầu thành phần, mỗi dòng một điểm."), field="points")
    if len(points) > _LIMITS["points"]:
        raise Invalid(_("Nhiều nhất %(n)s điểm cầu.", n=_LIMITS["points"]), field="points")


def _line(
    session: OnlineSession,
    act: str,
    before: str | None,
    actor: Principal,
    data: dict[str, Any],
    *,
    on: date | None = None,
) -> None:
    db.session.add(
        OnlineSessionEntry(session_id=session.id, at=now(), actor_id=actor.person_id, act=act, from_state=before,
                           to_state=session.state, on=on, data=data)
    )  # fmt: skip
