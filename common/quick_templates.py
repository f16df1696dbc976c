"""Django's templates with shorter ways through what a page does hundreds of times.

The syntax, the escaping and what a variable means stay Django's: a template that was parsed gets
nodes that take the usual case (a text, an attribute) at once and leave every other to Django.
"""

from types import MethodType
from typing import Any

from django.conf import settings
from django.template import Node, Template
from django.template.base import (
    FilterExpression,
    Variable,
    VariableNode,
    render_value_in_context,
)
from django.template.context import Context
from django.template.defaulttags import TemplateLiteral
from django.template.loaders import cached
from django.template.smartif import TokenBase
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from common.markup import escaped


def language_of(context: Context) -> str | None:
    """The language of what is being rendered; no template of ours changes it half way."""
    try:
        return context.__dict__["_language"]
    except KeyError:
        language = context.__dict__["_language"] = get_language()
        return language


def shown(value: Any, context: Context) -> str:
    """What stands on the page for `value`: escaped, unless it is markup already."""
    kind = type(value)
    if kind is SafeString:
        return value
    if isinstance(value, Promise):
        value, kind = str(value), str
    if kind is str:
        return escaped(value) if context.autoescape else value
    if kind is int and not settings.USE_THOUSAND_SEPARATOR:
        return str(value)
    return render_value_in_context(value, context)


class QuickVariable(Variable):
    """Names, attributes and methods without the exceptions that Django's way runs through."""

    __slots__ = ()

    def resolve(self, context: Any) -> Any:
        try:
            return self._resolve_quickly(context)
        except Exception:  # What to do about it is Django's to say.
            return super().resolve(context)

    def _resolve_quickly(self, context: Context) -> Any:
        name, *names = self.lookups
        for values in reversed(context.dicts):
            if name in values:
                current = _called(values[name])
                break
        else:
            raise LookupError(name)
        for name in names:
            if type(current) is dict:
                current = _called(current[name])
            elif hasattr(type(current), "__getitem__"):  # A list, something lazy, a formset.
                raise TypeError(name)
            else:
                current = _called(getattr(current, name))
        return current


def _called(value: Any) -> Any:
    if not callable(value):
        return value
    # Also what has any attribute: it might ask not to be called, or be no method at all.
    if type(value) is not MethodType or value.__func__.__dict__:
        raise TypeError
    return value()


class QuickVariableNode(VariableNode):
    def render(self, context: Context) -> str:
        try:
            value = self.filter_expression.resolve(context)
        except UnicodeDecodeError:
            return ""
        return shown(value, context)


def hasten(thing: Any) -> None:
    """Gives what hangs below a parsed template the quick classes, in place; may run twice."""
    if isinstance(thing, Variable):
        if type(thing) is Variable and thing.lookups and not thing.translate:
            thing.__class__ = QuickVariable
    elif isinstance(thing, FilterExpression):
        hasten(thing.var)
        for _function, arguments in thing.filters:
            hasten(arguments)
    elif isinstance(thing, list | tuple):
        for part in thing:
            hasten(part)
    elif isinstance(thing, dict):
        hasten(list(thing.values()))
    elif isinstance(thing, Node | TemplateLiteral | TokenBase):
        if type(thing) is VariableNode:
            thing.__class__ = QuickVariableNode
        hasten(list(vars(thing).values()))


class Loader(cached.Loader):
    """Django's cached loader; what it keeps is hastened."""

    def get_template(self, template_name: str, skip: Any = None) -> Template:
        template = super().get_template(template_name, skip)
        if "hastened" not in template.__dict__:
            hasten(template.nodelist)
            template.hastened = True
        return template
