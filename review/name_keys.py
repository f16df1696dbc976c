"""`matching.names.person_key` as SQL, for names without titles, as accounts have them."""

_PERSON_KEY = r"""regexp_replace(replace(replace(replace(replace(replace(
    regexp_replace(regexp_replace(trim(regexp_replace(
        regexp_replace(lower(split_part({name}, ',', 1)), '[''’`´]', '', 'g'),
        '[^a-z0-9]+', ' ', 'g')),
        '^(m|muh|moh|mhd|moch|mohd|muhamad|mohamad|mohammad) ', 'muhammad '),
        ' (bin|binti|br|alm)(?= |$)', '', 'g'),
    'oe', 'u'), 'tj', 'c'), 'dj', 'j'), 'sj', 'sy'), 'nj', 'ny'), '(.)\1', '\1', 'g')"""


def person_key_of(column: str) -> str:
    """The key of the name in `column`."""
    return _PERSON_KEY.format(name=column)


# Of the account `u`. `people_user` has an index over it (`review_user_by_name_key`).
PERSON_KEY = person_key_of("u.name")
