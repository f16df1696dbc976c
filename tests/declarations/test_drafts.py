import random

import pytest
from django.core.exceptions import ValidationError

from declarations import drafts
from declarations.drafts import merge
from tests.declarations.form_samples import sample

FORM = sample()
ONE, ROWS = FORM.sections


def rows(*items):
    return {"rows_of_it": {"rows": [dict(item) for item in items]}}


A = {"key": "a", "name": "Suharto"}
B = {"key": "b", "name": "Ma'ruf"}


# --- Changing --------------------------------------------------------------------------------


def test_row_gets_a_key_and_keeps_it():
    draft = drafts.with_row({}, ROWS, {"name": "Suharto"})
    key = drafts.rows_of(draft, "rows_of_it")[0]["key"]

    changed = drafts.with_row(draft, ROWS, {"name": "Ma'ruf"}, key=key)

    assert changed == rows({"key": key, "name": "Ma'ruf"})
    assert drafts.without_row(changed, ROWS, key) == rows()


def test_a_draft_is_never_changed_in_place():
    draft = rows(A)

    drafts.with_row(draft, ROWS, {"name": "Lain"}, key="a")
    drafts.without_row(draft, ROWS, "a")
    merge(draft, draft, rows(B))

    assert draft == rows(A)


def test_nil_is_refused_while_rows_stand():
    with pytest.raises(ValidationError):
        drafts.with_nil(rows(A), ROWS)
    assert drafts.is_all_nil(drafts.with_all_nil({}, FORM), FORM)


def test_a_row_takes_nil_away():
    draft = drafts.with_row(drafts.with_nil({}, ROWS), ROWS, {"name": "Suharto"}, key="a")

    assert draft == rows(A)


def test_last_years_answers_that_have_no_place_are_kept_aside():
    old = {
        "one": {"title": "x", "gone": "y"},
        "rows_of_it": {"rows": [{"key": "a", "name": "Suharto", "gone": "z"}]},
        "dropped": {"a": "b"},
    }

    kept, left = drafts.carry_over(old, FORM)

    assert kept == {"one": {"title": "x"}, **rows(A)}
    assert left == {
        "one": {"gone": "y"},
        "rows_of_it": {"rows": [{"key": "a", "gone": "z"}]},
        "dropped": {"a": "b"},
    }


# --- Merging ---------------------------------------------------------------------------------


def test_different_answers_go_together():
    merged = merge({}, {"one": {"title": "a"}}, {"one": {"value": "7"}})

    assert (merged.result, merged.conflicts) == ({"one": {"title": "a", "value": "7"}}, ())


def test_the_same_change_is_no_conflict():
    merged = merge({"one": {"title": "a"}}, {"one": {"title": "b"}}, {"one": {"title": "b"}})

    assert (merged.result, merged.conflicts) == ({"one": {"title": "b"}}, ())


def test_two_changes_of_one_answer_conflict_and_keep_both():
    merged = merge({"one": {"title": "a"}}, {"one": {"title": "b"}}, {"one": {"title": "c"}})

    (conflict,) = merged.conflicts
    assert (conflict.base, conflict.theirs, conflict.mine) == ("a", "b", "c")
    assert merged.result == {"one": {"title": "b"}}
    assert merged.settled({conflict.id: "mine"}).result == {"one": {"title": "c"}}
    assert merged.settled({conflict.id: "mine"}).conflicts == ()
    assert merged.settled({}).conflicts == merged.conflicts


def test_rows_added_on_both_sides_stay():
    merged = merge(rows(), rows(A), rows(B))

    assert (merged.result, merged.conflicts) == (rows(A, B), ())


def test_row_removed_by_one_side_goes():
    assert merge(rows(A, B), rows(B), rows(A, B)).result == rows(B)
    assert merge(rows(A, B), rows(A, B), rows(A)).result == rows(A)
    assert merge(rows(A, B), rows(A), rows(A)).result == rows(A)


