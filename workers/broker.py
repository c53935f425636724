"""The Celery app of a station: one task, ids only, and a database that is always right."""

import ssl
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from amqp.exceptions import AccessRefused, NotAllowed
from celery import Celery
from redis.exceptions import AuthenticationError, ResponseError

from pipeline.app import Station
from pipeline.errors import ConfigurationError, SarabanError, UnavailableError
from pipeline.queue import Reach
from workers.topology import declare, queues_within

PASSWORD = "broker-password"
"""Secret that is put into the broker's URL."""
REFUSALS = AccessRefused, NotAllowed, AuthenticationError, ResponseError
"""What a broker that does answer raises for a wrong user, password, virtual host or database."""
CONNECT_TIMEOUT = 4.0
"""Seconds to wait for the broker when something is to be told."""
VISIBILITY = 24 * 3600
"""Seconds after which Redis delivers an unacknowledged message again. No step may take longer; a
message that is lost meanwhile is told again by the sweeper, long before."""


def make_app(station: Station) -> Celery:
    """The app, not connected yet. Raises ConfigurationError when no broker is set."""
    broker = station.settings.workers.broker
    if broker is None:
        raise ConfigurationError(
            "no-broker",
            thai="ยังไม่ได้กำหนด broker ใน [workers] ของ saraban.toml",
            english="No broker is set in [workers] of saraban.toml.",
        )
    app = Celery("saraban", set_as_current=False, broker=broker_url(station, broker))
    app.conf.update(
        _SETTINGS,
        task_queues=queues_within(station.settings.station.code, Reach(), broker),
        broker_transport_options=_transport_options(broker),
        **_tls(broker),
    )
    return app


def declare_all(app: Celery, station: Station) -> None:
    """Make the station's queues.

    Raises UnavailableError when the broker does not answer, ConfigurationError when it does, but
    not to this station.
    """
    broker = str(station.settings.workers.broker)
    try:
        with app.connection_for_write() as connection:
            declare(station.settings.station.code, connection, broker)
    except Exception as error:  # a broker may fail in any way
        raise _broker_error(broker, error) from error


def _broker_error(broker: str, error: Exception) -> SarabanError:
    where = urlsplit(broker).netloc.rpartition("@")[2]
    if isinstance(error, REFUSALS):
        return ConfigurationError(
            "broker-refused",
            thai=f"broker ที่ {where} ไม่ยอมรับสถานีนี้ โปรดตรวจชื่อผู้ใช้ และ virtual host หรือหมายเลขฐานข้อมูล "
            f"ในค่า broker ของ saraban.toml กับรหัสผ่านในความลับ {PASSWORD}",
            english=f"The broker at {where} refuses this station. Check the user and the virtual "
            f"host or database number in `broker` of saraban.toml, and the secret `{PASSWORD}`.",
        )
    reason = type(error).__name__
    return UnavailableError(
        "broker-unavailable",
        thai=f"ติดต่อ broker ที่ {where} ไม่ได้ ({reason}) โปรดตรวจเครื่องแม่ข่าย เครือข่าย "
        "และค่า broker ใน saraban.toml",
        english=f"The broker at {where} cannot be reached ({reason}). Check the server, the "
        "network and `broker` in saraban.toml.",
    )


def broker_url(station: Station, broker: str) -> str:
    """The URL with the password from the secret, if the station has one."""
    if PASSWORD not in station.secrets:
        return broker
    secret: bytes = station.host.one(
        "resolve_secret", PASSWORD, reference=station.secrets[PASSWORD]
    )
    parts = urlsplit(broker)
    user, _, where = parts.netloc.rpartition("@")
    password = quote(secret.decode().strip(), safe="")
    return urlunsplit(parts._replace(netloc=f"{user}:{password}@{where}"))


_SETTINGS: dict[str, Any] = {
    "accept_content": ["json"],
    "task_serializer": "json",
    "task_ignore_result": True,
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "task_create_missing_queues": False,
    "task_publish_retry": False,
    "worker_prefetch_multiplier": 1,
    "worker_enable_remote_control": False,
    "worker_send_task_events": False,
    "worker_hijack_root_logger": False,
    "worker_redirect_stdouts": False,
    "worker_disable_rate_limits": True,
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
    "broker_connection_timeout": CONNECT_TIMEOUT,
    "broker_heartbeat": 30,
}


def _transport_options(broker: str) -> dict[str, Any]:
    if broker.startswith("amqp"):
        return {"confirm_publish": True}
    return {
        "visibility_timeout": VISIBILITY,
        "socket_connect_timeout": CONNECT_TIMEOUT,
        "socket_keepalive": True,
        "health_check_interval": 10,
    }


def _tls(broker: str) -> dict[str, Any]:
    """For ``amqps`` and ``rediss``: the broker must prove itself to the system's authorities."""
    if urlsplit(broker).scheme not in {"amqps", "rediss"}:
        return {}
    trusted = ssl.get_default_verify_paths()
    names = (
        ("ssl_cert_reqs", "ssl_ca_certs")
        if broker.startswith("redis")
        else (
            "cert_reqs",
            "ca_certs",
        )
    )
    options: dict[str, Any] = dict(zip(names, (ssl.CERT_REQUIRED, trusted.cafile), strict=True))
    if broker.startswith("amqp"):
        options["server_hostname"] = urlsplit(broker).hostname
    return {"broker_use_ssl": options}
