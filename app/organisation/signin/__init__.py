"""Signing in beyond name and password: sessions, second factors, delays, one-time links, single sign-on."""
