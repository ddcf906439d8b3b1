"""Tables that tie the house together: blueprints, who reacts to which event, whose reading is recorded, periodic jobs.

Read from top to bottom. Nothing registers itself by being imported.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from app.core.events import Event, Handler
from app.core.jobs import QueueName
from app.organisation.events import CalendarChanged, OneTimeLinkMade, SecurityChanged, SignInTrouble, UnitEnds
from app.organisation.views import admin, auth, calendar, delegations, factors, links, rights, second, sso
from app.web import health, metrics
from app.web.health import Check
from app.web.limits import Dear
from app.web.metrics import Source
from complaints import events as complaint_events
from complaints import handlers as complaint_handlers
from complaints.views import (
    cases,
    clocks,
    conflicts,
    extracts,
    home,
    identities,
    local_rules,
    petitions,
    pictures,
    protection,
    recalculations,
    rehearsal,
    rules,
    successions,
    supervision,
)
from notifications import handlers as telling
from notifications import health as telling_in_time
from notifications import identity_handlers as telling_of_identities
from notifications import sign_in as telling_of_sign_in
from notifications import views as notifications
from notifications import visit_handlers as telling_of_visits
from reception import events as reception_events
from reception import handlers as reception_handlers
from reception.views import desk, online, record, visits

BLUEPRINTS: Sequence[Blueprint] = (
    health.blueprint,
    metrics.blueprint,
    auth.blueprint,
    second.blueprint,
    factors.blueprint,
    links.blueprint,
    sso.blueprint,
    admin.blueprint,
    delegations.blueprint,
    rights.blueprint,
    calendar.blueprint,
    home.blueprint,
    desk.blueprint,
    visits.blueprint,
    online.blueprint,
    petitions.blueprint,
    identities.blueprint,
    cases.blueprint,
    conflicts.blueprint,
    protection.blueprint,
    extracts.blueprint,
    pictures.blueprint,
    record.blueprint,
    clocks.blueprint,
    recalculations.blueprint,
    local_rules.blueprint,
    rules.blueprint,
    rehearsal.blueprint,
    successions.blueprint,
    supervision.blueprint,
    notifications.blueprint,
)

EVENT_HANDLERS: Mapping[type[Event], Sequence[Handler]] = {
    CalendarChanged: (complaint_handlers.calendar_changed,),
    UnitEnds: (complaint_handlers.unit_ends,),
    SignInTrouble: (telling_of_sign_in.sign_in_trouble,),
    SecurityChanged: (telling_of_sign_in.security_changed,),
    OneTimeLinkMade: (telling_of_sign_in.one_time_link_made,),
    complaint_events.SecondComplaintOpened: (complaint_handlers.second_complaint_opened,),
    complaint_events.ContinuedDenunciationOpened: (complaint_handlers.continued_denunciation_opened,),
    complaint_events.SuperiorActed: (complaint_handlers.superior_acted,),
    complaint_events.CaseResolved: (complaint_handlers.case_resolved,),
    complaint_events.SendersSealed: (reception_handlers.seal_visitors,),
    complaint_events.AlertsRaised: (telling.alerts_raised,),
    complaint_events.DueDatesMoved: (telling.due_dates_moved,),
    complaint_events.Moved: (telling.moved,),
    complaint_events.CaseAssigned: (telling.case_assigned,),
    complaint_events.HandedOver: (telling.handed_over,),
    complaint_events.CaseHandedBack: (telling.case_handed_back,),
    complaint_events.ProposalWaiting: (telling.proposal_waiting,),
    complaint_events.ProposalSentBack: (telling.proposal_sent_back,),
    complaint_events.IdentityGranted: (telling.identity_granted,),
    complaint_events.IdentityAsked: (telling_of_identities.identity_asked,),
    complaint_events.IdentityRefused: (telling_of_identities.identity_refused,),
    reception_events.VisitWaits: (telling_of_visits.visit_waits,),
    reception_events.VisitSentBack: (telling_of_visits.visit_sent_back,),
}


# Whose pages are recorded when they are opened or refused: the routes of a blueprint with this argument are about a
# subject of this kind (app/web/trail.py). Lists, and what is about no single record, leave no entry.
RECORDED_SUBJECTS: Mapping[tuple[str, str], str] = {
    ("cases", "subject_id"): "case",
    ("conflicts", "case_id"): "case",
    ("conflicts", "petition_id"): "petition",
    ("protection", "subject_id"): "case",
    ("extracts", "subject_id"): "petition",
    ("pictures", "subject_id"): "petition",
    ("record", "subject_id"): "case",
    ("petitions", "subject_id"): "petition",
    ("identities", "subject_id"): "petition",
    ("desk", "petition_id"): "petition",
    ("desk", "visit_id"): "visit",
    ("visits", "visit_id"): "visit",
    ("visits", "duty_id"): "duty",
    ("online", "session_id"): "online_session",
    ("clocks", "clock_id"): "clock",
}


# Routes that are dear, by endpoint: how often a person may ask for them (app/web/limits.py). Any other POST is a write.
DEAR_ROUTES: Mapping[str, Dear] = {
    "petitions.open_identity": Dear.IDENTITY,
    "petitions.grant_identity": Dear.IDENTITY,
    "identities.decide": Dear.IDENTITY,
    "protection.open_file": Dear.IDENTITY,
    "petitions.attachment": Dear.FILE,
    "extracts.edit": Dear.FILE,
    "pictures.edit": Dear.FILE,
    "pictures.save": Dear.FILE,
    "pictures.masked": Dear.FILE,
    "cases.attachment": Dear.FILE,
    "desk.receipt": Dear.FILE,
    "rehearsal.run": Dear.FILE,
    "petitions.inbox": Dear.SEARCH,
    "cases.worklist": Dear.SEARCH,
    "desk.log_book": Dear.SEARCH,
    "desk.earlier": Dear.SEARCH,
    "record.of_case": Dear.SEARCH,
    "organisation.people": Dear.SEARCH,
    "organisation.units": Dear.SEARCH,
    "rules.index": Dear.SEARCH,
    "supervision.overview": Dear.SEARCH,
    "notifications.count": Dear.FREE,
    "notifications.read_one": Dear.FREE,
    "notifications.read_all": Dear.FREE,
    "notifications.open_notice": Dear.FREE,
    "auth.locale": Dear.FREE,
    "auth.sign_out": Dear.FREE,
}


@dataclass(frozen=True)
class PeriodicJob:
    """A function that `rq cron` enqueues again and again; each is repeatable and may run twice, late or never."""

    function: str
    every_seconds: int
    queue: QueueName


PERIODIC_JOBS: Sequence[PeriodicJob] = (
    PeriodicJob("notifications.sweep.sweep_clocks", 60, QueueName.URGENT),
    PeriodicJob("app.core.audit_seals.seal_record", 60, QueueName.DEFAULT),
    PeriodicJob("complaints.jobs.sweep_ended_clocks", 60, QueueName.DEFAULT),
    PeriodicJob("complaints.jobs.sweep_recalculations", 60, QueueName.DEFAULT),
    PeriodicJob("complaints.jobs.sweep_which_law", 600, QueueName.DEFAULT),
    PeriodicJob("notifications.jobs.sweep_outbox", 60, QueueName.MAIL),
    PeriodicJob("notifications.agendas.send_agendas", 300, QueueName.DEFAULT),
    PeriodicJob("app.organisation.jobs.forget_old_tries", 3600, QueueName.DEFAULT),
)


# What must hold so that nobody learns of a missed deadline from a citizen: else /readyz fails, administrators are told.
CHECKS: Sequence[Check] = (
    Check(
        "sweep",
        telling_in_time.sweep_runs,
        _l(
            "Quét thời hạn chưa chạy xong lần nào trong 5 phút qua, cảnh báo có thể đến trễ: kiểm tra worker và cron."
        ),
    ),
    Check(
        "mail",
        telling_in_time.mail_leaves,
        _l(
            "Thư thông báo đang ứ lại, chưa gửi được: kiểm tra máy chủ thư và worker, xem trang 'Thư đã gửi'."
        ),
    ),
)

# What /metrics tells besides the jobs and queues.
METRICS: Sequence[Source] = (telling_in_time.metrics,)
