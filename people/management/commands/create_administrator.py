"""The first person of an empty instance: a system administrator, by an activation code."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from people import nip, services
from people.models import Role, RoleGrant, User
from people.models.access import ActivationChannel
from people.services import activation


class Command(BaseCommand):
    help = "Add a system administrator and print the code that activates the account."

    def add_arguments(self, parser):
        parser.add_argument("nip", help="18 digits; blanks, dots and hyphens are ignored")
        parser.add_argument("name", help="name without titles, in quotes")

    @transaction.atomic
    def handle(self, *args, **options):
        try:
            number = nip.parse(options["nip"])
            person = User.objects.filter(nip=number.digits).first()
            if person is None:
                person = services.add_person(
                    User(nip=number.digits, name=options["name"], employment=number.employment),
                    by=None,
                )
            if not person.has_role(Role.SYSTEM_ADMINISTRATOR):
                grant = RoleGrant(
                    user=person,
                    role=Role.SYSTEM_ADMINISTRATOR,
                    starts_on=timezone.localdate(),
                    reason="manage.py create_administrator",
                )
                services.grant_role(grant, by=None)
            code = services.make_activation_code(
                person,
                channel=ActivationChannel.PRINTED,
                by=None,
                reason="manage.py create_administrator",
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except services.ServiceError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{person.full_name}, NIP {person.nip_display}")
        self.stdout.write(f"Activation code (shown this once): {activation.display(code)}")
        self.stdout.write("Open /akun/aktivasi/, give NIP and code, and choose a password.")
