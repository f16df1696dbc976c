"""The wall in the database around a case: who may hold, recommend and decide it.

The second wall behind `review.conflict_free`, which explains itself to people; this one only
refuses. The person needs the role today, and must not be the subject, kin of theirs (a family
row of either, by account or by a name of two words), a member of the case's OPD within two
years, or have the subject above them. The Inspectorate's own people are left to the chief
inspector (fact sheet of the domain, 4.5).
"""

import pgtrigger

from review.name_keys import PERSON_KEY

TODAY = "(now() AT TIME ZONE 'Asia/Jakarta')::date"

CONFLICT_FREE = pgtrigger.Trigger(
    name="conflict_free",
    operation=pgtrigger.Insert | pgtrigger.Update,
    when=pgtrigger.Before,
    declare=[
        ("worker", "uuid"),
        ("formerly", "uuid"),
        ("roles", "text[]"),
        ("barred", "text"),
        ("turn", "integer"),
    ],
    func=f"""
    FOR turn IN 1..3 LOOP
        worker := (ARRAY[NEW.assignee_id, NEW.recommended_by_id, NEW.decided_by_id])[turn];
        formerly := NULL;
        IF TG_OP = 'UPDATE' AND NEW.subject_id IS NOT DISTINCT FROM OLD.subject_id
           AND NEW.opd_id IS NOT DISTINCT FROM OLD.opd_id THEN
            formerly := (ARRAY[OLD.assignee_id, OLD.recommended_by_id, OLD.decided_by_id])[turn];
        END IF;
        CONTINUE WHEN worker IS NULL OR worker IS NOT DISTINCT FROM formerly;
        barred := NULL;
        SELECT array_agg(g.role) INTO roles FROM people_rolegrant g
         WHERE g.user_id = worker AND g.revoked_at IS NULL AND g.starts_on <= {TODAY}
           AND (g.ends_on IS NULL OR g.ends_on >= {TODAY})
           AND g.role IN ('inspector', 'chief_inspector');
        IF roles IS NULL OR (turn = 3 AND NOT 'chief_inspector' = ANY(roles)) THEN
            barred := 'role';
        ELSIF worker = NEW.subject_id THEN
            barred := 'self';
        ELSIF EXISTS (
            SELECT 1 FROM people_assignment a
              JOIN people_post p ON p.id = a.post_id JOIN people_opd o ON o.id = p.opd_id
             WHERE a.user_id = worker AND p.opd_id = NEW.opd_id AND a.starts_on <= {TODAY}
               AND (a.ends_on IS NULL OR a.ends_on >= {TODAY} - interval '2 years')
               AND NOT (o.kind = 'INSPEKTORAT' AND 'chief_inspector' = ANY(roles))
        ) THEN
            barred := 'opd';
        ELSIF EXISTS (
            SELECT 1 FROM declarations_interest i
              JOIN declarations_interestregister r ON r.id = i.register_id
             WHERE i.section = 'family' AND r.state IN ('sent', 'returned', 'accepted')
               AND (r.declarant_id = worker AND (i.relative_id = NEW.subject_id
                        OR (NEW.subject_key <> '' AND i.name_key = NEW.subject_key))
                    OR r.declarant_id = NEW.subject_id AND (i.relative_id = worker
                        OR (i.name_key LIKE '% %' AND i.name_key =
                            (SELECT {PERSON_KEY} FROM people_user u WHERE u.id = worker))))
        ) THEN
            barred := 'kin';
        ELSIF EXISTS (
            WITH RECURSIVE up AS (
                SELECT p.superior_id AS post_id, 1 AS depth FROM people_assignment a
                  JOIN people_post p ON p.id = a.post_id
                 WHERE a.user_id = worker AND a.starts_on <= {TODAY}
                   AND (a.ends_on IS NULL OR a.ends_on >= {TODAY})
              UNION
                SELECT p.superior_id, up.depth + 1 FROM up
                  JOIN people_post p ON p.id = up.post_id WHERE up.depth < 30
            )
            SELECT 1 FROM up JOIN people_assignment a ON a.post_id = up.post_id
             WHERE a.user_id = NEW.subject_id AND a.starts_on <= {TODAY}
               AND (a.ends_on IS NULL OR a.ends_on >= {TODAY})
        ) THEN
            barred := 'superior';
        END IF;
        IF barred IS NOT NULL THEN
            RAISE EXCEPTION 'case wall: %', barred USING ERRCODE = 'check_violation';
        END IF;
    END LOOP;
    RETURN NEW;
    """,  # noqa: S608 -- made of the constants above
)