@pytest.mark.parametrize("is_removed_by_me", [True, False])
def test_row_removed_here_and_changed_there_stays_until_somebody_decides(is_removed_by_me):
    changed = rows({"key": "a", "name": "Suharto Jaya"})
    theirs, mine = (changed, rows()) if is_removed_by_me else (rows(), changed)

    merged = merge(rows(A), theirs, mine)

    (conflict,) = merged.conflicts
    assert conflict.question is None
    assert merged.result == changed
    removal = "mine" if is_removed_by_me else "theirs"
    other = "theirs" if is_removed_by_me else "mine"
    assert merged.settled({conflict.id: removal}).result == rows()
    assert merged.settled({conflict.id: other}).result == changed


def test_nil_here_and_a_row_there():
    nil = {"rows_of_it": {"nil": True, "rows": []}}

    merged = merge({}, nil, rows(A))

    assert merged.result == rows(A)
    assert [conflict.question for conflict in merged.conflicts] == ["nil"]
    assert merged.settled({merged.conflicts[0].id: "theirs"}).result == nil


def test_unknown_choices_decide_nothing():
    merged = merge({"one": {"title": "a"}}, {"one": {"title": "b"}}, {"one": {"title": "c"}})

    assert merged.settled({"one//title": "burn", "x": "mine"}).conflicts == merged.conflicts


# --- Properties, on many random drafts ---------------------------------------------------------


def random_draft(dice, base=None):
    """`base` with some answers written, rewritten or removed; or one from nothing."""
    words = ["", "satu", "dua", "tiga", "empat"]
    draft = {"one": dict((base or {}).get("one", {}))}
    for name in ("title", "value", "relation"):
        if dice.random() < 0.4:
            draft["one"][name] = dice.choice(words)
    draft["one"] = {name: value for name, value in draft["one"].items() if value}
    kept = []
    for row in (base or {}).get("rows_of_it", {}).get("rows", []):
        fate = dice.random()
        if fate < 0.2:
            continue
        kept.append(dict(row) | ({"name": dice.choice(words[1:])} if fate < 0.5 else {}))
    kept += [
        {"key": f"{dice.randrange(10**9)}-{number}", "name": dice.choice(words[1:])}
        for number in range(dice.randrange(3))
    ]
    draft["rows_of_it"] = {"rows": kept}
    return draft


def written(draft, base):
    """(place, text) of everything that `draft` has and `base` has not."""
    found = set()
    for name, value in draft["one"].items():
        if base["one"].get(name) != value:
            found.add(("one", "", name, value))
    known = {row["key"]: row for row in base["rows_of_it"]["rows"]}
    for row in draft["rows_of_it"]["rows"]:
        for name, value in row.items():
            if name != "key" and known.get(row["key"], {}).get(name) != value:
                found.add(("rows_of_it", row["key"], name, value))
    return found


def held(merged):
    """Every (place, text) in the result and in both sides of the conflicts."""
    empty = {"one": {}, "rows_of_it": {"rows": []}}
    found = written({**empty, **merged.result}, empty)
    for conflict in merged.conflicts:
        for side in (conflict.theirs, conflict.mine):
            if isinstance(side, dict):
                found |= {(conflict.section, conflict.row, k, v) for k, v in side.items()}
            else:
                found.add((conflict.section, conflict.row or "", conflict.question, side))
    return found


@pytest.mark.parametrize("seed", range(300))
def test_no_text_is_ever_lost(seed):
    dice = random.Random(seed)
    base = random_draft(dice)
    theirs, mine = random_draft(dice, base), random_draft(dice, base)

    merged = merge(base, theirs, mine)

    assert written(mine, base) | written(theirs, base) <= held(merged)


@pytest.mark.parametrize("seed", range(100))
def test_merging_with_what_did_not_change_gives_the_other_side(seed):
    dice = random.Random(seed)
    base = random_draft(dice)
    changed = random_draft(dice, base)

    assert merge(base, changed, base).result == changed
    assert merge(base, base, changed).result == changed
    assert merge(base, changed, changed).result == changed
    assert merge(base, changed, base).conflicts == ()


@pytest.mark.parametrize("seed", range(100))
def test_settling_everything_leaves_no_conflict(seed):
    dice = random.Random(seed)
    base = random_draft(dice)
    merged = merge(base, random_draft(dice, base), random_draft(dice, base))

    choices = {conflict.id: dice.choice(["mine", "theirs"]) for conflict in merged.conflicts}

    assert merged.settled(choices).conflicts == ()
