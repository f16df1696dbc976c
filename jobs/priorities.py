"""What goes first where jobs wait: a yearly campaign's mails must not keep a signature waiting."""

WAITED_FOR = 20  # Somebody looks at the page that shows its progress, or at their inbox.
SOON = 10  # Short, and expected within seconds.
IN_BULK = -10
