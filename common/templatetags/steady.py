"""What is the same on every page is rendered once; takes over `url` and `translate` of Django.

    {% steady theme=portal.theme %}          {# rendered once for each theme and language #}
        …{{ theme }}…{% translate "Help" %}…
        {% fresh %}{{ user }}{% endfresh %}   {# on every page, with the page's own variables #}
    {% endsteady %}

Outside `fresh` the block knows the variables it names and no other, so that what it kept cannot
tell one person about another. Name what has few values.
"""

from typing import Any

from django.template import Library, Node, TemplateSyntaxError
from django.template.base import NodeList, Parser, Token, token_kwargs
from django.template.context import Context
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as do_url
from django.templatetags.i18n import do_translate
from django.utils.safestring import SafeString, mark_safe

from common.addresses import PLACES, address
from common.quick_templates import language_of

register = Library()

MOST_KEPT = 200
# No text of a page holds it: forms refuse it, and PostgreSQL can't keep it.
MARK = "\x00"
Parts = tuple[list[SafeString], list[Node]]


class FreshNode(Node):
    """Inside `steady`: its place is marked, and it is rendered on every page."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Context) -> str:
        context.render_context[FreshNode].append(self)
        return MARK


class SteadyNode(Node):
    """Kept for each language and set of values; its nodes live as long as the cached template."""

    def __init__(self, nodelist: NodeList, named: dict[str, Any]) -> None:
        self.nodelist, self.named = nodelist, named
        self.kept: dict[tuple[Any, ...], Parts] = {}

    def render(self, context: Context) -> SafeString:
        values = tuple([value.resolve(context) for value in self.named.values()])
        key = (language_of(context), context.autoescape, *values)
        found = self.kept.get(key)
        if found is None:
            found = self._parts(context, values)
            if len(self.kept) < MOST_KEPT:
                self.kept[key] = found
        texts, fresh = found
        if not fresh:
            return texts[0]
        pieces = [texts[0]]
        for node, text in zip(fresh, texts[1:], strict=True):
            pieces += node.nodelist.render(context), text
        return mark_safe("".join(pieces))  # noqa: S308 -- rendered parts of a template

    def _parts(self, context: Context, values: tuple[Any, ...]) -> Parts:
        # Knows nothing of the page or the person: what it kept could not tell others.
        plain = context.new(dict(zip(self.named, values, strict=True)))
        plain.render_context = context.render_context.__class__()
        plain.render_context.template = context.render_context.template
        fresh = plain.render_context[FreshNode] = []
        texts = self.nodelist.render(plain).split(MARK)
        return [mark_safe(text) for text in texts], fresh  # noqa: S308 -- as above


class WordsNode(Node):
    """Words that stand in the template, looked up once a language."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.kept: dict[str | None, str] = {}

    def render(self, context: Context) -> str:
        language = language_of(context)
        try:
            return self.kept[language]
        except KeyError:
            found = self.kept[language] = self.node.render(context)
            return found


@register.tag
def steady(parser: Parser, token: Token) -> SteadyNode:
    """{% steady name=value … %}…{% endsteady %}: depends on the language and on what it names."""
    bits = token.split_contents()[1:]
    named = token_kwargs(bits, parser)
    if bits:
        raise TemplateSyntaxError("'steady' takes name=value only")
    nodelist = parser.parse(("endsteady",))
    parser.delete_first_token()
    return SteadyNode(nodelist, named)


@register.tag
def fresh(parser: Parser, _token: Token) -> FreshNode:
    """{% fresh %}…{% endfresh %}: straight inside `steady`, not in a part that it includes."""
    nodelist = parser.parse(("endfresh",))
    parser.delete_first_token()
    return FreshNode(nodelist)


@register.tag
def translate(parser: Parser, token: Token) -> Node:
    """Django's, but words that stand in the template are looked up once a language.

    A list says the heading of each column again in every row, for narrow screens.
    """
    node = do_translate(parser, token)
    bits = token.split_contents()
    stands_there = len(bits) == 2 and bits[1][0] in "'\"" and bits[1][-1] == bits[1][0]
    return WordsNode(node) if stands_there else node


class KnownUrlNode(URLNode):
    """Django's, by way of `common.addresses` where nothing but one key changes."""

    def render(self, context: Context) -> str:
        if self.kwargs or self.asvar or len(self.args) > 1 or self.view_name.is_var:
            return super().render(context)
        keys = [argument.resolve(context) for argument in self.args]
        if keys and type(keys[0]) not in PLACES:
            return super().render(context)
        return address(self.view_name.resolve(context), *keys)


@register.tag
def url(parser: Parser, token: Token) -> URLNode:
    node = do_url(parser, token)
    return KnownUrlNode(node.view_name, node.args, node.kwargs, node.asvar)
