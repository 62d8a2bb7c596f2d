"""The numbers under which text formats are stored and sent."""

AUTO = 0
HTML = 1
PLAIN = 2
MARKDOWN = 4

ACCEPTED = frozenset({AUTO, HTML, PLAIN, MARKDOWN})
