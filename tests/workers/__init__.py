"""Celery workers, with real brokers and stores."""
