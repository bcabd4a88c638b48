"""Fresh keys of providers for the run's businesses, those that open refunds among them."""

from uuid import uuid4

from benchmarks.chaos.plan import LATER


def credentials_for(provider: str, number: int) -> dict[str, str]:
    """Return a business's fresh keys of a provider."""
    name = uuid4().hex[:12]
    return {
        "zarinpal": {
            "merchant_id": str(uuid4()),
            "access_token": uuid4().hex,
            "terminal_id": str(uuid4().int % 10**6),
        },
        "zibal": {"merchant": name, "access_token": f"{name}.secret", "account_id": "wallet"},
        "jibit_pip": {"api_key": name, "secret_key": f"secret-of-{name}"},
        "snapppay": {
            "client_id": name,
            "client_secret": f"secret-of-{name}",
            "username": name,
            "password": "secret",
            # What PENDING means there is not published: both readings are lived with.
            "pending": "paid" if number == LATER[0] else "",
        },
        "vandar": {
            "api_key": f"{name}-key",
            "business": name,
            "mobile": "09120000000",
            "password": "secret",
        },
        "jibit_ppg": {"api_key": name, "secret_key": f"secret-of-{name}"},
        "jibit_transferor": {"api_key": name, "secret_key": f"secret-of-{name}"},
        "jibit_ide": {"api_key": name, "secret_key": f"secret-of-{name}"},
        "mellat": {
            "terminal_id": str(uuid4().int % 10**7),
            "username": name,
            "password": f"secret-of-{name}",
        },
        # SEP's terminals whose number ends in 9 answer by the other source's codes.
        "sep": {"terminal_id": f"{uuid4().int % 10**6}1"},
    }[provider]
