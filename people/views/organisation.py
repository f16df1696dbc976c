"""Agencies and their posts."""

from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import CreateView, DetailView, ListView

from common.keyset import paginate
from common.views import filter_form
from people import services
from people.forms import (
    CloseOpdForm,
    ObligeForm,
    OpdFilterForm,
    OpdForm,
    PostFilterForm,
    PostForm,
)
from people.models import Opd, Post
from people.views.base import (
    ActionView,
    FoundOnceMixin,
    PermissionRequiredMixin,
    ServiceFormMixin,
)


class OpdListView(PermissionRequiredMixin, ListView):
    """All agencies at once: a province has some dozens."""

    permission_required = "people.list_opd"
    template_name = "people/opd_list.html"
    context_object_name = "opds"

    def get_permission_object(self):
        return None

    def get_queryset(self):
        self.filter = filter_form(self.request, OpdFilterForm)
        today = timezone.localdate()
        opds = (
            Opd.objects.all()
            if self.filter.cleaned_data["closed"]
            else Opd.objects.in_force(on=today)
        )
        if self.filter.cleaned_data["kind"]:
            opds = opds.filter(kind=self.filter.cleaned_data["kind"])
        return opds.with_people_count(on=today).select_related("parent", "successor")

    def get_context_data(self, **kwargs):
        may_add = self.request.user.has_perm("people.add_opd")
        return super().get_context_data(filter=self.filter, may_add=may_add, **kwargs)


class OpdDetailView(PermissionRequiredMixin, FoundOnceMixin, DetailView):
    """An agency with its posts and who holds them today, page by page."""

    model = Opd
    permission_required = "people.view_opd"
    template_name = "people/opd_detail.html"
    context_object_name = "opd"

    def get_queryset(self):
        return Opd.objects.select_related("parent", "successor")

    def get_context_data(self, **kwargs):
        today, opd, user = timezone.localdate(), self.object, self.request.user
        form = filter_form(self.request, PostFilterForm)
        posts = opd.posts.in_force(on=today).with_holders(on=today).select_related("superior")
        if form.cleaned_data["q"]:
            posts = posts.filter(form.condition(form.cleaned_data["q"]))
        if form.cleaned_data["obliged"]:
            posts = posts.obliged()
        page = paginate(
            posts,
            ordering=("code",),
            page_size=50,
            query=self.request.GET,
            path=self.request.path,
        )
        return super().get_context_data(
            page=page,
            filter=form,
            may_change=user.has_perm("people.change_opd", opd),
            **kwargs,
        )


class OpdCreateView(PermissionRequiredMixin, ServiceFormMixin, CreateView):
    permission_required = "people.add_opd"
    form_class = OpdForm
    template_name = "people/action.html"
    success_message = _("The OPD was added.")
    extra_context = {
        "title": _("Add an OPD"),
        "button": _("Add"),
        "back_url": reverse_lazy("people:opd_list"),
    }

    def perform(self, form):
        return services.save_opd(form.save(commit=False), by=self.request.user)

    def get_success_url_of(self, result):
        return result.get_absolute_url()


class OpdChangeView(ActionView):
    model = Opd
    permission_required = "people.change_opd"
    form_class = OpdForm
    title = _("Change an OPD")
    lead = _("Documents that exist keep the name they were made with.")
    button = _("Save")
    success_message = _("The changes were saved.")

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"instance": Opd.objects.get(pk=self.object.pk)}

    def perform(self, form):
        return services.save_opd(form.save(commit=False), by=self.request.user)


class OpdCloseView(ActionView):
    model = Opd
    permission_required = "people.close_opd"
    form_class = CloseOpdForm
    title = _("Close an OPD")
    lead = _("Its posts end with it. Move the people first; documents stay as they are.")
    is_dangerous = True
    success_message = _("The OPD was closed.")

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"opd": self.object}

    def perform(self, form):
        data = form.cleaned_data
        services.close_opd(
            self.object,
            valid_until=data["valid_until"],
            successor=data["successor"],
            by=self.request.user,
            reason=data["reason"],
        )


class PostDetailView(PermissionRequiredMixin, FoundOnceMixin, DetailView):
    model = Post
    permission_required = "people.view_post"
    template_name = "people/post_detail.html"
    context_object_name = "post"

    def get_queryset(self):
        return Post.objects.select_related("opd", "superior__opd")

    def get_context_data(self, **kwargs):
        user, post = self.request.user, self.object
        return super().get_context_data(
            assignments=post.assignments.select_related("user")[:50],
            below=post.subordinates.in_force(on=timezone.localdate())[:100],
            may_change=user.has_perm("people.change_post", post),
            may_oblige=user.has_perm("people.oblige_post", post),
            **kwargs,
        )


class PostCreateView(ActionView):
    """A post in the OPD of the address."""

    model = Opd
    permission_required = "people.add_post"
    form_class = PostForm
    title = _("Add a post")
    success_message = _("The post was added.")

    def get_form_kwargs(self):
        today = timezone.localdate()
        return super().get_form_kwargs() | {"instance": Post(opd=self.object, valid_from=today)}

    def perform(self, form):
        return services.save_post(form.save(commit=False), by=self.request.user)

    def get_success_url_of(self, result):
        return reverse("people:post_detail", args=[result.pk])


class PostChangeView(ActionView):
    model = Post
    permission_required = "people.change_post"
    form_class = PostForm
    title = _("Change a post")
    button = _("Save")
    success_message = _("The changes were saved.")

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"instance": Post.objects.get(pk=self.object.pk)}

    def perform(self, form):
        return services.save_post(form.save(commit=False), by=self.request.user)


class PostObligeView(ActionView):
    model = Post
    permission_required = "people.oblige_post"
    form_class = ObligeForm
    title = _("Obliged to declare")
    lead = _("Overrides what follows from the level of the post.")
    button = _("Save")
    success_message = _("The obligation was saved.")

    def get_initial(self):
        return {"is_obliged": self.object.is_obliged}

    def perform(self, form):
        services.oblige_post(
            self.object,
            is_obliged=form.cleaned_data["is_obliged"],
            by=self.request.user,
            reason=form.cleaned_data["reason"],
        )
