"""Threads and boards of forums that run XenForo, phpBB or vBulletin."""
