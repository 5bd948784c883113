"""Every attack, by kind."""

from tests.attacks.rows import addresses, answers, configuration, files, pages, service, words


def every():
    """Return every attack, in the order of its kind."""
    rooms = (addresses, answers, configuration, files, pages, service, words)
    return [attack for room in rooms for attack in room.attacks()]
