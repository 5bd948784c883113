"""Chromium for the pages that need one: how it is found and started, its proxy, its rendering handler."""
