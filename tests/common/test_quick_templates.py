"""The shorter ways through templates show what Django's own would show."""

import uuid

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.template import Context, Template, engines
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import mark_safe
from django.utils.translation import override

from common.addresses import address
from common.quick_templates import QuickVariable, QuickVariableNode, hasten

EVIL = "<b>&\"'"


class Thing:
    name = EVIL
    shadow = "class"

    def __init__(self):
        self.own = {"key": EVIL, "items": "of the dict"}

    def method(self):
        return EVIL

    def with_argument(self, _argument):
        return "never"

    def writes(self):
        raise AssertionError("was called in a template")

    writes.alters_data = True

    @property
    def nobody(self):
        raise ObjectDoesNotExist

    @property
    def broken(self):
        raise AttributeError("inside")


EXPRESSIONS = [
    "thing.name", "thing.method", "thing.own.key", "thing.own.items", "thing.own.none",
    "thing.nobody", "thing.writes", "thing.with_argument", "thing.none", "none", "none.none",
    "lazy.name", "lazy", "list.1", "list.7", "pairs.0.1", "number", "big", "fraction", "nothing",
    "markup", "text", "call", "text.upper", "thing.name|upper", "none|default:text",
    "thing.name|default:'x'|safe", "text|length", "True", "_('Home')", "'<words>'",
]  # fmt: skip


def values():
    return {
        "thing": Thing(), "lazy": SimpleLazyObject(Thing), "list": [1, EVIL], "pairs": [(1, EVIL)],
        "number": 7, "big": 1234567, "fraction": 1.5, "nothing": None, "markup": mark_safe("<i>"),
        "text": EVIL, "call": lambda: EVIL,
    }  # fmt: skip


def both(source, context):
    plain, quick = Template(source), Template(source)
    hasten(quick.nodelist)
    return plain.render(Context(context)), quick.render(Context(context))


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("expression", EXPRESSIONS)
@pytest.mark.parametrize(
    "source",
    [
        "{{{{ {} }}}}",
        "{{% autoescape off %}}{{{{ {} }}}}{{% endautoescape %}}",
        "{{% if {} %}}yes{{% endif %}}",
        "{{% with x={} %}}{{{{ x }}}}{{% endwith %}}",
    ],
)
def test_a_variable_means_what_it_means_to_django(source, expression, language):
    with override(language):
        plain, quick = both(source.format(expression), values() | {"x": 1})
    if "lazy" not in expression or "." in expression:  # Its text has an address of memory.
        assert plain == quick


def test_an_error_inside_a_property_is_not_hidden():
    quick = Template("{{ thing.broken }}")
    hasten(quick.nodelist)
    with pytest.raises(AttributeError, match="inside"):
        quick.render(Context(values()))


def test_templates_of_files_are_hastened():
    template = engines["django"].get_template("base.html").template
    nodes = template.nodelist.get_nodes_by_type(QuickVariableNode)
    assert nodes
    assert any(type(node.filter_expression.var) is QuickVariable for node in nodes)


def test_what_is_steady_is_kept_for_each_language_and_named_value():
    template = Template(
        "{% steady size=size %}{% translate 'Home' %} {{ size }}{{ who }}{% endsteady %}"
    )
    with override("id"):
        first = template.render(Context({"size": EVIL, "who": "Siti"}))
        assert "Siti" not in first
        assert "&lt;b&gt;" in first
        assert template.render(Context({"size": 2, "who": "Budi"})) != first
        assert template.render(Context({"size": EVIL})) == first
    with override("en"):
        assert template.render(Context({"size": EVIL})) != first


def test_what_is_fresh_inside_is_rendered_on_every_page_and_escaped():
    template = Template(
        "{% steady %}<p>{% fresh %}{{ who }}{% endfresh %}</p>{{ who }}{% endsteady %}"
    )
    assert template.render(Context({"who": "Siti"})) == "<p>Siti</p>"
    assert template.render(Context({"who": EVIL})) == "<p>&lt;b&gt;&amp;&quot;&#x27;</p>"
    assert template.render(Context({})) == "<p></p>"


@pytest.mark.parametrize("key", [uuid.UUID(int=5), uuid.UUID(int=7)])
def test_an_address_with_a_key_is_the_one_django_makes(key):
    expected = reverse("people:detail", args=[key])
    assert address("people:detail", key) == expected
    assert Template("{% url 'people:detail' k %}").render(Context({"k": key})) == expected
    source = "{% url 'people:detail' k as there %}{{ there }}"
    assert Template(source).render(Context({"k": key})) == expected


def test_an_address_that_does_not_exist_is_still_an_error():
    for source in ("{% url 'people:none' %}", "{% url 'people:detail' k %}"):
        with pytest.raises(NoReverseMatch):
            Template(source).render(Context({"k": 5}))
