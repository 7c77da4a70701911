"""What of the shell around reaches uv: how to reach people and networks, never what to choose.

The list says what is kept. A variable that only a later uv knows is therefore taken away.
"""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase

# By what they are for; the names of uv's own are explained in its reference of variables.
_KEPT = {
    "programs start, and speak to the person": (
        "DYLD_LIBRARY_PATH", "HOME", "LANG", "LC_*", "LD_LIBRARY_PATH", "LD_PRELOAD", "LOGNAME",
        "PATH", "TMPDIR", "USER",
    ),
    "which certificates count": (
        "SSL_CERT_DIR", "SSL_CERT_FILE", "SSL_CLIENT_CERT", "UV_INSECURE_HOST", "UV_NATIVE_TLS",
        "UV_SYSTEM_CERTS",
    ),
    "the way to a network, and how patiently": (
        "ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "all_proxy", "https_proxy",
        "http_proxy", "no_proxy", "HTTP_TIMEOUT", "UV_HTTP_CONNECT_TIMEOUT",
        "UV_HTTP_RETRIES", "UV_HTTP_TIMEOUT", "UV_LOCK_TIMEOUT", "UV_REQUEST_TIMEOUT",
    ),
    "how much at once": (
        "UV_CONCURRENT_CACHE_READS", "UV_CONCURRENT_DOWNLOADS", "UV_CONCURRENT_INSTALLS",
    ),
    "who a person is to an index, and where that is kept": (
        "AWS_*", "AZURE_*", "CLOUDSDK_*", "GOOGLE_*", "NETRC", "PYX_*", "UV_API_KEY",
        "UV_AUTH_TOKEN", "UV_AZURE_ENDPOINT_URL", "UV_CREDENTIALS_DIR", "UV_GCS_ENDPOINT_URL",
        "UV_INDEX_*_PASSWORD", "UV_INDEX_*_USERNAME", "UV_KEYRING_PROVIDER", "UV_S3_ENDPOINT_URL",
    ),
    "what keyrings ask": (
        "DBUS_SESSION_BUS_ADDRESS", "PYTHON_KEYRING_*", "XDG_CONFIG_HOME", "XDG_DATA_HOME",
        "XDG_RUNTIME_DIR",
    ),
    # ckpm decides by the same list, and asks for one exact version out of it.
    "where Pythons come from, and where they lie": (
        "UV_ASTRAL_MIRROR_URL", "UV_PYTHON_CACHE_DIR", "UV_PYTHON_DOWNLOADS_JSON_URL",
        "UV_PYTHON_INSTALL_DIR", "UV_PYTHON_INSTALL_MIRROR",
    ),
}  # fmt: skip


def reaches_uv(name: str) -> bool:
    """Whether a variable of the caller's is handed to uv."""
    return any(fnmatchcase(name, kept) for names in _KEPT.values() for kept in names)


def uv_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what of ``environ`` is handed to uv."""
    return {name: value for name, value in environ.items() if reaches_uv(name)}


def uv_settings(environ: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return uv's own settings in what is handed to it, in order."""
    return sorted(item for item in uv_environment(environ).items() if item[0].startswith("UV_"))
