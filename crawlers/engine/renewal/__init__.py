"""Renewal: requests wait for the run's access token, and are sent again where it has expired."""
