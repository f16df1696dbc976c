"""The reader of forms sends what a browser would."""

from tests.forms_on_pages import forms_of


def test_what_a_browser_would_send():
    page = """
        <form method="post" action="/x/">
            <select name="first"><option value="a">A</option><option value="b">B</option></select>
            <select name="chosen"><option value="a">A</option>
                <option value="b" selected>B</option></select>
            <select name="many" multiple><option value="a">A</option></select>
            <input type="checkbox" name="off" value="1">
            <textarea name="words">Halo</textarea>
            <input type="hidden" name="seen" value="7">
        </form>
    """

    (form,) = forms_of(page)

    assert (form.method, form.action, form.typed, form.hidden) == (
        "post", "/x/", ["words"], ["seen"],
    )  # fmt: skip
    assert form.values == {
        "first": ["a"], "chosen": ["b"], "many": [], "words": ["Halo"], "seen": ["7"],
    }  # fmt: skip
