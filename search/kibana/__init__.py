"""Kibana for analysts: data views, searches and dashboards, described in Python, written as saved objects."""
