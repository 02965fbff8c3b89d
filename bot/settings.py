"""What an operator sets in the environment or in `.env`: tokens, addresses, paths; never routing."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

GOOD_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")
"""What Telegram takes as a webhook's secret; the least length is ours."""
TOKEN = re.compile(r"\d+:\S+")
"""What both libraries take as a bot's token."""


SQLITE = "sqlite:///"


class SecretMissing(Exception):
    """A public address is set for webhooks, but no good secret: anybody could speak as the platform."""


class Settings(BaseSettings):
    """Everything has a default that works on a bare machine; secrets default to "not in use"."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore")

    database_url: str = "sqlite:///var/phananh.db"
    var_dir: Path = Path("var")
    config_file: Path = Path("config.yaml")
    key_file: Path = Path("var/master.key")
    model_file: Path | None = None
    """A reading model of one's own; None for the one that is shipped."""
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    public_url: str | None = None
    webhook_secret: SecretStr | None = None
    behind_proxy: bool = False
    telegram_citizen_token: SecretStr | None = None
    telegram_staff_token: SecretStr | None = None
    telegram_api_base: str = "https://api.telegram.org"
    zalo_bot_token: SecretStr | None = None
    zalo_bot_api_base: str = "https://bot-api.zaloplatforms.com"
    zalo_oa_app_id: str | None = None
    zalo_oa_app_secret: SecretStr | None = None
    zalo_oa_secret: SecretStr | None = None
    """The account's own secret, with which its events are signed."""
    zalo_oa_refresh_token: SecretStr | None = None
    """The first one; each renewal gives the next, which lies sealed in the database."""
    zalo_oa_api_base: str = "https://openapi.zalo.me"
    zalo_oa_oauth_base: str = "https://oauth.zaloapp.com"
    zalo_oa_zns_base: str = "https://business.openapi.zalo.me"
    log_level: str = "INFO"

    @property
    def database_file(self) -> Path | None:
        """The file of an SQLite database; None for PostgreSQL."""
        url = self.database_url
        return Path(url.removeprefix(SQLITE)) if url.startswith(SQLITE) else None

    @field_validator("public_url")
    @classmethod
    def _has_a_scheme(cls, address: str | None) -> str | None:
        if address is not None and not address.startswith(("https://", "http://")):
            raise ValueError("cần cả https:// ở đầu, ví dụ https://phananh.example.vn")
        return address

    @field_validator("telegram_citizen_token", "telegram_staff_token")
    @classmethod
    def _is_a_token(cls, token: SecretStr | None) -> SecretStr | None:
        if token is not None and TOKEN.fullmatch(token.get_secret_value()) is None:
            raise ValueError("không phải khoá của BotFather, có dạng 123456789:AbC… (chép thiếu hay thừa ký tự?)")
        return token

    @property
    def site(self) -> str:
        """Where the web pages are reached: the public address, else this machine's."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def files_dir(self) -> Path:
        return self.var_dir / "files"

    @property
    def heads_dir(self) -> Path:
        return self.var_dir / "heads"

    @property
    def uploads_dir(self) -> Path:
        return self.var_dir / "uploads"

    def webhook_for(self, channel: str) -> tuple[str, str] | None:
        """Address and secret of a bot's webhook; None for long polling. Raises SecretMissing."""
        if self.public_url is None:
            return None
        secret = self.webhook_secret.get_secret_value() if self.webhook_secret else ""
        if GOOD_SECRET.fullmatch(secret) is None:
            raise SecretMissing(
                "PUBLIC_URL đã được đặt nên tin sẽ được gửi đến địa chỉ đó; cần thêm WEBHOOK_SECRET gồm 16 đến 256 "
                "chữ cái không dấu, chữ số, dấu - hoặc _ (ví dụ: openssl rand -hex 32)."
            )
        return f"{self.public_url.rstrip('/')}/hook/{channel}", secret
