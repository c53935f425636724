"""Cuts stacks into letters and letters from their attachments; prints separator sheets."""
