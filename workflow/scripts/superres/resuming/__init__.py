"""Partial work of a killed step, and the fingerprints that decide whether it is used."""
