"""Every change of people, posts and roles; grouped by what is changed."""

from people.services.access import (
    UNKNOWN_PERSON,
    end_sessions,
    end_sessions_of,
    note_login,
    note_login_failure,
    note_password_changed,
    note_second_factor,
    note_second_factor_failure,
    request_password_reset,
    reset_second_factor,
)
from people.services.activation import (
    activate,
    make_activation_code,
    make_printed_codes,
    send_activation_link,
)
from people.services.errors import ServiceError
from people.services.holidays import delete_holiday, save_holiday
from people.services.letters import write_letter
from people.services.merging import Move, grant_officers, move_people, moves_for, officers_of
from people.services.organisation import (
    close_opd,
    oblige_post,
    save_opd,
    save_post,
)
from people.services.persons import (
    add_person,
    change_language,
    change_nip,
    change_person,
    deactivate,
    forget_claims,
    link_identity,
    reactivate,
    tell_of_address,
)
from people.services.standing import assign, end_assignment, grant_role, revoke_role

__all__ = [
    "UNKNOWN_PERSON",
    "Move",
    "ServiceError",
    "activate",
    "add_person",
    "assign",
    "change_language",
    "change_nip",
    "change_person",
    "close_opd",
    "deactivate",
    "delete_holiday",
    "end_assignment",
    "end_sessions",
    "end_sessions_of",
    "forget_claims",
    "grant_officers",
    "grant_role",
    "link_identity",
    "make_activation_code",
    "make_printed_codes",
    "move_people",
    "moves_for",
    "note_login",
    "note_login_failure",
    "note_password_changed",
    "note_second_factor",
    "note_second_factor_failure",
    "oblige_post",
    "officers_of",
    "reactivate",
    "request_password_reset",
    "reset_second_factor",
    "revoke_role",
    "save_holiday",
    "save_opd",
    "save_post",
    "send_activation_link",
    "tell_of_address",
    "write_letter",
]
