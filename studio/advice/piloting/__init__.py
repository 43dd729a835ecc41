"""Pilot: small adapters are trained and all approaches compared on held-out questions, with one click."""
