"""What an operator sets: webhooks only with a secret that nobody guesses."""

from __future__ import annotations

import pytest

from bot.settings import SecretMissing, Settings

SECRET = "0123456789abcdef-_"


def settings(**given: str | None) -> Settings:
    return Settings.model_validate({"public_url": None, "webhook_secret": None, **given})


def test_without_a_public_address_there_is_no_webhook() -> None:
    assert settings(webhook_secret=SECRET).webhook_for("telegram") is None


def test_a_webhook_has_an_address_of_its_own_and_the_secret() -> None:
    here = settings(public_url="https://a.vn/", webhook_secret=SECRET)
    assert here.webhook_for("telegram") == ("https://a.vn/hook/telegram", SECRET)


@pytest.mark.parametrize("bad", [None, "", "short", "có dấu thì không được đâu", "a b" * 10])
def test_a_public_address_needs_a_good_secret_whatever_the_platform(bad: str | None) -> None:
    with pytest.raises(SecretMissing) as missing:
        settings(public_url="https://a.vn", webhook_secret=bad).webhook_for("zalo_bot")
    assert "Telegram" not in str(missing.value)
