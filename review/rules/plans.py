"""Group F of the catalogue, the control plans: tasks past their day, plans nobody looked at."""

from django.utils.translation import gettext_lazy as _

from review.rules.base import Parameter, Rule, Step
from review.rules.registers import PERSON

TASK_OVERDUE = Rule(
    code="F4_TASK_OVERDUE",
    catalogue="F4",
    title=_("A control task past its day without evidence"),
    weight=500,
    sql="""
        SELECT 'task:' || t.id AS key, c.declarant_id AS subject, p.opd_id AS opd,
               p.year::int AS year, ARRAY[c.declarant_id, t.owner_id] AS people,
               jsonb_build_object('task', t.id, 'plan', p.id, 'action', t.action,
                   'due_on', t.due_on) AS facts,
               jsonb_build_object('person', u.name, 'owner', o.name) AS shown
          FROM declarations_controltask t
          JOIN declarations_controlplan p ON p.id = t.plan_id AND p.state = 'active'
          JOIN declarations_conflictdeclaration c ON c.id = p.conflict_id
          JOIN people_user u ON u.id = c.declarant_id
          JOIN people_user o ON o.id = t.owner_id
         WHERE t.state = 'open' AND t.due_on < %(on)s::date
           AND <among c.declarant_id, t.owner_id>
    """,
    sentence=(
        "Tugas “{action}” pada rencana pengendalian {person} jatuh tempo {due_on} tanpa bukti; "
        "penanggung jawab {owner}."
    ),
    steps=(
        PERSON,
        Step("plan", "Rencana pengendalian", "dikendalikan", "plan"),
        Step("task", "{action}", "tugas {owner}", "task"),
        Step("date", "Jatuh tempo {due_on}", "tanpa bukti"),
    ),
    clears=("Tugas itu dilaporkan selesai dengan bukti.",),
    evidence=(("Rencana", "plan"), ("Tugas", "task"), ("Jatuh tempo", "due_on")),
)

STALE_PLAN = Rule(
    code="F5_STALE_AFTER_TRANSFER",
    catalogue="F5",
    title=_("A control plan that was not evaluated after a transfer"),
    weight=500,
    parameters=(Parameter("days", _("days after the transfer"), 14, 1, 365),),
    sql="""
        SELECT DISTINCT ON (p.id) 'plan:' || p.id AS key, c.declarant_id AS subject,
               p.opd_id AS opd, p.year::int AS year, ARRAY[c.declarant_id] AS people,
               jsonb_build_object('plan', p.id, 'conflict', c.id, 'matter', m.title,
                   'moved_on', a.starts_on, 'started_on', <day p.started_at>) AS facts,
               jsonb_build_object('person', u.name, 'post', post.title) AS shown
          FROM declarations_controlplan p
          JOIN declarations_conflictdeclaration c ON c.id = p.conflict_id
          JOIN declarations_matter m ON m.id = c.matter_id
          JOIN people_user u ON u.id = c.declarant_id
          JOIN people_assignment a ON a.user_id = c.declarant_id AND a.kind = 'definitive'
               AND a.starts_on > <day p.started_at>
          JOIN people_post post ON post.id = a.post_id
         WHERE p.state = 'active' AND a.starts_on < %(on)s::date - make_interval(days => %(days)s)
           AND NOT EXISTS (SELECT 1 FROM declarations_followup f
                            WHERE f.plan_id = p.id AND f.evaluated_on >= a.starts_on)
           AND <among c.declarant_id>
         ORDER BY p.id, a.starts_on DESC, a.id
    """,
    sentence=(
        "{person} pindah ke {post} pada {moved_on}; rencana pengendalian “{matter}” belum "
        "dievaluasi sejak itu."
    ),
    steps=(
        PERSON,
        Step("plan", "Rencana: {matter}", "berjalan sejak {started_on}", "plan"),
        Step("post", "{post}", "pindah {moved_on}"),
        Step("missing", "Belum dievaluasi", "sesudah pindah"),
    ),
    clears=("Rencana dievaluasi atau ditutup sesudah perpindahan.",),
    evidence=(("Rencana", "plan"), ("Deklarasi", "conflict"), ("Pindah", "moved_on")),
)

RULES = (TASK_OVERDUE, STALE_PLAN)
