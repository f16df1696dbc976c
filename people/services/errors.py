"""What a service says when it can't do it."""


class ServiceError(Exception):
    """The thing can't be done now; the text is for the user."""
