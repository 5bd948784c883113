"""Saved result pages of Bing, DuckDuckGo, Ecosia and Yandex."""
