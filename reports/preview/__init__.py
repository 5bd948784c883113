"""Previews: a message as a page, a picture, or a small server that follows the templates."""
