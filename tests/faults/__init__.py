"""Faults put into sites, mail servers, files and machines: each one a row of data with its right outcome."""
